package dev.dirql.scenario.c;

import dev.dirql.scenario.c.Instruction.Operation;
import dev.dirql.scenario.c.Operand.Immediate;
import dev.dirql.scenario.c.Operand.Label;
import dev.dirql.scenario.c.Operand.Memory;
import dev.dirql.scenario.c.Operand.Register;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Encodes the instructions of a function (Intel SDM volume 2). Jumps are as short as they can be.
 */
final class Encoder {
    /**
     * A 32-bit field that holds the distance from an instruction's end to a symbol.
     *
     * @param offset of the field in the code
     * @param end offset of the instruction's end
     */
    record Fixup(int offset, int end, Symbol symbol, boolean importSlot, long addend) {}

    /** Where in the source the code from an offset on comes from. */
    record LineStart(int offset, CToken at) {}

    /** A function's code. */
    record Code(byte[] bytes, List<Fixup> fixups, List<LineStart> lines, List<Integer> offsets) {}

    private final List<Instruction> instructions;
    private final boolean[] near;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final List<Fixup> fixups = new ArrayList<>();

    private Encoder(List<Instruction> instructions) {
        this.instructions = instructions;
        this.near = new boolean[instructions.size()];
    }

    static Code encode(List<Instruction> instructions) {
        return new Encoder(instructions).run();
    }

    private Code run() {
        List<Integer> offsets = place();
        while (lengthenJumps(offsets)) {
            offsets = place();
        }
        out.reset();
        fixups.clear();
        List<LineStart> lines = new ArrayList<>();
        for (int i = 0; i < instructions.size(); i++) {
            Instruction instruction = instructions.get(i);
            if (instruction.operation() != Operation.LABEL) {
                lines.add(new LineStart(out.size(), instruction.at()));
            }
            encode(i, instruction);
        }
        return new Code(out.toByteArray(), List.copyOf(fixups), lines, offsets);
    }

    private List<Integer> place() {
        out.reset();
        fixups.clear();
        List<Integer> offsets = new ArrayList<>();
        for (int i = 0; i < instructions.size(); i++) {
            Instruction instruction = instructions.get(i);
            offsets.add(out.size());
            if (instruction.first() instanceof Label label
                    && instruction.operation() == Operation.LABEL) {
                label.offset = out.size();
            } else {
                encode(i, instruction);
            }
        }
        offsets.add(out.size());
        return offsets;
    }

    private boolean lengthenJumps(List<Integer> offsets) {
        boolean changed = false;
        for (int i = 0; i < instructions.size(); i++) {
            Instruction instruction = instructions.get(i);
            if (!near[i]
                    && instruction.operation() != Operation.LABEL
                    && instruction.first() instanceof Label label) {
                int distance = label.offset - offsets.get(i + 1);
                if (distance != (byte) distance) {
                    near[i] = true;
                    changed = true;
                }
            }
        }
        return changed;
    }

    private void encode(int index, Instruction i) {
        if (i.lock()) {
            out.write(0xF0);
        }
        Operand a = i.first();
        Operand b = i.second();
        switch (i.operation()) {
            case LABEL -> {}
            case RAW -> out.writeBytes(i.bytes());
            case ADD, OR, ADC, SBB, AND, SUB, XOR, CMP -> arithmetic(i, i.operation().ordinal());
            case MOV -> move(i);
            case MOVZX -> extend(i, 0xB6);
            case MOVSX -> extend(i, 0xBE);
            case LEA -> modrm(i.size(), false, register(a), memory(b), 0, 0x8D);
            case TEST -> {
                if (b instanceof Immediate immediate) {
                    modrm(
                            i.size(),
                            true,
                            0,
                            operand(a),
                            Math.min(4, i.size()),
                            opcode(0xF6, i.size()));
                    number(immediate.value(), Math.min(4, i.size()));
                } else {
                    modrm(i.size(), true, register(b), operand(a), 0, opcode(0x84, i.size()));
                }
            }
            case IMUL -> multiply(i);
            case MUL -> modrm(i.size(), true, 4, operand(a), 0, opcode(0xF6, i.size()));
            case DIV -> modrm(i.size(), true, 6, operand(a), 0, opcode(0xF6, i.size()));
            case IDIV -> modrm(i.size(), true, 7, operand(a), 0, opcode(0xF6, i.size()));
            case NEG -> modrm(i.size(), true, 3, operand(a), 0, opcode(0xF6, i.size()));
            case NOT -> modrm(i.size(), true, 2, operand(a), 0, opcode(0xF6, i.size()));
            case INC -> modrm(i.size(), true, 0, operand(a), 0, opcode(0xFE, i.size()));
            case DEC -> modrm(i.size(), true, 1, operand(a), 0, opcode(0xFE, i.size()));
            case ROL -> shift(i, 0);
            case ROR -> shift(i, 1);
            case SHL -> shift(i, 4);
            case SHR -> shift(i, 5);
            case SAR -> shift(i, 7);
            case SETCC -> modrm(1, true, 0, operand(a), 0, 0x0F, 0x90 + i.condition());
            case JCC ->
                    jump(
                            index,
                            (Label) operand(a),
                            0x70 + i.condition(),
                            0x0F,
                            0x80 + i.condition());
            case JMP -> {
                if (a instanceof Label label) {
                    jump(index, label, 0xEB, 0xE9);
                } else {
                    modrm(4, false, 4, operand(a), 0, 0xFF);
                }
            }
            case CALL -> {
                if (a instanceof Operand.Target target) {
                    out.write(0xE8);
                    fixups.add(new Fixup(out.size(), out.size() + 4, target.symbol(), false, 0));
                    number(0, 4);
                } else {
                    modrm(4, false, 2, operand(a), 0, 0xFF);
                }
            }
            case PUSH -> pushPop(register(a), 0x50);
            case POP -> pushPop(register(a), 0x58);
            case XCHG -> modrm(i.size(), true, register(b), operand(a), 0, opcode(0x86, i.size()));
            case CMPXCHG ->
                    modrm(i.size(), true, register(b), operand(a), 0, 0x0F, opcode(0xB0, i.size()));
            case XADD ->
                    modrm(i.size(), true, register(b), operand(a), 0, 0x0F, opcode(0xC0, i.size()));
            case BT -> bit(i, 4, 0xA3);
            case BTS -> bit(i, 5, 0xAB);
            case BTR -> bit(i, 6, 0xB3);
            case BSF -> modrm(i.size(), false, register(a), operand(b), 0, 0x0F, 0xBC);
            case BSR -> modrm(i.size(), false, register(a), operand(b), 0, 0x0F, 0xBD);
            case BSWAP -> {
                rex(i.size() == 8, 0, 0, register(a), false);
                out.write(0x0F);
                out.write(0xC8 + (register(a) & 7));
            }
        }
    }

