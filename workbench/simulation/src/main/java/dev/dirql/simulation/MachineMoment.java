package dev.dirql.simulation;

import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.simulation.figures.HeldLock;
import dev.dirql.simulation.figures.RunFigures;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a machine stands: what a person looks at who stopped it.
 *
 * @param sequence the last event that happened
 * @param stepsBehind steps of all processors together since that event
 * @param timeNs virtual time
 * @param heldLocks locks that are held
 */
public record MachineMoment(
        long sequence,
        long stepsBehind,
        long timeNs,
        List<ProcessorMoment> processors,
        List<HeldLock> heldLocks) {
    public MachineMoment {
        processors = List.copyOf(processors);
        heldLocks = List.copyOf(heldLocks);
    }

    /**
     * One processor.
     *
     * @param rip address of what it executes next
     * @param thread its current KTHREAD, 0 if none
     * @param threadName what the thread is called
     * @param waiting what it waits for
     * @param clockNs its local clock
     */
    public record ProcessorMoment(
            int processor,
            long rip,
            int irql,
            long thread,
            String threadName,
            Processor.Wait waiting,
            long clockNs) {}

    static MachineMoment of(OpenRun run) {
        Machine machine = run.machine();
        RunFigures figures = run.figures();
        List<ProcessorMoment> processors = new ArrayList<>();
        for (int i = 0; i < machine.processorCount(); i++) {
            Processor processor = machine.processor(i);
            processors.add(
                    new ProcessorMoment(
                            i,
                            processor.rip,
                            processor.irql(),
                            processor.thread,
                            figures.threadName(processor.thread),
                            processor.waiting(),
                            processor.clockNs));
        }
        return new MachineMoment(
                machine.sequence(),
                Math.max(0, machine.steps() - run.lastEvent().steps()),
                machine.nowNs(),
                processors,
                figures.heldLocks());
    }
}
