package dev.dirql.simulation.figures;

import dev.dirql.events.Event;
import dev.dirql.events.EventSink;
import dev.dirql.events.RunEnd;
import dev.dirql.events.Stamp;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Counts a run while its events pass by, live or from a trace. */
public final class RunFigures implements EventSink, StatePart {
    private record Kept(
            List<DebugLine> debugLines,
            List<FindingFigures> findings,
            Map<Integer, Long> vectors,
            Map<Long, Long> dpcRoutines,
            Map<Long, String> threads,
            Optional<BugCheckFigures> bugCheck,
            Optional<RunEnd> end,
            String endDetail) {}

    private final LockCounts locks = new LockCounts();
    private final RequestCounts requests = new RequestCounts();
    private final SpuriousCounts spurious = new SpuriousCounts();
    private final List<ProcessorTally> processors = new ArrayList<>();
    private List<DebugLine> debugLines = new ArrayList<>();
    private List<FindingFigures> findings = new ArrayList<>();
    private Map<Integer, Long> vectors = new LinkedHashMap<>();
    private Map<Long, Long> dpcRoutines = new LinkedHashMap<>();
    private Map<Long, String> threads = new HashMap<>();
    private Optional<BugCheckFigures> bugCheck = Optional.empty();
    private Optional<RunEnd> end = Optional.empty();
    private String endDetail = "";
    private long events;
    private long lastNs;

    public RunFigures(int processorCount) {
        for (int i = 0; i < processorCount; i++) {
            processors.add(new ProcessorTally(i));
        }
    }

    @Override
    public void accept(Stamp stamp, Event event) {
        events++;
        lastNs = Math.max(lastNs, stamp.timeNs());
        if (stamp.processor() >= 0 && stamp.processor() < processors.size()) {
            processors.get(stamp.processor()).accept(stamp, event);
        }
        switch (event) {
            case Event.LockDefined e -> locks.defined(e);
            case Event.LockContended e -> locks.contended(e);
            case Event.LockAcquired e -> locks.acquired(stamp, e);
            case Event.LockReleased e -> locks.released(stamp, e);
            case Event.InterruptTaken e -> vectors.merge(e.vector(), 1L, Long::sum);
            case Event.InterruptConnected e -> spurious.connected(e);
            case Event.InterruptUnclaimed e -> spurious.unclaimed(stamp, e);
            case Event.DpcStarted e -> dpcRoutines.merge(e.routine(), 1L, Long::sum);
            case Event.ThreadCreated e -> threads.put(e.created(), e.name());
            case Event.ThreadSwitched e -> switched(stamp, e);
            case Event.IrpCreated e -> requests.created(stamp, e);
            case Event.IrpCompleted e -> requests.completed(stamp, e);
            case Event.DebugPrinted e ->
                    debugLines.add(
                            new DebugLine(
                                    stamp.sequence(), stamp.timeNs(), stamp.processor(), e.text()));
            case Event.FindingReported e -> found(stamp, e);
            case Event.BugChecked e -> bugCheck = Optional.of(bugCheck(stamp, e));
            case Event.RunEnded e -> {
                end = Optional.of(e.reason());
                endDetail = e.detail();
            }
            default -> {}
        }
    }

    /** A thread that no event created is the processor's own idle thread. */
    private void switched(Stamp stamp, Event.ThreadSwitched event) {
        if (stamp.processor() >= 0 && stamp.processor() < processors.size()) {
            String name = threads.getOrDefault(event.to(), "idle");
            processors.get(stamp.processor()).switched(name.startsWith("idle"));
        }
    }

    private void found(Stamp stamp, Event.FindingReported event) {
        for (int i = 0; i < findings.size(); i++) {
            if (findings.get(i).isSameAs(event.finding())) {
                findings.set(i, findings.get(i).again());
                return;
            }
        }
        findings.add(
                new FindingFigures(
                        event.finding(),
                        stamp.sequence(),
                        stamp.timeNs(),
                        stamp.processor(),
                        stamp.irql(),
                        1));
    }

    private static BugCheckFigures bugCheck(Stamp stamp, Event.BugChecked event) {
        return new BugCheckFigures(
                event.code(),
                event.name(),
                List.of(
                        event.parameter1(),
                        event.parameter2(),
                        event.parameter3(),
                        event.parameter4()),
                event.address(),
                stamp.sequence(),
                stamp.timeNs(),
                stamp.processor(),
                stamp.irql());
    }

    // ---- what was counted ----

    public List<LockFigures> locks() {
        return locks.figures();
    }

    /** Locks that are held now. */
    public List<HeldLock> heldLocks() {
        return locks.held();
    }

    /** What each processor did up to the last event. */
    public List<ProcessorFigures> processors() {
        return processors.stream().map(processor -> processor.figures(lastNs)).toList();
    }

    /** Every request, in the order of creation. */
    public List<RequestFigures> requests() {
        return requests.figures();
    }

    public List<DebugLine> debugLines() {
        return List.copyOf(debugLines);
    }

    public List<FindingFigures> findings() {
        return List.copyOf(findings);
    }

    public Optional<BugCheckFigures> bugCheck() {
        return bugCheck;
    }

    /** Interrupts taken of a vector. */
    public long interrupts(int vector) {
        return vectors.getOrDefault(vector, 0L);
    }

    /** Interrupts that no ISR claimed, by ascending vectors. */
    public List<SpuriousFigures> spuriousInterrupts() {
        return spurious.figures();
    }

    /** How often each routine ran as a DPC, by its address. */
    public Map<Long, Long> dpcRoutines() {
        return new LinkedHashMap<>(dpcRoutines);
    }

    /** Name of a thread, or "idle" for one that no event created. */
    public String threadName(long thread) {
        return threads.getOrDefault(thread, "idle");
    }

    /** How the run ended; empty while it goes on, or where the trace stops before. */
    public Optional<RunEnd> end() {
        return end;
    }

    public String endDetail() {
        return endDetail;
    }

    public long events() {
        return events;
    }

    /** Virtual time of the last event. */
    public long lastNs() {
        return lastNs;
    }

    @Override
    public void save(StateWriter out) {
        out.value(events);
        out.value(lastNs);
        locks.save(out);
        requests.save(out);
        spurious.save(out);
        processors.forEach(processor -> processor.save(out));
        out.reference(
                new Kept(
                        List.copyOf(debugLines),
                        List.copyOf(findings),
                        new LinkedHashMap<>(vectors),
                        new LinkedHashMap<>(dpcRoutines),
                        new HashMap<>(threads),
                        bugCheck,
                        end,
                        endDetail));
    }

    @Override
    public void restore(StateReader in) {
        events = in.value();
        lastNs = in.value();
        locks.restore(in);
        requests.restore(in);
        spurious.restore(in);
        processors.forEach(processor -> processor.restore(in));
        Kept kept = in.reference(Kept.class);
        debugLines = new ArrayList<>(kept.debugLines());
        findings = new ArrayList<>(kept.findings());
        vectors = new LinkedHashMap<>(kept.vectors());
        dpcRoutines = new LinkedHashMap<>(kept.dpcRoutines());
        threads = new HashMap<>(kept.threads());
        bugCheck = kept.bugCheck();
        end = kept.end();
        endDetail = kept.endDetail();
    }
}