    private static Operand operand(@Nullable Operand operand) {
        if (operand == null) {
            throw new IllegalStateException("operand missing");
        }
        return operand;
    }

    private static int register(@Nullable Operand operand) {
        return ((Register) operand(operand)).ordinal();
    }

    private static Memory memory(@Nullable Operand operand) {
        return (Memory) operand(operand);
    }

    private static int opcode(int byteForm, int size) {
        return size == 1 ? byteForm : byteForm + 1;
    }

    private void arithmetic(Instruction i, int number) {
        int size = i.size();
        if (i.second() instanceof Immediate immediate) {
            long value = immediate.value();
            if (size == 1) {
                modrm(1, true, number, operand(i.first()), 1, 0x80);
                number(value, 1);
            } else if (value == (byte) value) {
                modrm(size, true, number, operand(i.first()), 1, 0x83);
                number(value, 1);
            } else {
                int width = Math.min(4, size);
                modrm(size, true, number, operand(i.first()), width, 0x81);
                number(value, width);
            }
        } else if (i.second() instanceof Memory memory) {
            modrm(size, true, register(i.first()), memory, 0, opcode(number * 8 + 2, size));
        } else {
            modrm(
                    size,
                    true,
                    register(i.second()),
                    operand(i.first()),
                    0,
                    opcode(number * 8, size));
        }
    }

    private void move(Instruction i) {
        int size = i.size();
        if (i.second() instanceof Immediate immediate) {
            long value = immediate.value();
            if (i.first() instanceof Register register) {
                moveConstant(register.ordinal(), size, value);
                return;
            }
            int width = Math.min(4, size);
            modrm(size, true, 0, operand(i.first()), width, opcode(0xC6, size));
            number(value, width);
        } else if (i.second() instanceof Memory memory) {
            modrm(size, true, register(i.first()), memory, 0, opcode(0x8A, size));
        } else {
            modrm(size, true, register(i.second()), operand(i.first()), 0, opcode(0x88, size));
        }
    }

    private void moveConstant(int register, int size, long value) {
        if (size < 8 || value >>> 32 == 0) {
            rex(false, 0, 0, register, false);
            out.write(0xB8 + (register & 7));
            number(value, 4);
        } else if (value == (int) value) {
            rex(true, 0, 0, register, false);
            out.write(0xC7);
            out.write(0xC0 + (register & 7));
            number(value, 4);
        } else {
            rex(true, 0, 0, register, false);
            out.write(0xB8 + (register & 7));
            number(value, 8);
        }
    }

    private void extend(Instruction i, int opcode) {
        boolean signed = i.operation() == Operation.MOVSX;
        if (i.sourceSize() == 4) {
            if (!signed) {
                throw new IllegalStateException("movzx from 32 bits is mov");
            }
            modrm(i.size(), false, register(i.first()), operand(i.second()), 0, 0x63);
        } else {
            boolean byteRegister = i.sourceSize() == 1;
            modrmByte(
                    i.size(),
                    byteRegister,
                    register(i.first()),
                    operand(i.second()),
                    0,
                    0x0F,
                    opcode + (byteRegister ? 0 : 1));
        }
    }

