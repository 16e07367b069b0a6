package dev.dirql.x86;

import static dev.dirql.machine.Processor.RAX;
import static dev.dirql.machine.Processor.RBP;
import static dev.dirql.machine.Processor.RBX;
import static dev.dirql.machine.Processor.RCX;
import static dev.dirql.machine.Processor.RDI;
import static dev.dirql.machine.Processor.RDX;
import static dev.dirql.machine.Processor.RSI;
import static dev.dirql.machine.Processor.RSP;

import dev.dirql.machine.Flags;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;

/** Makes encodings of a row, with states in which they mostly do something. */
final class CaseGenerator {
    private static final long TESTED_FLAGS = Flags.STATUS | Flags.DIRECTION;
    private static final int INT3 = 0xCC;

    private final Random random;

    CaseGenerator(Random random) {
        this.random = random;
    }

    /** One case, and which flags are undefined after it. */
    record Case(State before, long undefined) {}

    /** Operand sizes in bits that prefixes can choose for a row. */
    static int[] sizes(Row row) {
        if (row.has("f64") || row.wide()) {
            return new int[] {64};
        }
        if (row.has("branch")) {
            return new int[] {32};
        }
        boolean variable = row.has("d64") || row.opcode() == 0x98 || row.opcode() == 0x99;
        boolean wideOrNot = false;
        for (String operand : row.operands()) {
            variable |= operand.endsWith("v") || operand.equals("rAX") || operand.equals("Iz");
            wideOrNot |= operand.endsWith("y");
        }
        if (row.has("d64")) {
            return new int[] {16, 64};
        }
        return variable && row.map() != 3 && row.prefix() != 0x66
                ? new int[] {16, 32, 64}
                : wideOrNot ? new int[] {32, 64} : new int[] {32};
    }

    /** Bytes of an instruction being put together, with the state it wants. */
    private static final class Builder {
        final Row row;
        final int bits;
        final State state = new State();
        final ByteArrayOutputStream tail = new ByteArrayOutputStream();
        int rex;
        boolean gs;
        boolean address32;
        boolean lock;
        int repeat;
        long target;
        boolean memory;
        int base = -1;

        Builder(Row row, int bits) {
            this.row = row;
            this.bits = bits;
        }
    }

    Case make(Row row, int bits) {
        Builder b = new Builder(row, bits);
        State state = b.state;
        for (int i = 0; i < 16; i++) {
            state.registers[i] = value();
        }
        for (int i = 0; i < 32; i++) {
            state.xmm[i] = random.nextLong();
        }
        random.nextBytes(state.memory);
        state.rflags = (random.nextLong() & TESTED_FLAGS) | Flags.ALWAYS_ONE;
        state.registers[RSP] = State.DATA + 2048 + 8L * random.nextInt(16);

        b.rex = random.nextBoolean() ? 0x40 | random.nextInt(8) : 0;
        if (bits == 64 && !row.has("f64") && !row.has("d64")) {
            b.rex |= 0x48;
        } else if (b.rex != 0) {
            b.rex &= ~8;
        }
        int low = row.opcodes() == 1 ? 0 : random.nextInt(row.opcodes());
        if (row.opcode() == 0x90 && row.map() == 0 && row.opcodes() == 1) {
            // With REX.B it would be an exchange.
            b.rex = 0;
        }
        if (row.modrm()) {
            modrm(b);
        }
        immediates(b);
        prepare(b);
        state.code = assemble(b, row.opcode() + low);
        return new Case(state, undefined(b));
    }

    private long value() {
        return switch (random.nextInt(6)) {
            case 0 -> random.nextInt(256) - 128;
            case 1 -> random.nextInt();
            case 2 -> 1L << random.nextInt(64);
            case 3 -> (1L << random.nextInt(64)) - 1;
            default -> random.nextLong();
        };
    }

    private void modrm(Builder b) {
        boolean mustMemory = false;
        boolean mustRegister = b.row.has("R");
        for (String operand : b.row.operands()) {
            mustMemory |= operand.charAt(0) == 'M';
            mustRegister |= operand.charAt(0) == 'R';
        }
        int reg = b.row.digit() >= 0 ? b.row.digit() : random.nextInt(8);
        if (mustRegister || (!mustMemory && random.nextBoolean())) {
            b.tail.write(0xC0 | reg << 3 | random.nextInt(8));
            return;
        }
        memoryOperand(b, reg);
    }

