package dev.dirql.x86;

import dev.dirql.machine.Flags;
import dev.dirql.machine.InstructionEngine.Stop;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.PhysicalMemory;
import dev.dirql.machine.Processor;
import dev.dirql.machine.Trap;
import java.util.Arrays;

/** The interpreter, on the same states and with the same memory as {@link HostProcessor}. */
final class EmulatedProcessor {
    private static final int INT3 = 0xCC;

    private final Bench bench = new Bench();
    private final long codeFrame;
    private final long dataFrame;
    private final byte[] page = new byte[State.WINDOW];

    EmulatedProcessor() {
        codeFrame = bench.map(State.CODE, 1, PageFlags.EXECUTABLE | PageFlags.WRITABLE);
        dataFrame = bench.map(State.DATA, 1, PageFlags.WRITABLE);
    }

    State execute(State before) {
        Processor processor = bench.processor;
        Arrays.fill(page, (byte) INT3);
        System.arraycopy(before.code, 0, page, State.CODE_OFFSET, before.code.length);
        bench.machine.writePhysical(codeFrame << PhysicalMemory.FRAME_SHIFT, page);
        bench.machine.writePhysical(dataFrame << PhysicalMemory.FRAME_SHIFT, before.memory);
        System.arraycopy(before.registers, 0, processor.registers, 0, 16);
        System.arraycopy(before.xmm, 0, processor.xmm, 0, 32);
        processor.flags.setRflags(before.rflags | Flags.INTERRUPT);
        processor.gsBase = State.DATA;
        processor.rip = State.CODE + State.CODE_OFFSET;

        State after = new State();
        after.code = before.code;
        after.end = run(processor, before);
        System.arraycopy(processor.registers, 0, after.registers, 0, 16);
        System.arraycopy(processor.xmm, 0, after.xmm, 0, 32);
        after.rip = processor.rip;
        after.rflags = processor.flags.rflags();
        bench.machine.readPhysical(dataFrame << PhysicalMemory.FRAME_SHIFT, after.memory);
        return after;
    }

    private State.End run(Processor processor, State before) {
        processor.clockNs = 0;
        while (true) {
            processor.limitNs = 100_000;
            Stop stop = bench.interpreter.run(processor);
            switch (stop) {
                case VISIBLE, YIELD -> {}
                case TRAP -> {
                    return switch (processor.trap.vector) {
                        case Trap.BREAKPOINT -> State.End.NEXT;
                        case Trap.DIVIDE_ERROR -> State.End.DIVIDE_ERROR;
                        case Trap.INVALID_OPCODE -> State.End.INVALID_OPCODE;
                        default -> State.End.PROTECTION;
                    };
                }
                case LIMIT, AHEAD, SERVICE, HALT, NOT_MODELLED ->
                        throw new AssertionError(
                                "%s %s at %s"
                                        .formatted(stop, processor.trap.text, before.describe()));
            }
            if (processor.clockNs >= 100_000) {
                throw new AssertionError("no end: " + before.describe());
            }
        }
    }
}
