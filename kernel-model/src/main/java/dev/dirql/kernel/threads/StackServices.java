package dev.dirql.kernel.threads;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelMemory;
import dev.dirql.kernel.processors.KPcr;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;

/**
 * The bounds of the stack that a processor runs on: its thread's, or in a DPC that of its DPCs.
 * Source: WDK, the page of each routine.
 */
public final class StackServices {
    private record Stack(long low, long high) {
        boolean contains(long address, long size) {
            return address >= low
                    && address <= high
                    && Long.compareUnsigned(size, high - address) <= 0;
        }
    }

    private static Stack ofThread(Processor processor) {
        KThread thread = new KThread(processor.memory(), processor.thread);
        return new Stack(thread.stackLimit(), thread.stackBase());
    }

    private static Stack current(Processor processor) {
        long dpcStack = new KPcr(processor.memory(), processor.gsBase).dpcStack();
        Stack ofDpcs = new Stack(dpcStack - KernelMemory.STACK_SIZE, dpcStack);
        boolean inDpc = ofDpcs.contains(processor.registers[Processor.RSP], 0);
        return inDpc ? ofDpcs : ofThread(processor);
    }

    @Ddi("IoGetStackLimits")
    void limits(Processor processor, long low, long high) {
        Stack stack = current(processor);
        GuestMemory memory = processor.memory();
        processor.memory().probe(low, Long.BYTES, true);
        processor.memory().probe(high, Long.BYTES, true);
        memory.store64(low, stack.low);
        memory.store64(high, stack.high);
    }

    @Ddi(value = "IoWithinStackLimits", maximum = Irql.APC_LEVEL)
    boolean isWithin(Processor processor, long start, long size) {
        return ofThread(processor).contains(start, size)
                || current(processor).contains(start, size);
    }
}
