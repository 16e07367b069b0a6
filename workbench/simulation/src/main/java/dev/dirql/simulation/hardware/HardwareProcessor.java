package dev.dirql.simulation.hardware;

import dev.dirql.events.RunEnd;
import dev.dirql.machine.DecisionSource;
import dev.dirql.machine.InstructionEngine.Stop;
import dev.dirql.machine.InterruptController;
import dev.dirql.machine.Machine;
import dev.dirql.machine.MachineSettings;
import dev.dirql.machine.PhysicalMemory;
import dev.dirql.machine.Processor;
import dev.dirql.machine.Snapshot;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import dev.dirql.machine.SystemSoftware;
import dev.dirql.machine.UnusedMemory;
import dev.dirql.machine.image.DebugInformation.Symbol;
import dev.dirql.machine.image.Image;
import dev.dirql.scenario.language.HardwareDeclaration;
import dev.dirql.x86.Interpreter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Executes the C of one device: a processor and memory that nothing else of the machine sees. A
 * call runs to its end at once and costs no virtual time; between calls the processor has no state,
 * so that the memory is all there is to keep.
 */
final class HardwareProcessor implements StatePart {
    /** Instructions that one call may take. */
    static final long STEPS_MAXIMUM = 10_000_000;

    private static final long WINDOW = 0xFFFF_F800_0000_0000L;
    private static final long WINDOW_SIZE = 0x1000;
    private static final int SLOT = 16;

    /** Return address of a call into the C. */
    private static final int RETURN = 0;

    private final Machine machine;
    private final Interpreter engine;
    private final Processor processor;
    private final HardwareMemory memory;
    private final HardwareFaults faults;
    private final HardwareCalls calls;
    private final Map<String, Symbol> symbols = new LinkedHashMap<>();
    private @Nullable Snapshot kept;

    HardwareProcessor(Image image, HardwareFunctions functions) {
        machine =
                new Machine(
                        new MachineSettings(
                                1,
                                HardwareMemory.framesFor(image) * PhysicalMemory.FRAME_SIZE,
                                1,
                                1,
                                Long.MAX_VALUE,
                                Long.MAX_VALUE),
                        DecisionSource.defaultPolicy());
        machine.attach(_ -> InterruptController.none());
        engine = new Interpreter(machine);
        machine.attach(engine);
        machine.attach(new Window());
        processor = machine.processor(0);
        memory = new HardwareMemory(machine);
        faults = new HardwareFaults(image);
        calls = new HardwareCalls(functions, memory, faults);
        image.debug().symbols().forEach(symbol -> symbols.put(symbol.name(), symbol));
        memory.load(image);
        for (Image.Import wanted : image.imports()) {
            int function = HardwareDeclaration.FUNCTIONS.indexOf(wanted.name());
            if (function < 0) {
                throw new IllegalStateException("hardware has no function " + wanted.name());
            }
            memory.store64(
                    HardwareMemory.IMAGE + wanted.slot(), WINDOW + (long) SLOT * (function + 1));
        }
    }

    // ---- its variables ----

    /** Address of a variable, empty if there is none of that name. */
    OptionalLong variable(String name) {
        Symbol symbol = symbols.get(name);
        return symbol == null || symbol.function()
                ? OptionalLong.empty()
                : OptionalLong.of(HardwareMemory.IMAGE + symbol.rva());
    }

    long get(long address, int size) {
        return memory.get(address, size);
    }

    void set(long address, int size, long value) {
        kept = null;
        memory.set(address, size, value);
    }

    /** Who is told of each store: the place, its size, and the value before and after. */
    interface Stores {
        void stored(long address, int size, long before, long after);
    }

    /**
     * Calls a function as {@link #call} does, and tells of each store meanwhile.
     *
     * @throws HardwareFault if it goes wrong
     */
    long call(String function, List<Object> arguments, Stores told) {
        machine.observeMemory((_, address, _, size, write, value) -> {
            if (write) {
                told.stored(
                        address,
                        size,
                        machine.peek(machine.kernelSpace(), address, size).orElse(0),
                        value);
            }
        });
        try {
            return call(function, arguments);
        } finally {
            machine.observeMemory(null);
        }
    }

    // ---- calls ----

