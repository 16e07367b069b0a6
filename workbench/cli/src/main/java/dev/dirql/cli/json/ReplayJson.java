package dev.dirql.cli.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dirql.simulation.MachineMoment;
import dev.dirql.simulation.MachineMoment.ProcessorMoment;
import dev.dirql.simulation.ReplayResult;
import dev.dirql.simulation.view.EventJson;
import dev.dirql.simulation.view.Texts;
import java.util.Locale;

/** What came of a replay, as one document. */
public final class ReplayJson {
    private ReplayJson() {}

    /**
     * @param exit the exit code
     */
    public static ObjectNode document(ReplayResult replay, int exit) {
        ObjectNode out = Json.document("replay");
        out.put("identical", replay.isIdentical());
        out.put("inputs_changed", replay.inputsChanged());
        out.put("events", replay.events());
        out.put("exit", exit);
        out.put("recording_ends", replay.recordingEnds());
        out.putNull("recorded");
        out.putNull("replayed");
        replay.difference()
                .ifPresent(difference -> {
                    EventJson recorded = new EventJson(replay.recordedSymbols());
                    EventJson replayed = new EventJson(replay.symbols());
                    difference
                            .left()
                            .ifPresent(event ->
                                    out.set(
                                            "recorded",
                                            recorded.object(event.stamp(), event.event())));
                    difference
                            .right()
                            .ifPresent(event ->
                                    out.set(
                                            "replayed",
                                            replayed.object(event.stamp(), event.event())));
                });
        out.put("decision_mismatch", replay.decisionMismatch().orElse(""));
        if (replay.moment().isPresent()) {
            moment(out.putObject("moment"), replay.moment().get(), new EventJson(replay.symbols()));
        } else {
            out.putNull("moment");
        }
        return out;
    }

    private static void moment(ObjectNode out, MachineMoment moment, EventJson names) {
        out.put("seq", moment.sequence());
        out.put("steps", moment.stepsBehind());
        out.put("time_ns", moment.timeNs());
        ArrayNode processors = out.putArray("processors");
        for (ProcessorMoment processor : moment.processors()) {
            ObjectNode object = processors.addObject();
            object.put("cpu", processor.processor());
            names.code(object, "rip", processor.rip());
            object.put("irql", processor.irql());
            object.put("thread", Texts.address(processor.thread()));
            object.put("thread_name", processor.threadName());
            object.put("waiting", processor.waiting().name().toLowerCase(Locale.ROOT));
            object.put("clock_ns", processor.clockNs());
        }
        ArrayNode held = out.putArray("held_locks");
        moment.heldLocks().forEach(lock -> RunJson.held(held.addObject(), lock, names));
    }
}
