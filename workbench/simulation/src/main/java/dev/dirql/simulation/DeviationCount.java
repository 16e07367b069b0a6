package dev.dirql.simulation;

import dev.dirql.events.Decision;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import dev.dirql.simulation.decisions.DecisionRecorder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Counts the decisions that a recorder hands on, and hands them on once somebody listens. */
final class DeviationCount implements Consumer<Decision>, StatePart {
    private Consumer<Decision> next = _ -> {};
    private @Nullable DecisionRecorder recorder;
    private long count;

    /** Remembers the recorder that it counts for. */
    DecisionRecorder of(DecisionRecorder counted) {
        recorder = counted;
        return counted;
    }

    DecisionRecorder recorder() {
        DecisionRecorder known = recorder;
        if (known == null) {
            throw new IllegalStateException("no recorder was made");
        }
        return known;
    }

    void tell(Consumer<Decision> listener) {
        next = listener;
    }

    long count() {
        return count;
    }

    @Override
    public void accept(Decision decision) {
        count++;
        next.accept(decision);
    }

    @Override
    public void save(StateWriter out) {
        out.value(count);
    }

    @Override
    public void restore(StateReader in) {
        count = in.value();
    }
}
