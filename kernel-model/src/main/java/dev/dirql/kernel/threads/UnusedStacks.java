package dev.dirql.kernel.threads;

import dev.dirql.kernel.KernelMemory;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.UnusedMemory;

/** The parts of the threads' kernel stacks that hold nothing any more: those below RSP. */
public final class UnusedStacks {
    private final Machine machine;
    private final Scheduler scheduler;

    public UnusedStacks(Machine machine, Scheduler scheduler) {
        this.machine = machine;
        this.scheduler = scheduler;
    }

    /** Names them to those who compare memory. */
    public void addTo(UnusedMemory unused) {
        for (KernelThread thread : scheduler.threads()) {
            long bottom = thread.stackTop() - KernelMemory.STACK_SIZE;
            long stackPointer = stackPointer(thread);
            if (stackPointer > bottom && stackPointer <= thread.stackTop()) {
                unused.add(bottom, stackPointer - bottom);
            }
        }
    }

    /** Where a running thread has its stack is known only while it runs on its own. */
    private long stackPointer(KernelThread thread) {
        return thread.state() == KernelThread.State.RUNNING
                ? machine.processor(thread.processor()).registers[Processor.RSP]
                : scheduler.savedStackPointer(thread);
    }
}
