package dev.dirql.cli.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dirql.kernel.NtStatus;
import dev.dirql.simulation.ExpectationResult;
import dev.dirql.simulation.RunResult;
import dev.dirql.simulation.figures.BugCheckFigures;
import dev.dirql.simulation.figures.DebugLine;
import dev.dirql.simulation.figures.FindingFigures;
import dev.dirql.simulation.figures.HeldLock;
import dev.dirql.simulation.figures.ProcessorFigures;
import dev.dirql.simulation.figures.RequestFigures;
import dev.dirql.simulation.figures.SpuriousFigures;
import dev.dirql.simulation.view.EventJson;
import dev.dirql.simulation.view.MajorFunctions;
import dev.dirql.simulation.view.Texts;
import java.util.Locale;

/** What came of a run, as one document. */
public final class RunJson {
    private RunJson() {}

    /**
     * @param trace the trace's directory as it was named, empty if nothing was recorded
     * @param exit the exit code
     */
    public static ObjectNode document(RunResult run, String trace, int exit) {
        ObjectNode out = Json.document("run");
        fill(out, run, trace, exit);
        return out;
    }

    /** Puts the fields of a run into an object. */
    static void fill(ObjectNode out, RunResult run, String trace, int exit) {
        EventJson names = new EventJson(run.symbols());
        out.put("scenario", run.scenario());
        out.put("title", run.title());
        out.put("seed", run.seed());
        if (trace.isEmpty()) {
            out.putNull("trace");
        } else {
            out.put("trace", trace);
        }
        out.put("exit", exit);
        out.put("passed", run.passed());
        out.put("end", run.end().name());
        out.put("end_detail", run.endDetail());
        out.put("time_ns", run.timeNs());
        out.put("steps", run.steps());
        out.put("events", run.events());
        out.put("decisions", run.decisions());
        out.put("deviations", run.deviations());
        expectations(out.putArray("expectations"), run);
        ArrayNode findings = out.putArray("findings");
        run.findings().forEach(found -> finding(findings.addObject(), found, names, trace));
        if (run.bugCheck().isPresent()) {
            bugCheck(out.putObject("bugcheck"), run.bugCheck().get(), names);
        } else {
            out.putNull("bugcheck");
        }
        out.set("locks", LockJson.array(run.locks()));
        ArrayNode held = out.putArray("held_locks");
        run.heldLocks().forEach(lock -> held(held.addObject(), lock, names));
        ArrayNode processors = out.putArray("processors");
        run.processors().forEach(processor -> processor(processors.addObject(), processor));
        ArrayNode spurious = out.putArray("spurious_interrupts");
        run.spuriousInterrupts().forEach(figures -> spurious(spurious.addObject(), figures));
        ArrayNode requests = out.putArray("requests");
        run.requests().forEach(request -> request(requests.addObject(), request));
        ArrayNode lines = out.putArray("dbgprint");
        run.debugLines().forEach(line -> debugLine(lines.addObject(), line));
    }

    private static void expectations(ArrayNode array, RunResult run) {
        for (ExpectationResult result : run.expectations()) {
            ObjectNode out = array.addObject();
            out.put("text", result.text());
            out.put("line", result.line());
            out.put("held", result.held());
            out.put("actual", result.actual());
        }
    }

    private static void finding(
            ObjectNode out, FindingFigures found, EventJson names, String trace) {
        out.put("rule", found.finding().rule());
        out.put("id", found.finding().id());
        out.put("severity", found.finding().severity().name().toLowerCase(Locale.ROOT));
        out.put("message", found.finding().message());
        out.put("count", found.count());
        out.set("places", names.places(found.finding()));
        if (trace.isEmpty()) {
            out.putNull("replay");
        } else {
            out.put("replay", "dirql replay %s --until %d".formatted(trace, found.sequence()));
        }
    }

    private static void bugCheck(ObjectNode out, BugCheckFigures bugCheck, EventJson names) {
        out.put("code", Texts.status(bugCheck.code()));
        out.put("name", bugCheck.name());
        ArrayNode parameters = out.putArray("parameters");
        bugCheck.parameters().forEach(value -> parameters.add(Texts.address(value)));
        ArrayNode meanings = out.putArray("parameter_meanings");
        bugCheck.meanings().forEach(meanings::add);
        names.code(out, "address", bugCheck.address());
        out.put("seq", bugCheck.sequence());
        out.put("time_ns", bugCheck.timeNs());
        out.put("cpu", bugCheck.processor());
        out.put("irql", bugCheck.irql());
    }

    static void held(ObjectNode out, HeldLock lock, EventJson names) {
        out.put("lock", Texts.address(lock.lock()));
        out.put("lock_name", lock.name());
        out.put("cpu", lock.processor());
        out.put("thread", Texts.address(lock.thread()));
        out.put("seq", lock.sequence());
        out.put("since_ns", lock.sinceNs());
        names.code(out, "caller", lock.caller());
    }

    private static void processor(ObjectNode out, ProcessorFigures processor) {
        out.put("cpu", processor.processor());
        ArrayNode times = out.putArray("irql_times");
        for (ProcessorFigures.IrqlTime time : processor.irqlTimes()) {
            times.addObject().put("irql", time.irql()).put("time_ns", time.timeNs());
        }
        out.put("idle_ns", processor.idleNs());
        out.put("interrupts", processor.interrupts());
        out.put("dpcs", processor.dpcs());
        out.put("spin_ns", processor.spinNs());
        out.put("thread_switches", processor.threadSwitches());
    }

    private static void spurious(ObjectNode out, SpuriousFigures figures) {
        out.put("vector", figures.vector());
        ArrayNode interrupts = out.putArray("interrupts");
        figures.interrupts().forEach(interrupts::add);
        out.put("count", figures.count());
        ArrayNode processors = out.putArray("cpus");
        figures.processors().forEach(processors::add);
    }

    private static void request(ObjectNode out, RequestFigures request) {
        out.put("irp", Texts.address(request.irp()));
        out.put("function", MajorFunctions.name(request.major()));
        out.put("length", request.length());
        out.put("thread", Texts.address(request.thread()));
        out.put("created_ns", request.createdNs());
        if (request.completed()) {
            out.put("completed_ns", request.completedNs());
            out.put("status", Texts.status(request.status()));
            out.put("status_name", NtStatus.name(request.status()).orElse(""));
            out.put("information", request.information());
        } else {
            out.putNull("completed_ns");
            out.putNull("status");
            out.putNull("status_name");
            out.putNull("information");
        }
    }

    private static void debugLine(ObjectNode out, DebugLine line) {
        out.put("seq", line.sequence());
        out.put("time_ns", line.timeNs());
        out.put("cpu", line.processor());
        out.put("text", line.text());
    }
}
