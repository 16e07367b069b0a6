package dev.dirql.kernel;

import dev.dirql.kernel.dpcs.KDpc;
import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.kernel.interrupts.KInterrupt;
import dev.dirql.kernel.io.DriverUnloading;
import dev.dirql.kernel.loader.ImageLoader;
import dev.dirql.kernel.threads.Apcs;
import dev.dirql.kernel.threads.KThread;
import dev.dirql.kernel.threads.KernelThread;
import dev.dirql.kernel.threads.Threads;
import dev.dirql.kernel.timers.ExTimer;
import dev.dirql.kernel.timers.ExTimers;
import dev.dirql.kernel.timers.KTimer;
import dev.dirql.machine.Processor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** The kernel's side of the unloading of drivers. */
public final class KernelUnloading implements DriverUnloading {
    private static final int PRIORITY = 8;

    private final KernelModel kernel;
    private final Supplier<ImageLoader> loader;
    private final Function<LoadedImage, List<Leftover>> sections;

    /**
     * @param loader gives the loader of images, which is made after the kernel
     * @param sections what an image leaves of its sections
     */
    public KernelUnloading(
            KernelModel kernel,
            Supplier<ImageLoader> loader,
            Function<LoadedImage, List<Leftover>> sections) {
        this.kernel = kernel;
        this.loader = loader;
        this.sections = sections;
    }

    @Override
    public int apcDisableCounts(Processor processor) {
        return Apcs.disableCounts(processor);
    }

    @Override
    public boolean ownsMutex(Processor processor) {
        return new KThread(processor.memory(), processor.thread).ownsMutex();
    }

    @Override
    public void startThread(Processor processor, String name, long routine, long context) {
        startThread(processor, name, routine, context, PRIORITY);
    }

    @Override
    public void startThread(
            Processor processor, String name, long routine, long context, int priority) {
        KernelThread made =
                kernel.threads()
                        .create(
                                processor,
                                name,
                                routine,
                                context,
                                priority,
                                -1L >>> (64 - kernel.machine().processorCount()),
                                kernel.machine().kernelSpace(),
                                kernel.threads().systemProcess(),
                                Threads.SYSTEM_PROCESS_ID);
        if (made == null) {
            throw new IllegalArgumentException(
                    "the machine has too little memory for the thread \"" + name + "\"");
        }
    }

    @Override
    public List<Leftover> leftovers(Processor processor, LoadedImage image) {
        List<Leftover> left = new ArrayList<>();
        for (KInterrupt interrupt : kernel.interrupts().connected(processor)) {
            if (image.contains(interrupt.serviceRoutine())) {
                left.add(
                        new Leftover(
                                "InterruptNotDisconnected",
                                "the interrupt object 0x%x (%s) connected to %s"
                                        .formatted(
                                                interrupt.address(),
                                                kernel.interrupts().name(interrupt.address()),
                                                kernel.images().name(interrupt.serviceRoutine()))));
            }
        }
        for (KDpc dpc : kernel.dpcs().queued(processor)) {
            if (image.contains(dpc.deferredRoutine())) {
                left.add(
                        new Leftover(
                                "DpcQueuedAtUnload",
                                "the DPC 0x%x of %s in a queue"
                                        .formatted(
                                                dpc.address(),
                                                kernel.images().name(dpc.deferredRoutine()))));
            }
        }
        for (KTimer timer : kernel.queuedObjects().timers(processor)) {
            if (image.contains(timer.address()) || image.contains(routineOf(processor, timer))) {
                left.add(
                        new Leftover(
                                "TimerSetAtUnload",
                                "the timer 0x%x, which is set".formatted(timer.address())));
            }
        }
        for (KernelThread thread : kernel.scheduler().threads()) {
            long routine = new KThread(processor.memory(), thread.address()).startAddress();
            if (!thread.isIdle() && image.contains(routine)) {
                left.add(
                        new Leftover(
                                "ThreadRunsAtUnload",
                                "the thread 0x%x of %s, which has not ended"
                                        .formatted(
                                                thread.address(), kernel.images().name(routine))));
            }
        }
        for (String callback : kernel.bugCheckCallbacks().of(processor, image)) {
            left.add(new Leftover("BugCheckCallbackNotDeregistered", callback));
        }
        left.addAll(kernel.lookasides().leftovers(image));
        left.addAll(sections.apply(image));
        return left;
    }

    /** The DPC routine or callback of a timer, or 0. */
    private static long routineOf(Processor processor, KTimer timer) {
        if (ExTimers.isOne(timer.header())) {
            return new ExTimer(processor.memory(), timer.address()).callback();
        }
        long dpc = timer.dpc();
        boolean there = dpc != 0 && processor.memory().physical(dpc) >= 0;
        return there ? new KDpc(processor.memory(), dpc).deferredRoutine() : 0;
    }

    @Override
    public void unload(Processor processor, LoadedImage image) {
        loader.get().unload(processor, image);
    }
}
