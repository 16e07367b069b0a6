package dev.dirql.kernel.io;

import dev.dirql.kernel.structures.Irp;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.TreeMap;

/** The packets that were sent to a driver and did not come back to who sent them. */
final class SentIrps implements StatePart {
    /** By address: the stack location of who sent it first, counted as IRP.CurrentLocation is. */
    private final TreeMap<Long, Integer> senders = new TreeMap<>();

    /** A packet is about to go down. */
    void sent(Irp irp) {
        senders.putIfAbsent(irp.address(), irp.currentLocation());
    }

    /** A packet has come up one stack location. */
    void cameUp(Irp irp) {
        Integer sender = senders.get(irp.address());
        if (sender != null && irp.currentLocation() >= sender) {
            senders.remove(irp.address());
        }
    }

    boolean contains(long irp) {
        return senders.containsKey(irp);
    }

    /** There is no such packet any more, or another one at its address. */
    void forget(long irp) {
        senders.remove(irp);
    }

    @Override
    public void save(StateWriter out) {
        out.value(senders.size());
        senders.forEach((irp, location) -> {
            out.value(irp);
            out.value(location);
        });
    }

    @Override
    public void restore(StateReader in) {
        senders.clear();
        for (int i = in.intValue(); i > 0; i--) {
            long irp = in.value();
            senders.put(irp, in.intValue());
        }
    }
}
