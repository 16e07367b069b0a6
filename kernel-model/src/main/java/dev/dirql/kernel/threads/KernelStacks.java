package dev.dirql.kernel.threads;

import dev.dirql.kernel.KernelMemory;
import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.Machine;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.PhysicalMemory;

/**
 * Kernel stacks that page out: that of a thread may, while it waits in user mode. Source: WDK,
 * KeSetKernelStackSwapEnable.
 */
final class KernelStacks {
    private KernelStacks() {}

    /** The thread left its processor to wait: its stack becomes pageable, if it may. */
    static void waits(Machine machine, KernelThread thread) {
        if (thread.pagesOut && thread.state() == KernelThread.State.WAITING) {
            thread.pagesOut = false;
            thread.stackPageable = true;
            map(machine, thread, PageFlags.WRITABLE | PageFlags.PAGEABLE);
        }
    }

    /** The stack is brought in before its thread runs again. */
    static void ready(Machine machine, KernelThread thread) {
        thread.pagesOut = false;
        if (thread.stackPageable) {
            thread.stackPageable = false;
            map(machine, thread, PageFlags.WRITABLE);
        }
    }

    private static void map(Machine machine, KernelThread thread, int flags) {
        AddressSpace space = machine.kernelSpace();
        long bottom = thread.stackTop() - KernelMemory.STACK_SIZE;
        for (long page = bottom; page < thread.stackTop(); page += PhysicalMemory.FRAME_SIZE) {
            machine.map(space, page, AddressSpace.frame(space.find(page)), flags);
        }
    }
}
