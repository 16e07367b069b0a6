package dev.dirql.simulation;

import dev.dirql.kernel.KernelModel;
import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.kernel.io.IoManager;
import dev.dirql.kernel.loader.ImageLoader;
import dev.dirql.kernel.threads.KernelThread;
import dev.dirql.kernel.threads.Threads;
import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.scenario.language.WorkloadProgram;
import dev.dirql.scenario.language.WorkloadThread;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * How a run begins: images are loaded, a system thread calls DriverEntry of every driver, then the
 * threads of the workload start and its stimuli begin to count.
 */
final class RunStart {
    private static final int LOADER_PRIORITY = 8;

    private final Machine machine;
    private final CheckedScenario.Parts parts;
    private final KernelModel kernel;
    private final IoManager io;
    private final ImageLoader loader;
    private final Stimuli stimuli;
    private final Stimuli.KernelStimuli toKernel;
    private final AddressSpace workloadSpace;
    private @Nullable LoadedImage workload;

    RunStart(
            Machine machine,
            CheckedScenario.Parts parts,
            KernelModel kernel,
            IoManager io,
            ImageLoader loader,
            Stimuli stimuli,
            Stimuli.KernelStimuli toKernel,
            AddressSpace workloadSpace) {
        this.machine = machine;
        this.parts = parts;
        this.kernel = kernel;
        this.io = io;
        this.loader = loader;
        this.stimuli = stimuli;
        this.toKernel = toKernel;
        this.workloadSpace = workloadSpace;
    }

    /**
     * Loads the images and makes the thread that calls DriverEntry. From here on there are events.
     */
    void start() {
        for (var image : parts.drivers()) {
            io.drivers().add(loader.load(image));
        }
        parts.workloadImage().ifPresent(image -> workload = loader.load(image));
        parts.scenario().workload().failures().forEach(toKernel::failAllocation);
        io.workloadThreads().expect(parts.workload().threads().size());
        thread("driver loader", io.loadRoutine(), LOADER_PRIORITY, 1, machine.kernelSpace());
    }

    /** Every DriverEntry returned: the workload begins. */
    void loaded(Processor processor) {
        LoadedImage program = workload;
        if (program != null) {
            bindRoutines(program);
            for (WorkloadProgram.ThreadRoutine thread : parts.workload().threads()) {
                start(program, thread);
            }
        }
        stimuli.begin(processor.clockNs);
        if (parts.workload().threads().isEmpty()) {
            stimuli.threadsFinished(processor.clockNs);
        }
    }

    private void start(LoadedImage program, WorkloadProgram.ThreadRoutine thread) {
        WorkloadThread declared = thread.thread();
        int processors = machine.processorCount();
        long all = processors == 64 ? -1L : (1L << processors) - 1;
        long affinity =
                declared.processor().isPresent() ? 1L << declared.processor().getAsInt() : all;
        thread(
                declared.name(),
                address(program, thread.routine()),
                declared.priority(),
                affinity,
                workloadSpace);
    }

    private void thread(
            String name, long routine, int priority, long affinity, AddressSpace space) {
        KernelThread made =
                kernel.threads()
                        .create(
                                machine.processor(0),
                                name,
                                routine,
                                0,
                                priority,
                                affinity,
                                space,
                                kernel.threads().systemProcess(),
                                Threads.SYSTEM_PROCESS_ID);
        if (made == null) {
            throw new UserError(
                    "the machine has too little memory for its threads: give it more with"
                            + " memory in its machine declaration");
        }
    }

    /** Routines of drivers that the workload calls by name. */
    private void bindRoutines(LoadedImage program) {
        for (WorkloadProgram.RoutineSlot slot : parts.workload().routines()) {
            LoadedImage driver = io.drivers().get(slot.driverNumber()).image();
            byte[] bytes = new byte[8];
            ByteBuffer.wrap(bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(address(driver, slot.routine()));
            kernel.memory().write(address(program, slot.variable()), bytes);
        }
    }

    private static long address(LoadedImage image, String symbol) {
        return image.base()
                + image.image().debug().symbols().stream()
                        .filter(found -> found.name().equals(symbol))
                        .findFirst()
                        .orElseThrow(() ->
                                new UserError(
                                        "%s has no routine %s"
                                                .formatted(image.image().name(), symbol)))
                        .rva();
    }
}
