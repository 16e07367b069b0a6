package dev.dirql.simulation;

import dev.dirql.events.Decision;
import dev.dirql.events.Event;
import dev.dirql.events.EventSink;
import dev.dirql.events.Stamp;
import dev.dirql.machine.Machine;
import dev.dirql.simulation.RunResult.TraceState;
import dev.dirql.store.TraceException;
import dev.dirql.store.TraceWriter;

/**
 * Hands events and decisions to a trace writer. Where that has no more room, the step that is being
 * done is finished: a machine is never left in the middle of one.
 */
final class TraceSink implements EventSink {
    private final TraceWriter writer;
    private final Machine machine;
    private TraceState state = TraceState.COMPLETE;

    TraceSink(TraceWriter writer, Machine machine) {
        this.writer = writer;
        this.machine = machine;
    }

    TraceState state() {
        return state;
    }

    @Override
    public void accept(Stamp stamp, Event event) {
        try {
            writer.accept(stamp, event);
        } catch (TraceException e) {
            outOfRoom(e);
        }
    }

    void decision(Decision decision) {
        try {
            writer.decision(decision);
        } catch (TraceException e) {
            outOfRoom(e);
        }
    }

    private void outOfRoom(TraceException e) {
        if (!e.isOutOfRoom()) {
            throw e;
        }
        state =
                e.kind() == TraceException.Kind.LIMIT
                        ? TraceState.LIMIT_REACHED
                        : TraceState.DISK_FULL;
        machine.requestPause();
    }
}
