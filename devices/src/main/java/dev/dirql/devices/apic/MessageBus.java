package dev.dirql.devices.apic;

import dev.dirql.events.DecisionKind;
import dev.dirql.events.Stamp;
import dev.dirql.machine.Machine;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.Map;
import java.util.TreeMap;

/**
 * Carries interrupt messages to local APICs. How long one travels is a decision (at once, 100 ns, 1
 * µs or 10 µs), and which of several candidates takes it is another, made when it arrives: the
 * candidates are ordered by their processor priority at that moment, the lowest first, then by
 * number.
 */
final class MessageBus implements StatePart {
    private static final long[] ARRIVAL_NS = {0, 100, 1_000, 10_000};

    private final Machine machine;
    private final ApicSystem system;
    private final int handler;

    /** Messages that have not arrived, by the argument of their entry in the event queue. */
    private final TreeMap<Long, InterruptMessage> travelling = new TreeMap<>();

    MessageBus(Machine machine, ApicSystem system) {
        this.machine = machine;
        this.system = system;
        handler = machine.queue().register((_, slot) -> arrive(taken(slot)));
    }

    /** Sends a message; it may have arrived when this returns. */
    void send(InterruptMessage message) {
        int choice =
                machine.decide(
                        DecisionKind.INTERRUPT_ARRIVAL,
                        Stamp.NO_PROCESSOR,
                        ARRIVAL_NS.length,
                        message.vector());
        if (choice == 0) {
            arrive(message);
            return;
        }
        long slot = 0;
        while (travelling.containsKey(slot)) {
            slot++;
        }
        travelling.put(slot, message);
        machine.queue().set(handler, machine.nowNs() + ARRIVAL_NS[choice], slot);
    }

    private InterruptMessage taken(long slot) {
        InterruptMessage message = travelling.remove(slot);
        if (message == null) {
            throw new IllegalStateException("no interrupt message travels in slot " + slot);
        }
        return message;
    }

    private void arrive(InterruptMessage message) {
        long destinations = message.destinations(machine.settings().processors());
        boolean accepted = false;
        if (message.one() && Long.bitCount(destinations) > 1) {
            destinations = 1L << chosen(message.vector(), destinations);
        }
        for (long left = destinations; left != 0; left &= left - 1) {
            accepted |=
                    system.unit(Long.numberOfTrailingZeros(left))
                            .accept(message.vector(), message.level(), message.source());
        }
        if (message.input() != InterruptMessage.NO_INPUT) {
            system.ioApic().arrived(message.input(), message.level(), accepted);
        }
    }

    private int chosen(int vector, long destinations) {
        int count = Long.bitCount(destinations);
        int choice =
                machine.decide(DecisionKind.INTERRUPT_PROCESSOR, Stamp.NO_PROCESSOR, count, vector);
        long left = destinations;
        int best = -1;
        for (int i = 0; i <= choice; i++) {
            best = lowestPriority(left);
            left &= ~(1L << best);
        }
        return best;
    }

    private int lowestPriority(long candidates) {
        int best = -1;
        int bestPriority = Integer.MAX_VALUE;
        for (long left = candidates; left != 0; left &= left - 1) {
            int candidate = Long.numberOfTrailingZeros(left);
            int priority = system.unit(candidate).processorPriority();
            if (priority < bestPriority) {
                best = candidate;
                bestPriority = priority;
            }
        }
        return best;
    }

    @Override
    public void save(StateWriter out) {
        out.value(travelling.size());
        for (Map.Entry<Long, InterruptMessage> entry : travelling.entrySet()) {
            InterruptMessage message = entry.getValue();
            out.value(entry.getKey());
            out.value(message.destination());
            out.value(message.logical());
            out.value(message.one());
            out.value(message.vector());
            out.value(message.level());
            out.value(message.input());
            out.reference(message);
        }
    }

    @Override
    public void restore(StateReader in) {
        travelling.clear();
        int count = in.intValue();
        for (int i = 0; i < count; i++) {
            long slot = in.value();
            in.values(new long[6]);
            travelling.put(slot, in.reference(InterruptMessage.class));
        }
    }
}