    private void memoryOperand(Builder b, int reg) {
        b.memory = true;
        b.lock = b.row.has("lock") && random.nextInt(3) == 0;
        b.target = State.DATA + 512 + random.nextInt(3000);
        boolean aligned = b.row.code() >= Code.MOVDQU || b.row.code() == Code.CMPXCHG8B;
        if (aligned && random.nextInt(8) != 0) {
            b.target &= -16;
        }
        b.address32 = random.nextInt(8) == 0;
        b.gs = random.nextInt(8) == 0;
        long offset = b.gs ? b.target - State.DATA : b.target;
        int scale = random.nextInt(4);
        int base = random.nextInt(16);
        int index = random.nextInt(16);
        long indexValue = random.nextInt(2000) - 1000L;
        switch (random.nextInt(5)) {
            case 0 -> {
                // An absolute address: SIB without base and index.
                b.tail.write(reg << 3 | 4);
                b.tail.write(0x25);
                little(b, offset, 4);
                b.rex &= ~2;
            }
            case 1 -> {
                // Relative to RIP; the length is filled in when it is known.
                b.gs = false;
                b.tail.write(reg << 3 | 5);
                little(b, 0, 4);
                b.base = 100;
            }
            case 2, 3 -> {
                // Base and displacement; RSP and R12 need a SIB byte.
                boolean wide = base != RSP && random.nextBoolean();
                int displacement = wide ? random.nextInt() >> 4 : (byte) random.nextInt();
                setBase(b, base, offset - displacement);
                int form = wide ? 0x80 : 0x40;
                b.tail.write(form | reg << 3 | (base & 7));
                if ((base & 7) == 4) {
                    b.tail.write(0x24);
                    b.rex &= ~2;
                }
                little(b, displacement, wide ? 4 : 1);
            }
            default -> {
                // Base, scaled index and displacement.
                if (index == RSP || index == base) {
                    index = base == RBX ? RDI : RBX;
                }
                int displacement = random.nextInt(200) - 100;
                setBase(b, base, offset - displacement - (indexValue << scale));
                b.state.registers[index] = indexValue;
                b.rex |= index >= 8 ? 0x42 : 0;
                if (index < 8) {
                    b.rex &= ~2;
                }
                b.tail.write(0x40 | reg << 3 | 4);
                b.tail.write(scale << 6 | (index & 7) << 3 | (base & 7));
                little(b, displacement, 1);
            }
        }
    }

    private void setBase(Builder b, int base, long value) {
        b.base = base;
        b.state.registers[base] = value;
        if (b.address32) {
            // Only the low half counts.
            b.state.registers[base] = (value & 0xFFFF_FFFFL) | (long) random.nextInt() << 32;
            if (base == RSP) {
                b.state.registers[base] = value;
            }
        }
        b.rex = base >= 8 ? b.rex | 0x41 : b.rex & ~1;
    }

