package dev.dirql.simulation.figures;

import dev.dirql.events.Event;
import dev.dirql.events.LockKind;
import dev.dirql.events.Stamp;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

    private boolean held;
    private int holder;
    private long holderThread;
    private long heldSequence;
    private long heldSinceNs;
    private long heldCaller;

    LockTally(long address, String name, LockKind kind, String storage) {
        this.address = address;
        this.name = name;
        this.kind = kind;
        this.storage = storage;
    }

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
        held = in.booleanValue();
        holder = in.intValue();
        holderThread = in.value();
        heldSequence = in.value();
        heldSinceNs = in.value();
        heldCaller = in.value();
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
        out.value(held);
        out.value(holder);
        out.value(holderThread);
        out.value(heldSequence);
        out.value(heldSinceNs);
        out.value(heldCaller);
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
        held = true;
        holder = stamp.processor();
        holderThread = stamp.thread();
        heldSequence = stamp.sequence();
        heldSinceNs = stamp.timeNs();
        heldCaller = event.caller();
    }

    void released(Event.LockReleased event) {
        holdTotalNs += event.holdNs();
        holdMaximumNs = Math.max(holdMaximumNs, event.holdNs());
        held = false;
    }

    Optional<HeldLock> heldLock() {
        return held
                ? Optional.of(
                        new HeldLock(
                                address,
                                name,
                                holder,
                                holderThread,
                                heldSequence,
                                heldSinceNs,
                                heldCaller))
                : Optional.empty();
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
