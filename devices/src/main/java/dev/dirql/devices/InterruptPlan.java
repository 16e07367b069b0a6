package dev.dirql.devices;

import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Counts interrupts, and knows what a scenario wants done to those that are still to come. */
final class InterruptPlan implements StatePart {
    /**
     * A stimulus that waits for the interrupt with this number.
     *
     * @param text the words a trace uses when it takes effect
     */
    record Planned(InterruptStimulus stimulus, String text, long number) {}

    private long number;
    private final List<Planned> plan = new ArrayList<>();

    /** Interrupts so far. */
    long count() {
        return number;
    }

    /** Plans a stimulus for an interrupt counted from now, the next being 1. */
    void add(InterruptStimulus stimulus, String text, long ordinal) {
        plan.add(new Planned(stimulus, text, number + ordinal));
    }

    /** Counts an interrupt that begins, and gives what is planned for it. */
    List<Planned> next() {
        number++;
        if (plan.isEmpty()) {
            return List.of();
        }
        List<Planned> due = new ArrayList<>();
        for (Iterator<Planned> all = plan.iterator(); all.hasNext(); ) {
            Planned planned = all.next();
            if (planned.number == number) {
                all.remove();
                due.add(planned);
            }
        }
        return due;
    }

    @Override
    public void save(StateWriter out) {
        out.counter(number);
        out.value(plan.size());
        for (Planned planned : plan) {
            out.value(planned.number - number);
            out.value(planned.text.hashCode());
            out.reference(planned);
        }
    }

    @Override
    public void restore(StateReader in) {
        number = in.counter();
        plan.clear();
        int count = in.intValue();
        for (int i = 0; i < count; i++) {
            long ahead = in.value();
            in.value();
            Planned planned = in.reference(Planned.class);
            plan.add(new Planned(planned.stimulus, planned.text, number + ahead));
        }
    }
}