    private static void little(Builder b, long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            b.tail.write((int) (value >>> (8 * i)));
        }
    }

    private void immediates(Builder b) {
        int byteMaximum = b.row.code() == Code.ENTER ? 8 : 256;
        for (String operand : b.row.operands()) {
            switch (operand) {
                case "Ib" -> little(b, random.nextInt(byteMaximum), 1);
                case "Iw" -> little(b, random.nextInt(400), 2);
                case "Iz" -> little(b, value(), Math.min(b.bits, 32) / 8);
                case "Iv" -> little(b, value(), b.bits / 8);
                case "Jb" -> little(b, random.nextInt(100), 1);
                case "Jz" -> little(b, random.nextInt(1000), 4);
                case "Ob", "Ov" -> {
                    b.target = State.DATA + 512 + random.nextInt(3000);
                    little(b, b.target, 8);
                }
                default -> {}
            }
        }
    }

    /** Gives registers and memory the values that let the instruction work. */
    private void prepare(Builder b) {
        State state = b.state;
        long[] r = state.registers;
        int bytes = Math.max(1, b.bits / 8);
        switch (b.row.code()) {
            case Code.MOVS, Code.STOS, Code.LODS, Code.SCAS, Code.CMPS -> {
                r[RSI] = State.DATA + 1000 + random.nextInt(1000);
                r[RDI] = State.DATA + 1000 + random.nextInt(1000);
                r[RCX] = random.nextInt(20);
                b.repeat = new int[] {0, 0xF3, 0xF2}[random.nextInt(3)];
                if (random.nextBoolean()) {
                    Arrays.fill(state.memory, state.memory[0]);
                    r[RAX] = 0x0101010101010101L * (state.memory[0] & 0xFF);
                }
            }
            case Code.XLAT -> r[RBX] = State.DATA + 100 + random.nextInt(2000);
            case Code.BT, Code.BTS, Code.BTR, Code.BTC -> {
                if (b.memory) {
                    for (int i = 0; i < 16; i++) {
                        if (Math.abs(r[i] - State.DATA) > 8192 && i != b.base) {
                            r[i] = random.nextInt(4000) - 2000L;
                        }
                    }
                }
            }
            case Code.DIV, Code.IDIV -> {
                if (random.nextInt(3) != 0) {
                    r[RAX] = value();
                    r[RDX] = random.nextBoolean() ? 0 : random.nextInt(3) - 1;
                }
            }
            case Code.POPF -> {
                long flags = (random.nextLong() & TESTED_FLAGS) | Flags.ALWAYS_ONE;
                state.store(r[RSP], 8, flags | Flags.INTERRUPT);
            }
            case Code.LEAVE -> r[RBP] = State.DATA + 512 + random.nextInt(2000);
            case Code.ENTER -> r[RBP] = State.DATA + 2500 + random.nextInt(1000);
            case Code.RET -> state.store(r[RSP], 8, State.CODE + 16 + random.nextInt(1000));
            case Code.JMP, Code.CALL -> jumpTarget(b);
            case Code.LOOP, Code.LOOPE, Code.LOOPNE, Code.JRCXZ -> r[RCX] = random.nextInt(3);
            case Code.CMPXCHG -> {
                if (b.memory && random.nextBoolean()) {
                    r[RAX] = state.load(b.target, bytes);
                }
            }
            case Code.CMPXCHG8B -> {
                int half = b.bits == 64 ? 8 : 4;
                if (random.nextBoolean()) {
                    r[RAX] = state.load(b.target, half);
                    r[RDX] = state.load(b.target + half, half);
                }
            }
            case Code.SHLD, Code.SHRD -> {
                // The result is undefined for counts above 16.
                if (b.bits == 16) {
                    limitCount(b);
                }
            }
            default -> {}
        }
    }

    private void limitCount(Builder b) {
        int count = random.nextInt(17);
        if (b.row.operands().get(2).equals("Ib")) {
            byte[] all = b.tail.toByteArray();
            all[all.length - 1] = (byte) count;
            b.tail.reset();
            b.tail.writeBytes(all);
        } else {
            // The low byte alone, as rcx may be part of the address.
            b.state.registers[RCX] = (b.state.registers[RCX] & ~0x1F) | (count & 0x0F);
        }
    }

    /** Puts a target within the code page into the register or memory of an indirect jump. */
    private void jumpTarget(Builder b) {
        if (!b.row.modrm()) {
            return;
        }
        long target = State.CODE + 16 + random.nextInt(1000);
        if (b.memory) {
            b.state.store(b.target, 8, target);
        } else {
            int register = (b.tail.toByteArray()[0] & 7) | (b.rex & 1) << 3;
            b.state.registers[register] = target;
        }
    }

    private byte[] assemble(Builder b, int opcode) {
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        Row row = b.row;
        if (b.gs) {
            code.write(0x65);
        }
        if (b.address32) {
            code.write(0x67);
        }
        if (b.lock) {
            code.write(0xF0);
        }
        if (row.prefix() == 0x66 || b.bits == 16) {
            code.write(0x66);
        }
        if (row.prefix() == 0xF2 || row.prefix() == 0xF3) {
            code.write(row.prefix());
        }
        if (b.repeat != 0) {
            code.write(b.repeat);
        }
        if (b.rex != 0) {
            code.write(b.rex);
        }
        if (row.map() > 0) {
            code.write(0x0F);
        }
        if (row.map() == 2) {
            code.write(0x38);
        }
        code.write(opcode);
        byte[] tail = b.tail.toByteArray();
        if (b.base == 100) {
            long next = State.CODE + State.CODE_OFFSET + code.size() + tail.length;
            long displacement = b.target - next;
            for (int i = 0; i < 4; i++) {
                tail[1 + i] = (byte) (displacement >>> (8 * i));
            }
        }
        code.writeBytes(tail);
        code.write(INT3);
        return code.toByteArray();
    }

    private static long undefined(Builder b) {
        Row row = b.row;
        if (row.undefinedUnlessOne() == 0) {
            return row.undefined();
        }
        String last = row.operands().get(row.operands().size() - 1);
        byte[] tail = b.tail.toByteArray();
        boolean byImmediate = last.equals("Ib");
        boolean isByte = row.operands().get(0).endsWith("b");
        int mask = b.bits == 64 && !isByte ? 63 : 31;
        long count = (byImmediate ? tail[tail.length - 1] : b.state.registers[RCX]) & mask;
        if (count == 0) {
            return 0;
        }
        return count == 1 ? row.undefined() : row.undefined() | row.undefinedUnlessOne();
    }
}
