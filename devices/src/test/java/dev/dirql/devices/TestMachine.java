package dev.dirql.devices;

import dev.dirql.devices.apic.ApicSystem;
import dev.dirql.events.DecisionKind;
import dev.dirql.events.Event;
import dev.dirql.events.RunEnd;
import dev.dirql.machine.DecisionSource;
import dev.dirql.machine.InstructionEngine;
import dev.dirql.machine.Machine;
import dev.dirql.machine.MachineSettings;
import dev.dirql.machine.Processor;
import dev.dirql.machine.SystemSoftware;
import dev.dirql.machine.UnusedMemory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * A machine with the interrupt controller and no guest code: its processors are halted and take
 * interrupts, and the test is the system software.
 */
public final class TestMachine {
    /** First address of the service window; processors sit there only while a test puts them. */
    private static final long WINDOW = 0xFFFF_F800_0000_0000L;

    private static final long IO_APIC = 0xFEC0_0000L;

    public final Machine machine;
    public final List<Event> events = new ArrayList<>();
    public final List<String> trace = new ArrayList<>();
    public final List<String> taken = new ArrayList<>();
    public final Map<DecisionKind, Deque<Integer>> choices = new EnumMap<>(DecisionKind.class);
    public final Map<DecisionKind, List<Integer>> asked = new EnumMap<>(DecisionKind.class);

    /** What happens when a processor takes a vector; by default end of interrupt. */
    public BiConsumer<Processor, Integer> handler =
            (processor, _) -> processor.interruptUnit().endOfInterrupt();

    /** Whether decisions are answered with something that only depends on the moment. */
    public boolean restless;

    public TestMachine(int processors) {
        DecisionSource source =
                point -> {
                    asked.computeIfAbsent(point.kind(), _ -> new ArrayList<>())
                            .add(point.alternatives());
                    if (restless) {
                        return scattered(point.kind(), point.alternatives());
                    }
                    Integer choice =
                            choices.computeIfAbsent(point.kind(), _ -> new ArrayDeque<>()).poll();
                    return choice == null ? 0 : choice;
                };
        machine =
                new Machine(
                        new MachineSettings(
                                processors, 1L << 20, 1, 500, 1_000_000_000_000L, 10_000_000L),
                        source);
        machine.attach(ApicSystem::new);
        machine.attach(new HaltedEngine());
        machine.attach(new FakeSoftware());
        machine.addSink((stamp, event) -> {
            events.add(event);
            trace.add(stamp + " " + event);
        });
        for (int i = 0; i < processors; i++) {
            machine.processor(i).flags.setInterruptsEnabled(true);
        }
    }

    private int scattered(DecisionKind kind, int alternatives) {
        long mixed = (31 * machine.nowNs() + machine.sequence()) * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ kind.ordinal()) * 0xBF58476D1CE4E5B9L;
        mixed ^= mixed >>> 31;
        return (mixed & 4) == 0 ? 0 : (int) Long.remainderUnsigned(mixed >>> 8, alternatives);
    }

    /** Lets everything happen that is due. */
    public void run() {
        machine.run();
    }

    /** Lets time pass up to a moment; then the run can go on. */
    public void runUntil(long timeNs) {
        machine.queue().set(pause(), timeNs, 0);
        machine.run();
    }

    private int pauseHandler = -1;

    private int pause() {
        if (pauseHandler < 0) {
            pauseHandler = machine.queue().register((_, _) -> machine.requestPause());
        }
        return pauseHandler;
    }

    /** Makes the pause handler known before a snapshot compares handler numbers. */
    public TestMachine readyToPause() {
        pause();
        return this;
    }

    public Processor processor(int number) {
        return machine.processor(number);
    }

    // ---- the I/O APIC as software programs it ----

    public long ioApicRead(int index) {
        machine.bus().writeMemory(processor(0), IO_APIC, 4, index);
        return machine.bus().readMemory(processor(0), IO_APIC + 0x10, 4);
    }

    public void ioApicWrite(int index, long value) {
        machine.bus().writeMemory(processor(0), IO_APIC, 4, index);
        machine.bus().writeMemory(processor(0), IO_APIC + 0x10, 4, value);
    }

    /** Writes an entry, the upper half first. */
    public void redirect(int input, long entry) {
        ioApicWrite(0x11 + 2 * input, entry >>> 32);
        ioApicWrite(0x10 + 2 * input, entry & 0xFFFF_FFFFL);
    }

    public long entry(int input) {
        return ioApicRead(0x10 + 2 * input) | ioApicRead(0x11 + 2 * input) << 32;
    }

    public <T extends Event> List<T> events(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** Halts at once, whatever the guest code would be. */
    private static final class HaltedEngine implements InstructionEngine {
        @Override
        public Stop run(Processor processor) {
            processor.clockNs++;
            processor.steps++;
            return Stop.HALT;
        }

        @Override
        public void forgetDecoded() {}
    }

    private final class FakeSoftware implements SystemSoftware {
        @Override
        public long serviceWindow() {
            return WINDOW;
        }

        @Override
        public long serviceWindowSize() {
            return 0x1000;
        }

        @Override
        public void service(Processor processor) {
            throw new IllegalStateException("no services");
        }

        @Override
        public void interrupt(Processor processor, int vector) {
            taken.add("cpu%d 0x%x".formatted(processor.number(), vector));
            handler.accept(processor, vector);
        }

        @Override
        public void trap(Processor processor) {
            throw new IllegalStateException("no traps");
        }

        @Override
        public void priorityWritten(Processor processor, int from) {}

        @Override
        public boolean isResident(Processor processor, long address) {
            return true;
        }

        @Override
        public void unusedMemory(UnusedMemory unused) {}

        @Override
        public long nextDeadlineNs() {
            return Long.MAX_VALUE;
        }

        @Override
        public RunEnd quiescent() {
            return RunEnd.DONE;
        }

        @Override
        public String quiescentDetail() {
            return "";
        }
    }
}
