package dev.dirql.simulation.figures;

import dev.dirql.events.Event;
import dev.dirql.events.Stamp;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;

/** Counts for one processor. */
final class ProcessorTally implements StatePart {
    private static final int IRQLS = 16;

    private final int number;
    private final long[] timeAtIrql = new long[IRQLS];
    private long lastNs;
    private int irql;
    private boolean idle = true;
    private long idleNs;
    private long interrupts;
    private long dpcs;
    private long spinNs;
    private long threadSwitches;

    ProcessorTally(int number) {
        this.number = number;
    }

    /** Something happened here: the time since the last event belongs to the IRQL of then. */
    void accept(Stamp stamp, Event event) {
        passTime(stamp.timeNs());
        irql = stamp.irql() & (IRQLS - 1);
        switch (event) {
            case Event.IrqlChanged changed -> irql = changed.to() & (IRQLS - 1);
            case Event.InterruptTaken _ -> interrupts++;
            case Event.DpcStarted _ -> dpcs++;
            case Event.LockAcquired acquired ->
                    spinNs += acquired.lockKind().waits() ? 0 : acquired.spinNs();
            default -> {}
        }
    }

    void switched(boolean toIdle) {
        threadSwitches++;
        idle = toIdle;
    }

    void passTime(long nowNs) {
        long passed = nowNs - lastNs;
        if (passed > 0) {
            if (idle && irql == 0) {
                idleNs += passed;
            } else {
                timeAtIrql[irql] += passed;
            }
            lastNs = nowNs;
        }
    }

    /** What it did up to a time. */
    ProcessorFigures figures(long endNs) {
        List<ProcessorFigures.IrqlTime> times = new ArrayList<>();
        long rest = Math.max(0, endNs - lastNs);
        for (int i = 0; i < IRQLS; i++) {
            boolean now = i == irql && !(idle && i == 0);
            long time = timeAtIrql[i] + (now ? rest : 0);
            if (time > 0) {
                times.add(new ProcessorFigures.IrqlTime(i, time));
            }
        }
        long idleAtEnd = idle && irql == 0 ? idleNs + rest : idleNs;
        return new ProcessorFigures(
                number, times, idleAtEnd, interrupts, dpcs, spinNs, threadSwitches);
    }

    @Override
    public void save(StateWriter out) {
        out.values(timeAtIrql);
        out.value(lastNs);
        out.value(irql);
        out.value(idle);
        out.value(idleNs);
        out.value(interrupts);
        out.value(dpcs);
        out.value(spinNs);
        out.value(threadSwitches);
    }

    @Override
    public void restore(StateReader in) {
        in.values(timeAtIrql);
        lastNs = in.value();
        irql = in.intValue();
        idle = in.booleanValue();
        idleNs = in.value();
        interrupts = in.value();
        dpcs = in.value();
        spinNs = in.value();
        threadSwitches = in.value();
    }
}
