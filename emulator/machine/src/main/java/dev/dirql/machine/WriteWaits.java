package dev.dirql.machine;

import dev.dirql.events.DecisionKind;
import dev.dirql.events.Stamp;
import java.util.Arrays;

/** Processors that spin on a lock word, and the writes that let them try again. */
final class WriteWaits {
    private static final Processor[] NOBODY = {};

    private final Machine machine;
    private int count;

    WriteWaits(Machine machine) {
        this.machine = machine;
    }

    /** Nobody waits any more: processors are about to be restored. */
    void clear() {
        count = 0;
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
                machine.decide(
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
        Processor[] waiting = NOBODY;
        for (Processor processor : machine.processors()) {
            if (processor.waiting() == Processor.Wait.WRITE
                    && processor.watchedAddress() < physical + size
                    && physical < processor.watchedAddress() + 8) {
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
