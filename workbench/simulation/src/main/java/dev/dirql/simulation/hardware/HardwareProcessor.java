package dev.dirql.simulation.hardware;

import dev.dirql.events.RunEnd;
import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.DecisionSource;
import dev.dirql.machine.InstructionEngine.Stop;
import dev.dirql.machine.InterruptController;
import dev.dirql.machine.Machine;
import dev.dirql.machine.MachineSettings;
import dev.dirql.machine.MemoryFault;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.PhysicalMemory;
import dev.dirql.machine.Processor;
import dev.dirql.machine.Snapshot;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import dev.dirql.machine.SystemSoftware;
import dev.dirql.machine.Trap;
import dev.dirql.machine.UnusedMemory;
import dev.dirql.machine.image.DebugInformation.Line;
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

    private static final long IMAGE = 0xFFFF_F801_0000_0000L;
    private static final long STACK = 0xFFFF_F880_0000_0000L;
    private static final long STACK_SIZE = 0x1_0000;
    private static final long WINDOW = 0xFFFF_F800_0000_0000L;
    private static final long WINDOW_SIZE = 0x1000;
    private static final int SLOT = 16;
    private static final int TEXT_MAXIMUM = 400;
    private static final long TRANSFER_MAXIMUM = 1L << 30;

    /** Return address of a call into the C. */
    private static final int RETURN = 0;

    private final Image image;
    private final HardwareFunctions functions;
    private final Machine machine;
    private final Interpreter engine;
    private final Processor processor;
    private final Map<String, Symbol> symbols = new LinkedHashMap<>();
    private @Nullable Snapshot kept;

    HardwareProcessor(Image image, HardwareFunctions functions) {
        this.image = image;
        this.functions = functions;
        long pages = STACK_SIZE / PhysicalMemory.FRAME_SIZE + 2;
        for (Image.Section section : image.sections()) {
            pages += pages(section);
        }
        machine =
                new Machine(
                        new MachineSettings(
                                1,
                                pages * PhysicalMemory.FRAME_SIZE,
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
        image.debug().symbols().forEach(symbol -> symbols.put(symbol.name(), symbol));
        load();
    }

    private static long pages(Image.Section section) {
        long size = Math.max(section.virtualSize(), section.content().length);
        return (size + PhysicalMemory.FRAME_SIZE - 1) / PhysicalMemory.FRAME_SIZE;
    }

    private void load() {
        for (Image.Section section : image.sections()) {
            int flags =
                    (section.writable() ? PageFlags.WRITABLE : 0)
                            | (section.executable() ? PageFlags.EXECUTABLE : 0);
            map(IMAGE + section.rva(), pages(section), flags);
            write(IMAGE + section.rva(), section.content());
        }
        map(STACK, STACK_SIZE / PhysicalMemory.FRAME_SIZE, PageFlags.WRITABLE);
        long distance = IMAGE - image.preferredBase();
        for (int rva : image.relocations()) {
            store64(IMAGE + rva, load64(IMAGE + rva) + distance);
        }
        for (Image.Import wanted : image.imports()) {
            int function = HardwareDeclaration.FUNCTIONS.indexOf(wanted.name());
            if (function < 0) {
                throw new IllegalStateException("hardware has no function " + wanted.name());
            }
            store64(IMAGE + wanted.slot(), WINDOW + (long) SLOT * (function + 1));
        }
    }

    private void map(long address, long pages, int flags) {
        for (long i = 0; i < pages; i++) {
            machine.map(
                    machine.kernelSpace(),
                    address + i * PhysicalMemory.FRAME_SIZE,
                    machine.memory().allocateFrame(),
                    flags);
        }
    }

    // ---- its memory, whatever the C may do with it ----

    /** Address of a variable, empty if there is none of that name. */
    OptionalLong variable(String name) {
        Symbol symbol = symbols.get(name);
        return symbol == null || symbol.function()
                ? OptionalLong.empty()
                : OptionalLong.of(IMAGE + symbol.rva());
    }

    boolean hasFunction(String name) {
        Symbol symbol = symbols.get(name);
        return symbol != null && symbol.function();
    }

    long get(long address, int size) {
        return switch (size) {
            case 1 -> processor.memory().load8(address);
            case 2 -> processor.memory().load16(address);
            case 4 -> processor.memory().load32(address);
            default -> processor.memory().load64(address);
        };
    }

    void set(long address, int size, long value) {
        kept = null;
        switch (size) {
            case 1 -> processor.memory().store8(address, value);
            case 2 -> processor.memory().store16(address, value);
            case 4 -> processor.memory().store32(address, value);
            default -> processor.memory().store64(address, value);
        }
    }

    private long load64(long address) {
        byte[] bytes = new byte[8];
        read(address, bytes);
        long value = 0;
        for (int i = 7; i >= 0; i--) {
            value = (value << 8) | (bytes[i] & 0xFF);
        }
        return value;
    }

    private void store64(long address, long value) {
        byte[] bytes = new byte[8];
        for (int i = 0; i < 8; i++) {
            bytes[i] = (byte) (value >>> (8 * i));
        }
        write(address, bytes);
    }

    private void read(long address, byte[] target) {
        for (int done = 0; done < target.length; ) {
            int count = inPage(address + done, target.length - done);
            byte[] part = new byte[count];
            machine.readPhysical(physical(address + done), part);
            System.arraycopy(part, 0, target, done, count);
            done += count;
        }
    }

    private void write(long address, byte[] source) {
        for (int done = 0; done < source.length; ) {
            int count = inPage(address + done, source.length - done);
            machine.writePhysical(
                    physical(address + done), Arrays.copyOfRange(source, done, done + count));
            done += count;
        }
    }

    private static int inPage(long address, int left) {
        int offset = (int) address & PhysicalMemory.FRAME_SIZE - 1;
        return Math.min(left, PhysicalMemory.FRAME_SIZE - offset);
    }

    private long physical(long address) {
        long entry = machine.kernelSpace().find(address);
        if (entry == AddressSpace.NONE) {
            throw new IllegalStateException("0x%x: not memory of the device".formatted(address));
        }
        return (AddressSpace.frame(entry) << PhysicalMemory.FRAME_SHIFT)
                + (address & PhysicalMemory.FRAME_SIZE - 1);
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
        long top = STACK + STACK_SIZE;
        long[] values = new long[arguments.size()];
        for (int i = 0; i < values.length; i++) {
            if (arguments.get(i) instanceof String text) {
                byte[] bytes = (text + "\0").getBytes(StandardCharsets.ISO_8859_1);
                top = top - bytes.length & -16;
                write(top, bytes);
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
            store64(stack + 8 + 8L * i, values[i]);
        }
        store64(stack, WINDOW + RETURN);
        processor.registers[Processor.RSP] = stack;
        processor.rip = IMAGE + symbol.rva();
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
                throw fault(
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
                case TRAP -> throw fault(trap(processor.trap), processor.rip);
                case HALT -> throw fault("halts", processor.rip);
                case NOT_MODELLED -> throw fault(processor.trap.text, processor.rip);
                case AHEAD -> throw new IllegalStateException("a device ahead of its time");
            }
        }
    }

    private static String trap(Trap trap) {
        if (trap.software && trap.vector != Trap.BREAKPOINT) {
            return "executes int 0x%x".formatted(trap.vector);
        }
        return switch (trap.vector) {
            case Trap.DIVIDE_ERROR -> "divides by zero";
            case Trap.BREAKPOINT -> "executes a breakpoint";
            case Trap.PAGE_FAULT ->
                    "%s address 0x%x, where it has no %smemory"
                            .formatted(
                                    switch (trap.access) {
                                        case READ -> "reads";
                                        case WRITE -> "writes";
                                        case EXECUTE -> "jumps to";
                                    },
                                    trap.address,
                                    trap.reason == MemoryFault.Reason.READ_ONLY ? "writable " : "");
            default -> "has exception %d".formatted(trap.vector);
        };
    }

    private HardwareFault fault(String what, long rip) {
        return new HardwareFault(what + at(rip));
    }

    /** {@code , in start_transfer at disk.scn:17}. */
    private String at(long rip) {
        long rva = rip - IMAGE;
        Line found = null;
        for (Line line : image.debug().lines()) {
            if (line.rva() <= rva && rva < image.size()) {
                found = line;
            }
        }
        Symbol function = null;
        for (Symbol symbol : image.debug().symbols()) {
            if (symbol.function() && symbol.rva() <= rva && rva < symbol.rva() + symbol.size()) {
                function = symbol;
            }
        }
        String name =
                function == null || function.name().startsWith("__")
                        ? ""
                        : ", in " + function.name();
        return found == null
                ? name
                : "%s at %s:%d"
                        .formatted(name, image.debug().files().get(found.file()), found.line());
    }

    // ---- the functions it calls ----

    private void service(int slot) {
        long stack = processor.registers[Processor.RSP];
        long caller = load64(stack);
        long first = processor.registers[Processor.RCX];
        long second = processor.registers[Processor.RDX];
        long third = processor.registers[Processor.R8];
        String function = HardwareDeclaration.FUNCTIONS.get(slot - 1);
        long result =
                switch (function) {
                    case "dma_read" -> dmaRead(first, second, third, caller);
                    case "dma_write" -> dmaWrite(first, second, third, caller);
                    case "dma_reaches" -> functions.dmaReaches(first, second) ? 1 : 0;
                    case "now" -> functions.nowNs();
                    case "start" -> {
                        if (second <= 0) {
                            throw fault(
                                    "starts a timer with %d ns, not at least 1".formatted(second),
                                    caller - 1);
                        }
                        functions.start((int) first, second);
                        yield 0;
                    }
                    case "cancel" -> {
                        functions.cancel((int) first);
                        yield 0;
                    }
                    case "is_running" -> functions.isRunning((int) first) ? 1 : 0;
                    case "reset_registers" -> {
                        functions.resetRegisters();
                        yield 0;
                    }
                    case "fail" -> throw fault(text(first, caller), caller - 1);
                    case "memmove" -> {
                        write(first, bytes(second, third, caller), caller);
                        yield first;
                    }
                    case "memcmp" ->
                            Arrays.compareUnsigned(
                                    bytes(first, third, caller), bytes(second, third, caller));
                    default -> throw new IllegalStateException("hardware function " + slot);
                };
        processor.registers[Processor.RAX] = result;
        processor.registers[Processor.RSP] = stack + 8;
        processor.rip = caller;
    }

    private long dmaRead(long address, long target, long length, long caller) {
        check(target, length, true, caller);
        if (!functions.dmaReaches(address, length)) {
            functions.dmaRefused(address, length, false);
            return 0;
        }
        byte[] bytes = new byte[(int) length];
        functions.dmaRead(address, bytes);
        write(target, bytes);
        return 1;
    }

    private long dmaWrite(long address, long source, long length, long caller) {
        check(source, length, false, caller);
        if (!functions.dmaReaches(address, length)) {
            functions.dmaRefused(address, length, true);
            return 0;
        }
        functions.dmaWrite(address, bytes(source, length, caller));
        return 1;
    }

    private byte[] bytes(long address, long length, long caller) {
        check(address, length, false, caller);
        byte[] bytes = new byte[(int) length];
        read(address, bytes);
        return bytes;
    }

    private void write(long address, byte[] bytes, long caller) {
        check(address, bytes.length, true, caller);
        write(address, bytes);
    }

    /** Asks whether the C may access its own memory there. */
    private void check(long address, long length, boolean write, long caller) {
        if (length < 0 || length > TRANSFER_MAXIMUM) {
            throw fault("moves %s bytes".formatted(Long.toUnsignedString(length)), caller - 1);
        }
        try {
            processor.memory().probe(address, length, write);
        } catch (MemoryFault e) {
            processor.trap.pageFault(e);
            throw fault(trap(processor.trap), caller - 1);
        }
    }

    private String text(long address, long caller) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < TEXT_MAXIMUM; i++) {
            byte one = bytes(address + i, 1, caller)[0];
            if (one == 0) {
                break;
            }
            text.append((char) (one & 0xFF));
        }
        return text.toString();
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
            unused.add(STACK, STACK_SIZE);
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
