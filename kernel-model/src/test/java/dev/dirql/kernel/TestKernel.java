package dev.dirql.kernel;

import dev.dirql.events.Event;
import dev.dirql.events.Finding;
import dev.dirql.events.Stamp;
import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.kernel.threads.KernelThread;
import dev.dirql.machine.DecisionSource;
import dev.dirql.machine.Machine;
import dev.dirql.machine.MachineSettings;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Processor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A machine with the kernel, a page of data, and a driver whose code a test writes. */
public final class TestKernel {
    /** Nonpaged memory for locks and objects. */
    public static final long DATA = 0xFFFFB800_00000000L;

    /** Pageable memory. */
    public static final long PAGED = 0xFFFFC400_00000000L;

    public final Machine machine;
    public final KernelModel kernel;
    public final GuestCode code;
    public final List<Stamp> stamps = new ArrayList<>();
    public final List<Event> events = new ArrayList<>();

    public TestKernel(int processors) {
        this(processors, KernelSettings.DEFAULT);
    }

    public TestKernel(int processors, KernelSettings settings) {
        this(processors, settings, DecisionSource.defaultPolicy());
    }

    public TestKernel(int processors, KernelSettings settings, DecisionSource decisions) {
        this(processors, settings, decisions, _ -> List.of());
    }

    /** With the services of more objects. */
    public TestKernel(int processors, Function<KernelModel, List<Object>> more) {
        this(processors, KernelSettings.DEFAULT, DecisionSource.defaultPolicy(), more);
    }

    private TestKernel(
            int processors,
            KernelSettings settings,
            DecisionSource decisions,
            Function<KernelModel, List<Object>> more) {
        MachineSettings base = MachineSettings.of(processors);
        machine =
                new Machine(
                        new MachineSettings(
                                processors,
                                base.memoryBytes(),
                                base.stepNs(),
                                base.quantumNs(),
                                10_000_000_000L,
                                2_000_000),
                        decisions);
        machine.attach(FakeInterruptController::new);
        machine.addSink((stamp, event) -> {
            stamps.add(stamp);
            events.add(event);
        });
        kernel = new KernelModel(machine, settings, more);
        code = new GuestCode(name -> kernel.table().address(name));
        machine.attach(code);
        machine.attach(kernel);
        kernel.memory().mapOrFail(DATA, 0x1000, PageFlags.WRITABLE);
        kernel.memory().mapOrFail(PAGED, 0x1000, PageFlags.WRITABLE | PageFlags.PAGEABLE);
    }

    /** Starts a thread on one processor. */
    public KernelThread thread(int processor, long routine) {
        return thread(processor, routine, 8);
    }

    public KernelThread thread(int processor, long routine, int priority) {
        KernelThread thread =
                kernel.threads()
                        .create(
                                machine.processor(processor),
                                "test",
                                routine,
                                0,
                                priority,
                                1L << processor,
                                machine.kernelSpace(),
                                kernel.threads().systemProcess(),
                                4);
        if (thread == null) {
            throw new IllegalStateException("no memory");
        }
        return thread;
    }

    /** Runs to the end. */
    public TestKernel run() {
        code.mapUnwindData(kernel.memory());
        kernel.images().add(new LoadedImage(code.image(), GuestCode.BASE));
        machine.run();
        return this;
    }

    public <T extends Event> List<T> all(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** The names of the rules that were broken. */
    public List<String> findings() {
        return all(Event.FindingReported.class).stream()
                .map(Event.FindingReported::finding)
                .map(Finding::rule)
                .toList();
    }

    /** Where a routine kept a number. */
    public long data(int offset) {
        return machine.processor(0).memory().load64(DATA + offset);
    }

    /** Adds to a number in memory, in one instruction. */
    public static void add(Processor processor, int offset, long value) {
        long address = DATA + offset;
        processor.memory().store64(address, processor.memory().load64(address) + value);
    }
}
