package dev.dirql.x86;

import static dev.dirql.machine.Processor.RAX;

import dev.dirql.machine.InstructionEngine.Stop;
import dev.dirql.machine.Processor;
import dev.dirql.machine.Trap;
import org.jspecify.annotations.Nullable;

/** Moves of data without arithmetic. Flags stay. */
final class Data {
    /** Selectors as on x64 Windows in kernel mode, by the number of the segment register. */
    private static final long[] SELECTORS = {0x2B, 0x10, 0x18, 0x2B, 0x53, 0x2B};

    private Data() {}

    /** MOV. Intel SDM volume 2B. */
    @Encoding(
            value = {
                "88 /r Eb,Gb",
                "89 /r Ev,Gv",
                "8A /r Gb,Eb",
                "8B /r Gv,Ev",
                "A0 AL,Ob",
                "A1 rAX,Ov",
                "A2 Ob,AL",
                "A3 Ov,rAX",
                "B0+r Zb,Ib",
                "B8+r Zv,Iv",
                "C6 /0 Eb,Ib",
                "C7 /0 Ev,Iz"
            },
            first = Encoding.First.WRITE)
    static long mov(long source) {
        return source;
    }

    /** MOVZX: narrow operands are read zero-extended. Intel SDM volume 2B. */
    @Encoding(
            value = {"0F B6 /r Gv,Eb", "0F B7 /r Gv,Ew"},
            first = Encoding.First.WRITE)
    static long movzx(long source) {
        return source;
    }

    /** MOVSX from a byte. Intel SDM volume 2B. */
    @Encoding(value = "0F BE /r Gv,Eb", name = "movsx", first = Encoding.First.WRITE)
    static long movsxByte(long source) {
        return (byte) source;
    }

    /** MOVSX from a word. */
    @Encoding(value = "0F BF /r Gv,Ew", name = "movsx", first = Encoding.First.WRITE)
    static long movsxWord(long source) {
        return (short) source;
    }

    /** MOVSXD. Intel SDM volume 2B. */
    @Encoding(value = "63 /r Gv,Ed", first = Encoding.First.WRITE)
    static long movsxd(long source) {
        return (int) source;
    }

    /** MOVBE. Intel SDM volume 2B. */
    @Encoding(
            value = {"0F 38 F0 /r Gv,Mv", "0F 38 F1 /r Mv,Gv"},
            first = Encoding.First.WRITE)
    static long movbe(int bits, long source) {
        return Long.reverseBytes(source) >>> (64 - bits);
    }

    /** LEA: the address itself. Intel SDM volume 2A. */
    @Encoding(value = "8D /r Gv,M", first = Encoding.First.WRITE)
    static long lea(long address) {
        return address;
    }

    /** CMOVcc: a 32-bit destination is zero-extended in any case. Intel SDM volume 2A. */
    @Encoding("0F 40+c /r Gv,Ev")
    static long cmov(boolean holds, long destination, long source) {
        return holds ? source : destination;
    }

    /** SETcc. Intel SDM volume 2B. */
    @Encoding(value = "0F 90+c /r Eb", first = Encoding.First.WRITE)
    static long set(boolean holds) {
        return holds ? 1 : 0;
    }

    /** XCHG; with memory it locks by itself. Intel SDM volume 2D. */
    @Encoding({"86 /r Eb,Gb lock", "87 /r Ev,Gv lock", "90+r Zv,rAX"})
    static void xchg(Processor processor, Operation operation) {
        if (operation.hasMemory) {
            Operands.probeWrite(processor, operation);
        }
        long destination = Operands.read(processor, operation, 0);
        long source = Operands.read(processor, operation, 1);
        Operands.write(processor, operation, 0, source);
        Operands.write(processor, operation, 1, destination);
    }

    /** XLAT. Intel SDM volume 2D. */
    @Encoding("D7")
    static void xlat(Processor processor, Operation operation) {
        long offset = processor.registers[Processor.RBX] + (processor.registers[RAX] & 0xFF);
        long address = Operands.segmentBase(processor, operation) + operation.truncated(offset);
        Operands.writeRegister(processor, 8, RAX, processor.memory().load8(address));
    }

    /** MOV from a segment register: the selectors of x64 Windows in kernel mode. */
    @Encoding(value = "8C /r Ev,Sw", name = "mov", first = Encoding.First.WRITE)
    static @Nullable Stop movFromSegment(Processor processor, Operation operation) {
        int segment = operation.register(1);
        if (segment >= SELECTORS.length) {
            processor.trap.exception(Trap.INVALID_OPCODE);
            return Stop.TRAP;
        }
        if (operation.isMemory(0)) {
            processor.memory().store16(Operands.address(processor, operation), SELECTORS[segment]);
        } else {
            Operands.write(processor, operation, 0, SELECTORS[segment]);
        }
        return null;
    }

    /** LAHF. Intel SDM volume 2A. */
    @Encoding("9F")
    static void lahf(Processor processor, Operation operation) {
        long low = processor.flags.rflags() & 0xD7;
        processor.registers[RAX] = (processor.registers[RAX] & ~0xFF00L) | low << 8;
    }

    /** SAHF. Intel SDM volume 2B. */
    @Encoding("9E")
    static void sahf(Processor processor, Operation operation) {
        long low = processor.registers[RAX] >>> 8 & 0xD5;
        processor.flags.setRflags((processor.flags.rflags() & ~0xD5L) | low);
    }
}
