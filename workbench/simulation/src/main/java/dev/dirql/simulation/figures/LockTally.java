package dev.dirql.simulation.figures;

import dev.dirql.events.Event;
import dev.dirql.events.LockKind;
import dev.dirql.events.Stamp;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;

/** Counts for one lock. */
final class LockTally {
    final long address;
    private final String name;
    private final LockKind kind;
    private String storage;
    private long acquisitions;
    private long contended;
    private long spinTotalNs;
    private long spinMaximumNs;
    private long holdTotalNs;
    private long holdMaximumNs;
    private long irqls;
    private long processors;

    /** Several only if they share it. */
    private final List<HeldLock> holders = new ArrayList<>();

    LockTally(long address, String name, LockKind kind, String storage) {
        this.address = address;
        this.name = name;
        this.kind = kind;
        this.storage = storage;
    }

    @SuppressWarnings("unchecked")
    LockTally(StateReader in) {
        this(
                in.value(),
                in.reference(String.class),
                in.reference(LockKind.class),
                in.reference(String.class));
        acquisitions = in.value();
        contended = in.value();
        spinTotalNs = in.value();
        spinMaximumNs = in.value();
        holdTotalNs = in.value();
        holdMaximumNs = in.value();
        irqls = in.value();
        processors = in.value();
        holders.addAll((List<HeldLock>) in.reference(List.class));
    }

    void save(StateWriter out) {
        out.value(address);
        out.reference(name);
        out.reference(kind);
        out.reference(storage);
        out.value(acquisitions);
        out.value(contended);
        out.value(spinTotalNs);
        out.value(spinMaximumNs);
        out.value(holdTotalNs);
        out.value(holdMaximumNs);
        out.value(irqls);
        out.value(processors);
        out.reference(List.copyOf(holders));
    }

    boolean isCalled(String otherName) {
        return name.equals(otherName);
    }

    void livesIn(String place) {
        storage = place;
    }

    void contended() {
        contended++;
    }

    void acquired(Stamp stamp, Event.LockAcquired event) {
        acquisitions++;
        spinTotalNs += event.spinNs();
        spinMaximumNs = Math.max(spinMaximumNs, event.spinNs());
        irqls |= 1L << event.irqlAfter();
        if (stamp.processor() >= 0) {
            processors |= 1L << stamp.processor();
        }
        // Locks that are waited for may have several owners, or one that acquired it again.
        if (event.lockKind() != LockKind.SHARED_SPIN_LOCK && !event.lockKind().waits()) {
            holders.clear();
        }
        holders.add(
                new HeldLock(
                        address,
                        name,
                        stamp.processor(),
                        stamp.thread(),
                        stamp.sequence(),
                        stamp.timeNs(),
                        event.caller()));
    }

    void released(Stamp stamp, Event.LockReleased event) {
        holdTotalNs += event.holdNs();
        holdMaximumNs = Math.max(holdMaximumNs, event.holdNs());
        for (int i = holders.size() - 1; i >= 0; i--) {
            HeldLock holder = holders.get(i);
            boolean released =
                    event.lockKind().waits()
                            ? holder.thread() == stamp.thread()
                            : holder.processor() == stamp.processor();
            if (released) {
                holders.remove(i);
                return;
            }
        }
        if (!holders.isEmpty()) {
            holders.removeLast();
        }
    }

    List<HeldLock> holders() {
        return holders;
    }

    LockFigures figures() {
        return new LockFigures(
                address,
                name,
                kind,
                storage,
                acquisitions,
                contended,
                spinTotalNs,
                spinMaximumNs,
                holdTotalNs,
                holdMaximumNs,
                bits(irqls),
                bits(processors));
    }

    private static List<Integer> bits(long mask) {
        List<Integer> numbers = new ArrayList<>();
        for (long left = mask; left != 0; left &= left - 1) {
            numbers.add(Long.numberOfTrailingZeros(left));
        }
        return numbers;
    }
}