    /**
     * Calls a function of the C and gives what it returns.
     *
     * @param arguments numbers as they are; a text as a pointer to its bytes
     * @throws HardwareFault if it goes wrong
     */
    long call(String function, List<Object> arguments) {
        Symbol symbol = symbols.get(function);
        if (symbol == null) {
            throw new IllegalStateException("the hardware has no function " + function);
        }
        kept = null;
        long top = HardwareMemory.STACK + HardwareMemory.STACK_SIZE;
        long[] values = new long[arguments.size()];
        for (int i = 0; i < values.length; i++) {
            if (arguments.get(i) instanceof String text) {
                byte[] bytes = (text + "\0").getBytes(StandardCharsets.ISO_8859_1);
                top = top - bytes.length & -16;
                memory.write(top, bytes);
                values[i] = top;
            } else {
                values[i] = (Long) arguments.get(i);
            }
        }
        long inRegisters = 4;
        long stacked = Math.max(inRegisters, values.length);
        long stack = (top - 8 * stacked & -16) - 8;
        int[] registers = {Processor.RCX, Processor.RDX, Processor.R8, Processor.R9};
        for (int i = 0; i < values.length; i++) {
            if (i < registers.length) {
                processor.registers[registers[i]] = values[i];
            }
            memory.store64(stack + 8 + 8L * i, values[i]);
        }
        memory.store64(stack, WINDOW + RETURN);
        processor.registers[Processor.RSP] = stack;
        processor.rip = HardwareMemory.IMAGE + symbol.rva();
        try {
            run();
            return processor.registers[Processor.RAX];
        } finally {
            clean();
        }
    }

    /** Between calls nothing is left in the processor. */
    private void clean() {
        Arrays.fill(processor.registers, 0);
        Arrays.fill(processor.xmm, 0);
        processor.rip = 0;
        processor.flags.setRflags(0);
        processor.interruptUnit().setTaskPriority(0);
        processor.interruptShadow = false;
        processor.halfDone.pending = false;
        processor.clockNs = 0;
        processor.steps = 0;
    }

    private void run() {
        processor.horizonNs = Long.MAX_VALUE;
        while (true) {
            processor.limitNs = STEPS_MAXIMUM;
            Stop stop = engine.run(processor);
            if (processor.clockNs >= STEPS_MAXIMUM) {
                throw faults.at(
                        "does not come to its end: %,d instructions".formatted(STEPS_MAXIMUM),
                        processor.rip);
            }
            switch (stop) {
                case LIMIT, VISIBLE, YIELD -> {}
                case SERVICE -> {
                    int slot = (int) (processor.rip - WINDOW) / SLOT;
                    if (slot == RETURN) {
                        return;
                    }
                    service(slot);
                }
                case TRAP -> throw faults.at(HardwareFaults.text(processor.trap), processor.rip);
                case HALT -> throw faults.at("halts", processor.rip);
                case NOT_MODELLED -> throw faults.at(processor.trap.text, processor.rip);
                case AHEAD -> throw new IllegalStateException("a device ahead of its time");
            }
        }
    }

    private void service(int slot) {
        long stack = processor.registers[Processor.RSP];
        long caller = memory.load64(stack);
        String function = HardwareDeclaration.FUNCTIONS.get(slot - 1);
        processor.registers[Processor.RAX] = calls.call(function, processor, caller);
        processor.registers[Processor.RSP] = stack + 8;
        processor.rip = caller;
    }

    // ---- moments ----

    @Override
    public void save(StateWriter out) {
        Snapshot moment = kept;
        if (moment == null) {
            moment = machine.snapshot();
            kept = moment;
        }
        out.value(machine.reducedHash());
        out.reference(moment);
    }

    @Override
    public void restore(StateReader in) {
        in.value();
        Snapshot moment = in.reference(Snapshot.class);
        machine.restore(moment);
        kept = moment;
    }

    /** The functions lie in a window; nothing else of a kernel is there. */
    private static final class Window implements SystemSoftware {
        @Override
        public long serviceWindow() {
            return WINDOW;
        }

        @Override
        public long serviceWindowSize() {
            return WINDOW_SIZE;
        }

        @Override
        public void service(Processor caller) {
            throw unused();
        }

        @Override
        public void interrupt(Processor interrupted, int vector) {
            throw unused();
        }

        @Override
        public void trap(Processor trapped) {
            throw unused();
        }

        private static IllegalStateException unused() {
            return new IllegalStateException("the processor of a device runs in no loop");
        }

        @Override
        public void priorityWritten(Processor writer, int from) {}

        @Override
        public boolean isResident(Processor accessing, long address) {
            return true;
        }

        @Override
        public void unusedMemory(UnusedMemory unused) {
            unused.add(HardwareMemory.STACK, HardwareMemory.STACK_SIZE);
        }

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
