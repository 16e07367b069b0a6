package dev.dirql.machine;

import dev.dirql.events.DecisionKind;
import dev.dirql.events.Stamp;
import java.util.Arrays;
import java.util.function.Predicate;

/** Processors that spin on a lock word, and the writes that let them try again. */
final class WriteWaits implements StatePart {
    private static final Processor[] NOBODY = {};

    private final Machine machine;
    private int count;
    private boolean inOrder;

    WriteWaits(Machine machine) {
        this.machine = machine;
    }

    /**
     * Writes who waits, the longest waiting first: a write offers the lock to them in that order.
     * Since when they wait does not matter otherwise.
     */
    @Override
    public void save(StateWriter out) {
        Processor[] waiting = longestFirst(_ -> true);
        out.value(waiting.length);
        for (Processor processor : waiting) {
            out.value(processor.number());
        }
    }

    /** Watches what is waited for; the processors are restored before. */
    @Override
    public void restore(StateReader in) {
        count = 0;
        for (int left = in.intValue(); left > 0; left--) {
            watch(machine.processor(in.intValue()).watchedAddress());
        }
    }

    /** Whether the one that waits longest goes first, and there is nothing to decide. */
    void setInOrder(boolean inOrder) {
        this.inOrder = inOrder;
    }

    void watch(long physical) {
        count++;
        int frame = (int) (physical >>> PhysicalMemory.FRAME_SHIFT);
        PhysicalMemory memory = machine.memory();
        if (!memory.isWatched(frame)) {
            // It stays watched: a page with one contended lock will see more of it.
            memory.watch(frame, true);
            for (Processor processor : machine.processors()) {
                processor.memory().forgetWrites();
            }
        }
    }

    void unwatch() {
        count--;
    }

    /** Memory that somebody may wait for was written. */
    void written(long physical, int size) {
        if (count == 0) {
            return;
        }
        Processor[] waiting = waitingFor(physical, size);
        if (waiting.length == 0) {
            return;
        }
        int winner =
                inOrder
                        ? 0
                        : machine.decide(
                                DecisionKind.LOCK_WINNER,
                                Stamp.NO_PROCESSOR,
                                waiting.length,
                                waiting[0].watchedAddress());
        long time = machine.nowNs();
        for (int i = 0; i < waiting.length; i++) {
            // All may try; the winner a step before the others.
            waiting[i].wake(i == winner ? time : time + machine.settings().stepNs());
        }
    }

    /** Processors that wait for a write to this range, the longest waiting first. */
    private Processor[] waitingFor(long physical, int size) {
        return longestFirst(processor ->
                processor.watchedAddress() < physical + size
                        && physical < processor.watchedAddress() + 8);
    }

    private Processor[] longestFirst(Predicate<Processor> which) {
        Processor[] waiting = NOBODY;
        for (Processor processor : machine.processors()) {
            if (processor.waiting() == Processor.Wait.WRITE && which.test(processor)) {
                int at = waiting.length;
                waiting = Arrays.copyOf(waiting, at + 1);
                while (at > 0 && waiting[at - 1].waitingSinceNs() > processor.waitingSinceNs()) {
                    waiting[at] = waiting[at - 1];
                    at--;
                }
                waiting[at] = processor;
            }
        }
        return waiting;
    }
}