    private void multiply(Instruction i) {
        if (i.third() instanceof Immediate immediate) {
            boolean small = immediate.value() == (byte) immediate.value();
            modrm(
                    i.size(),
                    false,
                    register(i.first()),
                    operand(i.second()),
                    small ? 1 : 4,
                    small ? 0x6B : 0x69);
            number(immediate.value(), small ? 1 : 4);
        } else {
            modrm(i.size(), false, register(i.first()), operand(i.second()), 0, 0x0F, 0xAF);
        }
    }

    private void shift(Instruction i, int number) {
        if (i.second() instanceof Immediate immediate) {
            modrm(i.size(), true, number, operand(i.first()), 1, opcode(0xC0, i.size()));
            number(immediate.value(), 1);
        } else {
            modrm(i.size(), true, number, operand(i.first()), 0, opcode(0xD2, i.size()));
        }
    }

    private void bit(Instruction i, int number, int opcode) {
        if (i.second() instanceof Immediate immediate) {
            modrm(i.size(), false, number, operand(i.first()), 1, 0x0F, 0xBA);
            number(immediate.value(), 1);
        } else {
            modrm(i.size(), false, register(i.second()), operand(i.first()), 0, 0x0F, opcode);
        }
    }

    private void pushPop(int register, int opcode) {
        if (register >= 8) {
            out.write(0x41);
        }
        out.write(opcode + (register & 7));
    }

    private void jump(int index, Label label, int shortOpcode, int... nearOpcode) {
        if (!near[index]) {
            out.write(shortOpcode);
            number(label.offset - (out.size() + 1L), 1);
            return;
        }
        for (int opcode : nearOpcode) {
            out.write(opcode);
        }
        number(label.offset - (out.size() + 4L), 4);
    }

    private void rex(boolean wide, int register, int index, int base, boolean force) {
        int rex =
                0x40
                        | (wide ? 8 : 0)
                        | (register >= 8 ? 4 : 0)
                        | (index >= 8 ? 2 : 0)
                        | (base >= 8 ? 1 : 0);
        if (rex != 0x40 || force) {
            out.write(rex);
        }
    }

    /**
     * @param bytes whether registers are byte registers if the size is 1
     * @param immediate bytes that follow, which a RIP-relative address must count
     */
    private void modrm(
            int size, boolean bytes, int register, Operand operand, int immediate, int... opcode) {
        emit(size, bytes && size == 1, bytes && size == 1, register, operand, immediate, opcode);
    }

    private void modrmByte(
            int size,
            boolean byteSource,
            int register,
            Operand operand,
            int immediate,
            int... opcode) {
        emit(size, false, byteSource, register, operand, immediate, opcode);
    }

    private void emit(
            int size,
            boolean byteRegister,
            boolean byteOperand,
            int register,
            Operand operand,
            int immediate,
            int... opcode) {
        if (operand instanceof Memory memory && memory.gs()) {
            out.write(0x65);
        }
        if (size == 2) {
            out.write(0x66);
        }
        boolean force = byteRegister && register >= 4 && register < 8;
        if (operand instanceof Register direct) {
            int number = direct.ordinal();
            force |= byteOperand && number >= 4 && number < 8;
            rex(size == 8, register, 0, number, force);
            write(opcode);
            out.write(0xC0 | (register & 7) << 3 | (number & 7));
            return;
        }
        Memory memory = (Memory) operand;
        int index = memory.index() == null ? 0 : memory.index().ordinal();
        int base = memory.base() == null ? 0 : memory.base().ordinal();
        rex(size == 8, register, index, base, force);
        write(opcode);
        address(memory, (register & 7) << 3, immediate);
    }

    private void write(int[] opcode) {
        for (int part : opcode) {
            out.write(part);
        }
    }

    private void address(Memory memory, int register, int immediate) {
        Symbol symbol = memory.symbol();
        if (symbol != null) {
            out.write(register | 5);
            fixups.add(
                    new Fixup(
                            out.size(),
                            out.size() + 4 + immediate,
                            symbol,
                            memory.importSlot(),
                            memory.displacement()));
            number(0, 4);
            return;
        }
        Register base = memory.base();
        Register index = memory.index();
        long displacement = memory.displacement();
        if (base == null) {
            int scaled = index == null ? 0x20 : scale(memory.scale()) | (index.ordinal() & 7) << 3;
            out.write(register | 4);
            out.write(scaled | 5);
            number(displacement, 4);
            return;
        }
        int low = base.ordinal() & 7;
        boolean none = displacement == 0 && low != 5;
        boolean small = displacement == (byte) displacement;
        int mode = none ? 0 : small ? 0x40 : 0x80;
        if (index != null || low == 4) {
            out.write(mode | register | 4);
            int scaled = index == null ? 0x20 : scale(memory.scale()) | (index.ordinal() & 7) << 3;
            out.write(scaled | low);
        } else {
            out.write(mode | register | low);
        }
        if (!none) {
            number(displacement, small ? 1 : 4);
        }
    }

    private static int scale(int scale) {
        return Integer.numberOfTrailingZeros(scale) << 6;
    }

    private void number(long value, int size) {
        for (int i = 0; i < size; i++) {
            out.write((int) (value >> (8 * i)));
        }
    }
}
