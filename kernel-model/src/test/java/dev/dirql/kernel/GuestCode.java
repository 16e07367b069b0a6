package dev.dirql.kernel;

import static dev.dirql.machine.Processor.R8;
import static dev.dirql.machine.Processor.R9;
import static dev.dirql.machine.Processor.RAX;
import static dev.dirql.machine.Processor.RCX;
import static dev.dirql.machine.Processor.RDX;
import static dev.dirql.machine.Processor.RSP;

import dev.dirql.machine.InstructionEngine;
import dev.dirql.machine.MemoryFault;
import dev.dirql.machine.Processor;
import dev.dirql.machine.image.DebugInformation;
import dev.dirql.machine.image.DebugInformation.Symbol;
import dev.dirql.machine.image.Image;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * An instruction engine whose instructions are lambdas: routines of a driver, as a test writes
 * them. Routines follow the x64 calling convention with a frame of 0x58 bytes.
 */
public final class GuestCode implements InstructionEngine {
    public static final long BASE = 0xFFFFF801_00000000L;

    private static final int IMAGE_SIZE = 0x10000;
    private static final int ROUTINE_SIZE = 0x1000;
    private static final int FRAME = 0x58;
    private static final int UNWIND = 0xF000;
    private static final int TABLE = 0xF100;

    private final TreeMap<Long, Consumer<Processor>> code = new TreeMap<>();
    private final List<Symbol> symbols = new ArrayList<>();
    private final ToLongFunction<String> exports;
    private int routines;

    public GuestCode(ToLongFunction<String> exports) {
        this.exports = exports;
    }

    /** The image that the routines so far are in. */
    public Image image() {
        return new Image(
                "driver",
                BASE,
                IMAGE_SIZE,
                0,
                List.of(),
                List.of(),
                List.of(),
                TABLE,
                12 * routines,
                new DebugInformation(List.of(), symbols, List.of(), List.of(), ""));
    }

    /** Maps unwind data that describes the frame of every routine. */
    public void mapUnwindData(KernelMemory memory) {
        memory.mapOrFail(BASE + UNWIND, 0x1000, 0);
        // Version 1, prologue of 4 bytes, one code: UWOP_ALLOC_SMALL of the frame at offset 4.
        memory.write(
                BASE + UNWIND, new byte[] {1, 4, 1, 0, 4, (byte) ((((FRAME - 8) / 8) << 4) | 2)});
        ByteBuffer table = ByteBuffer.allocate(12 * routines).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 1; i <= routines; i++) {
            table.putInt(ROUTINE_SIZE * i).putInt(ROUTINE_SIZE * (i + 1)).putInt(UNWIND);
        }
        memory.write(BASE + TABLE, table.array());
    }

    /** Begins a routine. */
    public Routine routine(String name) {
        int rva = ROUTINE_SIZE * ++routines;
        symbols.add(new Symbol(name, rva, ROUTINE_SIZE, true, ""));
        Routine routine = new Routine(BASE + rva);
        routine.does(p -> p.registers[RSP] -= FRAME);
        return routine;
    }

    private static final class Trapped extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** A routine that is being written. */
    public final class Routine {
        private final long start;
        private long next;

        private Routine(long start) {
            this.start = start;
            next = start;
        }

        public long address() {
            return start;
        }

        /** Where the next instruction will be. */
        public long here() {
            return next;
        }

        /** One instruction; RIP goes to the next one unless it is changed. */
        public Routine does(Consumer<Processor> instruction) {
            code.put(next, instruction);
            next += 4;
            return this;
        }

        /** Calls a service or routine with arguments that are computed at the call. */
        @SafeVarargs
        public final Routine calls(String export, ToLongFunction<Processor>... arguments) {
            return callsAt(_ -> exports.applyAsLong(export), arguments);
        }

        @SafeVarargs
        public final Routine callsAt(
                ToLongFunction<Processor> target, ToLongFunction<Processor>... arguments) {
            int[] registers = {RCX, RDX, R8, R9};
            long after = next + 4;
            return does(p -> {
                for (int i = 0; i < arguments.length; i++) {
                    long value = arguments[i].applyAsLong(p);
                    if (i < 4) {
                        p.registers[registers[i]] = value;
                    } else {
                        p.memory().store64(p.registers[RSP] + 8L * i, value);
                    }
                }
                p.registers[RSP] -= 8;
                p.memory().store64(p.registers[RSP], after);
                p.rip = target.applyAsLong(p);
            });
        }

        /** Goes to an address while a condition holds. */
        public Routine repeatsFrom(long address, Predicate<Processor> holds) {
            return does(p -> {
                if (holds.test(p)) {
                    p.rip = address;
                }
            });
        }

        /** An exception, or a software interrupt. */
        public Routine traps(int vector, boolean software) {
            return does(p -> {
                if (software) {
                    p.trap.softwareInterrupt(vector);
                } else {
                    p.trap.exception(vector);
                }
                throw new Trapped();
            });
        }

        public Routine returns(long value) {
            does(p -> p.registers[RSP] += FRAME);
            does(p -> {
                p.registers[RAX] = value;
                p.rip = p.memory().load64(p.registers[RSP]);
                p.registers[RSP] += 8;
            });
            return this;
        }
    }

    @Override
    public Stop run(Processor processor) {
        if (processor.clockNs > processor.horizonNs) {
            return Stop.AHEAD;
        }
        Consumer<Processor> instruction = code.get(processor.rip);
        long at = processor.rip;
        try {
            if (instruction == null) {
                processor.memory().probeExecute(at);
                throw new IllegalStateException("no code at 0x%x".formatted(at));
            }
            instruction.accept(processor);
        } catch (MemoryFault fault) {
            processor.trap.pageFault(fault);
            return Stop.TRAP;
        } catch (Trapped trapped) {
            return Stop.TRAP;
        }
        if (processor.rip == at) {
            processor.rip += 4;
        }
        processor.steps++;
        processor.clockNs += processor.machine().settings().stepNs();
        processor.endVisibleStep();
        return Stop.VISIBLE;
    }

    @Override
    public void forgetDecoded() {}
}
