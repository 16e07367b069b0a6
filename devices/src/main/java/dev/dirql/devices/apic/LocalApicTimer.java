package dev.dirql.devices.apic;

import dev.dirql.machine.Machine;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;

/**
 * The timer of a local APIC, one-shot or periodic, that counts nanoseconds of virtual time. Intel
 * SDM volume 3A, 10.5.4. A request that finds its vector still requested merges with it: a tick is
 * lost, as in hardware. Absent: the divide register and the TSC-deadline mode.
 *
 * <p>It does not keep a run going: whatever its tick would end does.
 */
final class LocalApicTimer implements StatePart {
    private static final long STOPPED = Long.MAX_VALUE;
    private static final String SOURCE = "local APIC timer";

    private final LocalApic apic;
    private final Machine machine;
    private final int handler;

    private int vector;
    private long periodNs;
    private long expiresNs = STOPPED;

    LocalApicTimer(LocalApic apic, Machine machine) {
        this.apic = apic;
        this.machine = machine;
        handler = machine.queue().register((timeNs, _) -> expire(timeNs));
    }

    void set(int processor, int newVector, long initialCountNs, boolean periodic) {
        if (initialCountNs < 0) {
            throw new IllegalArgumentException(
                    "cpu %d: timer count %d ns is negative".formatted(processor, initialCountNs));
        }
        machine.queue().cancel(handler, 0);
        expiresNs = STOPPED;
        periodNs = 0;
        if (initialCountNs == 0) {
            return;
        }
        LocalApic.mustBeLegal(newVector, SOURCE);
        vector = newVector;
        periodNs = periodic ? initialCountNs : 0;
        schedule(machine.nowNs() + initialCountNs);
    }

    long countNs() {
        return expiresNs == STOPPED ? 0 : Math.max(expiresNs - machine.nowNs(), 0);
    }

    private void schedule(long timeNs) {
        expiresNs = timeNs;
        machine.queue().setBackground(handler, timeNs, 0);
    }

    private void expire(long timeNs) {
        if (periodNs == 0) {
            expiresNs = STOPPED;
        } else {
            schedule(timeNs + periodNs);
        }
        apic.accept(vector, false, SOURCE);
    }

    @Override
    public void save(StateWriter out) {
        out.value(vector);
        out.value(periodNs);
        out.time(expiresNs);
    }

    @Override
    public void restore(StateReader in) {
        vector = in.intValue();
        periodNs = in.value();
        expiresNs = in.time();
    }
}
