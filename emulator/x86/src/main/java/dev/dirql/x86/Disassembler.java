package dev.dirql.x86;

import java.util.Locale;

/** Writes machine code as text, in Intel's syntax, from the same table that executes it. */
public final class Disassembler {
    private static final String[] CONDITIONS = {
        "o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"
    };
    private static final String[] NAMES = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
    private static final String[] BYTES = {"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"};
    private static final String[] HIGH_BYTES = {"ah", "ch", "dh", "bh"};
    private static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs", "?", "?"};

    private Disassembler() {}

    /**
     * One instruction as text.
     *
     * @param text mnemonic and operands; for what is no instruction here, what it is
     * @param length bytes it takes, at least 1
     */
    public record Line(String text, int length) {}

    /** The instruction at the start of some bytes, which are at an address. */
    public static Line at(byte[] bytes, long address) {
        Operation operation = new Decoder().decode(bytes, 0, bytes.length, address);
        if (operation == null) {
            return new Line("(incomplete)", Math.max(bytes.length, 1));
        }
        return new Line(text(operation), Math.max(operation.length(), 1));
    }

    static String text(Operation operation) {
        Row row = operation.row;
        if (row == null) {
            return operation.shape == Shape.TRAP ? "(invalid)" : "(not modelled)";
        }
        StringBuilder text = new StringBuilder();
        if (operation.locked) {
            text.append("lock ");
        }
        text.append(repeat(operation)).append(mnemonic(operation, row));
        for (int i = 0; i < operation.operandCount(); i++) {
            text.append(i == 0 ? " " : ", ").append(operand(operation, i));
        }
        return text.toString();
    }

    private static String repeat(Operation operation) {
        boolean compares = operation.function == Code.SCAS || operation.function == Code.CMPS;
        return switch (operation.repeat) {
            case Operation.REPEAT_EQUAL -> compares ? "repe " : "rep ";
            case Operation.REPEAT_NOT_EQUAL -> "repne ";
            default -> "";
        };
    }

    private static String mnemonic(Operation operation, Row row) {
        int bits = operation.operandBits;
        return switch (operation.function) {
            case Code.JCC, Code.CMOV, Code.SET -> row.name() + CONDITIONS[operation.condition];
            case Code.MOVS, Code.STOS, Code.LODS, Code.SCAS, Code.CMPS, Code.INS, Code.OUTS ->
                    row.name() + suffix(bits);
            case Code.EXTEND_ACCUMULATOR -> bits == 64 ? "cdqe" : bits == 32 ? "cwde" : "cbw";
            case Code.EXTEND_TO_DATA -> bits == 64 ? "cqo" : bits == 32 ? "cdq" : "cwd";
            case Code.PUSHF, Code.POPF -> bits == 64 ? row.name() + "q" : row.name();
            case Code.CMPXCHG8B -> operation.bits == 128 ? "cmpxchg16b" : "cmpxchg8b";
            case Code.MOVD_LOAD, Code.MOVD_STORE -> bits == 64 ? "movq" : "movd";
            default -> row.name();
        };
    }

    private static String suffix(int bits) {
        return switch (bits) {
            case 8 -> "b";
            case 16 -> "w";
            case 32 -> "d";
            default -> "q";
        };
    }

    private static String operand(Operation operation, int index) {
        int number = operation.register(index);
        return switch (operation.kind(index)) {
            case REGISTER -> register(number, operation.bits(index));
            case MEMORY -> memory(operation, operation.bits(index));
            case IMMEDIATE -> immediate(operation, index);
            case XMM -> "xmm" + number;
            case SEGMENT -> SEGMENTS[number];
            case CONTROL -> "cr" + number;
        };
    }

    private static String immediate(Operation operation, int index) {
        long value =
                index == 1 && operation.isImmediate(0)
                        ? operation.secondImmediate
                        : operation.immediate;
        if (operation.branch) {
            return hex(value);
        }
        int bits = Math.max(operation.bits(index), operation.bits(0));
        return hex(bits >= 64 ? value : value & ((1L << bits) - 1));
    }

    /** Name of a general register at a size. */
    static String register(int number, int bits) {
        if (number >= Operation.HIGH_BYTE) {
            return HIGH_BYTES[number - Operation.HIGH_BYTE];
        }
        if (number >= 8) {
            return "r"
                    + number
                    + switch (bits) {
                        case 8 -> "b";
                        case 16 -> "w";
                        case 32 -> "d";
                        default -> "";
                    };
        }
        return switch (bits) {
            case 8 -> BYTES[number];
            case 16 -> NAMES[number];
            case 32 -> "e" + NAMES[number];
            default -> "r" + NAMES[number];
        };
    }

    private static String memory(Operation operation, int bits) {
        StringBuilder text = new StringBuilder();
        if (operation.function != Code.LEA) {
            text.append(size(bits));
        }
        if (operation.segment == Operation.FS) {
            text.append("fs:");
        } else if (operation.segment == Operation.GS) {
            text.append("gs:");
        }
        int addressBits = operation.address32 ? 32 : 64;
        text.append('[');
        String between = "";
        if (operation.base >= 0) {
            text.append(register(operation.base, addressBits));
            between = "+";
        }
        if (operation.index >= 0) {
            text.append(between).append(register(operation.index, addressBits));
            if (operation.scale > 0) {
                text.append('*').append(1 << operation.scale);
            }
            between = "+";
        }
        long displacement = operation.displacement;
        if (between.isEmpty()) {
            text.append(hex(operation.truncated(displacement)));
        } else if (displacement < 0) {
            text.append('-').append(hex(-displacement));
        } else if (displacement > 0) {
            text.append('+').append(hex(displacement));
        }
        return text.append(']').toString();
    }

    private static String size(int bits) {
        return switch (bits) {
            case 8 -> "byte ptr ";
            case 16 -> "word ptr ";
            case 32 -> "dword ptr ";
            case 64 -> "qword ptr ";
            default -> "xmmword ptr ";
        };
    }

    private static String hex(long value) {
        return String.format(Locale.ROOT, "0x%x", value);
    }
}
