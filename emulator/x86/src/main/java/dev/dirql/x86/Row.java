package dev.dirql.x86;

import dev.dirql.machine.Flags;
import java.util.Arrays;
import java.util.List;

/**
 * One encoding of an instruction: a parsed row of {@link Encoding}.
 *
 * @param text the row as written
 * @param method name of the instruction method
 * @param name mnemonic; for conditional instructions without the condition
 * @param code the method's number in {@link Code}
 * @param prefix mandatory prefix 0x66, 0xF2 or 0xF3; {@link #NONE_OF_THEM}; or 0 where it is free
 * @param wide whether REX.W is required
 * @param map 0 for one-byte opcodes, 1 for 0F, 2 for 0F 38
 * @param opcode its lowest value, where it holds a register or condition
 * @param opcodes number of values the opcode takes: 1, 8 or 16
 * @param modrm whether a ModRM byte follows
 * @param digit what ModRM.reg must be, or -1
 * @param operands operand names, such as "Ev"
 * @param first what happens to the first operand
 * @param undefined status flags that are undefined
 * @param undefinedUnlessOne status flags that are undefined unless the count is 1
 */
record Row(
        String text,
        String method,
        String name,
        int code,
        int prefix,
        boolean wide,
        int map,
        int opcode,
        int opcodes,
        boolean modrm,
        int digit,
        List<String> operands,
        List<String> modifiers,
        Encoding.First first,
        long undefined,
        long undefinedUnlessOne) {
    static final int NONE_OF_THEM = 1;

    private static final List<String> MODIFIERS =
            List.of("lock", "d64", "f64", "visible", "branch", "rep", "R");

    static Row parse(String method, String text, Encoding encoding) {
        List<String> words = Arrays.asList(text.split(" ", -1));
        int at = 0;
        boolean wide = words.get(at).equals("W1");
        if (wide) {
            at++;
        }
        int prefix =
                switch (words.get(at)) {
                    case "NP" -> NONE_OF_THEM;
                    case "66" -> 0x66;
                    case "F2" -> 0xF2;
                    case "F3" -> 0xF3;
                    default -> 0;
                };
        if (prefix != 0) {
            at++;
        }
        int map = 0;
        if (words.get(at).equals("0F")) {
            at++;
            map = 1;
            if (words.get(at).equals("38")) {
                at++;
                map = 2;
            }
        }
        String opcode = words.get(at++);
        int opcodes = opcode.endsWith("+r") ? 8 : opcode.endsWith("+c") ? 16 : 1;
        int digit = -1;
        boolean modrm = at < words.size() && words.get(at).startsWith("/");
        if (modrm) {
            String what = words.get(at++).substring(1);
            digit = what.equals("r") ? -1 : Integer.parseInt(what);
        }
        List<String> operands = List.of();
        if (at < words.size() && !MODIFIERS.contains(words.get(at))) {
            operands = List.of(words.get(at++).split(",", -1));
        }
        List<String> modifiers = List.copyOf(words.subList(at, words.size()));
        if (!MODIFIERS.containsAll(modifiers)) {
            throw new IllegalArgumentException(method + ": unknown modifier in " + text);
        }
        boolean countIsOne = operands.contains("1");
        long undefined = 0;
        long undefinedUnlessOne = 0;
        for (String flag : encoding.undefined().split(" ", -1)) {
            if (flag.endsWith(">1")) {
                undefinedUnlessOne |= countIsOne ? 0 : flag(flag.substring(0, 2));
            } else {
                undefined |= flag(flag);
            }
        }
        return new Row(
                text,
                method,
                encoding.name().isEmpty() ? method : encoding.name(),
                Code.of(method),
                prefix,
                wide,
                map,
                Integer.parseInt(opcode.substring(0, 2), 16),
                opcodes,
                modrm,
                digit,
                operands,
                modifiers,
                encoding.first(),
                undefined,
                undefinedUnlessOne);
    }

    private static long flag(String name) {
        return switch (name) {
            case "" -> 0;
            case "CF" -> Flags.CARRY;
            case "PF" -> Flags.PARITY;
            case "AF" -> Flags.ADJUST;
            case "ZF" -> Flags.ZERO;
            case "SF" -> Flags.SIGN;
            case "OF" -> Flags.OVERFLOW;
            default -> throw new IllegalArgumentException("unknown flag " + name);
        };
    }

    boolean has(String modifier) {
        return modifiers.contains(modifier);
    }

    /** Whether a ModRM byte of this mod and reg belongs to this row. */
    boolean accepts(int mod, int reg) {
        if (digit >= 0 && digit != reg) {
            return false;
        }
        if (has("R")) {
            return mod == 3;
        }
        return mod != 3 || !needsMemory();
    }

    private boolean needsMemory() {
        for (String operand : operands) {
            if (operand.charAt(0) == 'M') {
                return true;
            }
        }
        return false;
    }
}
