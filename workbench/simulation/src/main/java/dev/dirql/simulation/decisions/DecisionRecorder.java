package dev.dirql.simulation.decisions;

import dev.dirql.events.Decision;
import dev.dirql.machine.DecisionPoint;
import dev.dirql.machine.DecisionSource;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.function.Consumer;

/**
 * Stands before another source, counts every question and hands on each answer that differs from
 * the default policy.
 */
public final class DecisionRecorder implements DecisionSource, StatePart {
    private final SeededPolicy source;
    private final DecisionPlace.Finder places;
    private final Consumer<Decision> recorded;
    private final Occurrences occurrences = new Occurrences();
    private long asked;

    public DecisionRecorder(
            SeededPolicy source, DecisionPlace.Finder places, Consumer<Decision> recorded) {
        this.source = source;
        this.places = places;
        this.recorded = recorded;
    }

    /** How many questions were asked. */
    public long asked() {
        return asked;
    }

    @Override
    public int choose(DecisionPoint point) {
        long ordinal = asked++;
        if (!source.isDisturbed()) {
            return 0;
        }
        // Places are counted from the first question on, or occurrences would mean nothing.
        DecisionPlace place = places.of(point);
        long occurrence = occurrences.next(point.kind(), place);
        int choice = source.choose(point);
        if (choice != 0) {
            recorded.accept(
                    new Decision(
                            ordinal,
                            point.kind(),
                            place.context(),
                            place.routine(),
                            occurrence,
                            point.alternatives(),
                            choice));
        }
        return choice;
    }

    @Override
    public void save(StateWriter out) {
        out.value(asked);
        source.save(out);
        occurrences.save(out);
    }

    @Override
    public void restore(StateReader in) {
        asked = in.value();
        source.restore(in);
        occurrences.restore(in);
    }
}
