package dev.dirql.kernel.threads;

import dev.dirql.events.LockKind;
import java.util.ArrayList;
import java.util.List;

/** What is known of one lock whose waiters do not spin: its name, and who holds it. */
public final class WaitLock {
    private final long physical;
    private final long address;
    private final LockKind kind;
    private final String name;

    final List<Hold> holds = new ArrayList<>();

    WaitLock(long physical, long address, LockKind kind, String name) {
        this.physical = physical;
        this.address = address;
        this.kind = kind;
        this.name = name;
    }

    /**
     * An acquisition that was not released.
     *
     * @param thread KTHREAD of the owner, or another number that stands for it
     * @param sequence number of the event of the acquisition
     * @param tag what the acquisition was marked with, 0 for nothing
     */
    public record Hold(
            long thread,
            int processor,
            int irql,
            long caller,
            long sequence,
            long sinceNs,
            boolean shared,
            long tag) {
        Hold of(long other) {
            return new Hold(other, processor, irql, caller, sequence, sinceNs, shared, tag);
        }

        Hold share() {
            return new Hold(thread, processor, irql, caller, sequence, sinceNs, true, tag);
        }
    }

    long physical() {
        return physical;
    }

    /** Virtual address at which it was first used. */
    public long address() {
        return address;
    }

    public LockKind kind() {
        return kind;
    }

    public String name() {
        return name;
    }

    /** The acquisitions that were not released, the first one first. */
    public List<Hold> holds() {
        return List.copyOf(holds);
    }

    public boolean isHeldBy(long thread) {
        return holds.stream().anyMatch(hold -> hold.thread == thread);
    }
}
