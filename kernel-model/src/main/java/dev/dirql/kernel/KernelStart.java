package dev.dirql.kernel;

import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.processors.KPcr;
import dev.dirql.kernel.processors.ProcessorServices;
import dev.dirql.kernel.services.ServiceTable;
import dev.dirql.kernel.threads.Clock;
import dev.dirql.kernel.threads.SystemTime;
import dev.dirql.kernel.threads.Threads;
import dev.dirql.kernel.traps.BreakPointServices;
import dev.dirql.machine.Machine;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Processor;

/**
 * What is done once, before the first instruction: the kernel's own image, the page shared with
 * programs, and each processor with its region, stacks and idle thread.
 */
record KernelStart(
        Machine machine,
        KernelSettings settings,
        ServiceTable table,
        LoadedImages images,
        KernelMemory memory) {
    private static final long SHARED_DATA_SIZE = 0x1000;

    void run(Threads threads, Clock clock) {
        LoadedImage kernel = new LoadedImage(table.image(), ServiceTable.IMAGE_BASE);
        images.add(kernel);
        memory.mapImage(kernel.image());
        memory.write(
                table.address(ProcessorServices.PROCESSOR_COUNT),
                new byte[] {(byte) machine.processorCount()});
        memory.write(table.address(BreakPointServices.DEBUGGER_NOT_PRESENT), new byte[] {1});
        memory.mapOrFail(SystemTime.SHARED_DATA, SHARED_DATA_SIZE, PageFlags.WRITABLE);
        SystemTime.initialize(
                machine.processor(0).memory(),
                settings.buildNumber(),
                machine.processorCount(),
                settings.tickNs());
        ProcessorServices.storeFeatures(machine.processor(0).memory());
        long[] dpcStacks = new long[machine.processorCount()];
        long[] idleStacks = new long[machine.processorCount()];
        for (int i = 0; i < machine.processorCount(); i++) {
            memory.mapOrFail(KPcr.addressOf(i), KPcr.SIZE, PageFlags.WRITABLE);
            memory.fillUnmodelled(KPcr.addressOf(i), KPcr.SIZE);
            idleStacks[i] = memory.allocateStack();
            dpcStacks[i] = memory.allocateStack();
        }
        threads.boot(idleStacks);
        for (int i = 0; i < machine.processorCount(); i++) {
            Processor processor = machine.processor(i);
            processor.gsBase = KPcr.addressOf(i);
            new KPcr(processor.memory(), processor.gsBase)
                    .initialize(
                            i,
                            processor.thread,
                            dpcStacks[i],
                            settings.dpcDepthMaximum(),
                            settings.dpcRateMinimum(),
                            settings.threadedDpcs());
        }
        clock.start();
    }
}
