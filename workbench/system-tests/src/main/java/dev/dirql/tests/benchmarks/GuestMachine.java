package dev.dirql.tests.benchmarks;

import dev.dirql.devices.apic.ApicSystem;
import dev.dirql.kernel.KernelModel;
import dev.dirql.kernel.KernelSettings;
import dev.dirql.machine.DecisionSource;
import dev.dirql.machine.Machine;
import dev.dirql.machine.MachineSettings;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Processor;
import dev.dirql.x86.Interpreter;
import java.util.List;

/** A machine as a scenario gets it, with threads that run small programs in machine code. */
final class GuestMachine {
    /** Writable memory of {@link #DATA_SIZE} bytes. */
    static final long DATA = 0xFFFF_F801_1000_0000L;

    static final int DATA_SIZE = 0x4_0000;
    private static final long CODE = 0xFFFF_F801_0000_0000L;
    private static final long ARGUMENTS = 0xFFFF_F801_2000_0000L;

    final Machine machine;
    private final KernelModel kernel;

    GuestMachine(int processors) {
        machine =
                new Machine(
                        new MachineSettings(
                                processors, 64L << 20, 1, 500, Long.MAX_VALUE, Long.MAX_VALUE),
                        DecisionSource.defaultPolicy());
        machine.attach(ApicSystem::new);
        machine.attach(new Interpreter(machine));
        kernel = new KernelModel(machine, KernelSettings.DEFAULT, _ -> List.of());
        machine.attach(kernel);
        kernel.memory().mapOrFail(DATA, DATA_SIZE, PageFlags.WRITABLE);
        kernel.memory().mapOrFail(ARGUMENTS, 0x1000, PageFlags.WRITABLE);
        for (GuestPrograms program : GuestPrograms.values()) {
            kernel.memory().mapOrFail(address(program), 0x1000, PageFlags.EXECUTABLE);
            kernel.memory().write(address(program), program.code());
        }
    }

    private static long address(GuestPrograms program) {
        return CODE + 0x1000L * program.ordinal();
    }

    /**
     * Starts a thread that stays on one processor.
     *
     * @param rdi what the program finds in that register; likewise the others
     */
    void start(int processor, GuestPrograms program, long rdi, long rsi, long rbx, long r8) {
        Processor creator = machine.processor(processor);
        long arguments = ARGUMENTS + 0x20L * processor;
        creator.memory().store64(arguments, rdi);
        creator.memory().store64(arguments + 0x8, rsi);
        creator.memory().store64(arguments + 0x10, rbx);
        creator.memory().store64(arguments + 0x18, r8);
        Object thread =
                kernel.threads()
                        .create(
                                creator,
                                program.name(),
                                address(program),
                                arguments,
                                8,
                                1L << processor,
                                machine.kernelSpace(),
                                kernel.threads().systemProcess(),
                                4);
        if (thread == null) {
            throw new IllegalStateException("no memory for a thread");
        }
    }

    /** Starts a thread that acquires and releases a spin lock over and over. */
    void startLocking(int processor, long lock) {
        start(
                processor,
                GuestPrograms.LOCK_PAIRS,
                lock,
                kernel.table().address("KeReleaseSpinLock"),
                kernel.table().address("KeAcquireSpinLockRaiseToDpc"),
                0);
    }

    /** Runs so many steps of all processors together. */
    void run(long steps) {
        machine.pauseAtStep(machine.steps() + steps);
        machine.run();
        if (machine.ended() != null) {
            throw new IllegalStateException("the run ended: " + machine.endDetail());
        }
    }
}
