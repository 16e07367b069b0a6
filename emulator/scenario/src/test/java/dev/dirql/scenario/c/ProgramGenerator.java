package dev.dirql.scenario.c;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Writes random C programs whose meaning the language defines: no overflow that -fwrapv does not
 * define, no shift by too much, no division by zero, no order of evaluation that is left open. All
 * state is summed up at the end.
 */
final class ProgramGenerator {
    private static final String[] TYPES = {"I8", "U8", "I16", "U16", "I32", "U32", "I64", "U64"};

    /** The same types for this compiler and for one whose long has eight bytes. */
    static final String PRELUDE =
            """
            #ifdef __DIRQL__
            typedef char I8; typedef unsigned char U8; typedef short I16; typedef unsigned short U16;
            typedef long I32; typedef unsigned long U32;
            typedef __int64 I64; typedef unsigned __int64 U64;
            #else
            typedef signed char I8; typedef unsigned char U8; typedef short I16; typedef unsigned short U16;
            typedef int I32; typedef unsigned int U32;
            typedef long long I64; typedef unsigned long long U64;
            #endif
            """;

    private final Random random;
    private final StringBuilder out = new StringBuilder();
    private final List<String> readable = new ArrayList<>();
    private final List<String> writable = new ArrayList<>();
    private final List<String> helpers = new ArrayList<>();
    private final List<Integer> helperArguments = new ArrayList<>();
    private final String[] fieldTypes = new String[6];
    private int names;
    private int labels;

    ProgramGenerator(long seed) {
        random = new Random(seed);
    }

    /**
     * A program that defines {@code U64 NAME(U64 a, U64 b)}; all other names begin with that one.
     */
    String program(String name) {
        out.setLength(0);
        globals(name);
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            helper(name, i);
        }
        out.append("U64 %s(U64 a, U64 b) {\n".formatted(name));
        int mark = readable.size();
        int writableMark = writable.size();
        List<String> locals = locals();
        readable.add("a");
        readable.add("b");
        writable.add("a");
        int statements = 4 + random.nextInt(8);
        for (int i = 0; i < statements; i++) {
            statement(3);
        }
        out.append("    {\n    U64 sum = a + b;\n");
        for (String local : locals) {
            out.append("    sum = sum * 31 + (U64) %s;\n".formatted(local));
        }
        sumGlobals(name);
        out.append("    return sum;\n    }\n}\n");
        trim(readable, mark);
        trim(writable, writableMark);
        readable.clear();
        writable.clear();
        helpers.clear();
        helperArguments.clear();
        return out.toString();
    }

    private static void trim(List<String> list, int size) {
        while (list.size() > size) {
            list.removeLast();
        }
    }

    private String type() {
        return TYPES[random.nextInt(TYPES.length)];
    }

    private String fresh(String prefix) {
        return prefix + names++;
    }

    private void globals(String name) {
        out.append("typedef struct %s_S { ".formatted(name));
        String[] bits = {"U8", "U16", "U32", "U64", "I32", "I8", "I64", "I16"};
        int[] widths = {8, 16, 32, 64, 32, 8, 64, 16};
        for (int i = 0; i < 6; i++) {
            int kind = random.nextInt(bits.length);
            out.append("%s f%d".formatted(bits[kind], i));
            fieldTypes[i] = bits[kind];
            if (random.nextBoolean()) {
                out.append(" : %d".formatted(1 + random.nextInt(widths[kind])));
            }
            out.append("; ");
        }
        out.append(
                "union { U32 whole; struct { U16 low; I16 high; }; }; I32 array[4]; } %s_S;\n"
                        .formatted(name));
        out.append(
                "static %s_S %s_s = { .f1 = %d, .array = { 1, [2] = %d } };\n"
                        .formatted(name, name, random.nextInt(100), random.nextInt()));
        out.append(
                "static %s_S %s_t[3] = { { %d }, { .whole = 0x%X } };\n"
                        .formatted(name, name, random.nextInt(100), random.nextInt()));
        out.append(
                "static I32 %s_g = %d;\nstatic volatile U16 %s_v = 7;\n"
                        .formatted(name, random.nextInt(), name));
        out.append(
                "static U64 %s_h;\nstatic %s %s_a[8] = { 3, 1, 4, 1, 5 };\n"
                        .formatted(name, type(), name));
        out.append("static I32 *%s_p = &%s_g;\n".formatted(name, name));
        out.append("typedef struct { I32 low; I32 high; } %s_P8;\n".formatted(name));
        out.append("typedef struct { U64 x, y; U8 z; } %s_P24;\n".formatted(name));
        out.append(
                "static %s_P8 %s_make8(I32 x, I32 y) { %s_P8 r; r.low = x; r.high = y; return r; }\n"
                        .formatted(name, name, name));
        out.append(
                "static %s_P24 %s_make24(U64 x, %s_P8 q, U8 z) { %s_P24 r = { x, (U64) q.low + (U64) q.high, z }; return r; }\n"
                        .formatted(name, name, name, name));
        out.append(
                "static U64 %s_take24(I8 k, %s_P24 r, %s_P8 q, %s_P24 w) { r.x += (U64) k; return r.x * 3 + r.y + r.z + w.y + (U64) q.high; }\n"
                        .formatted(name, name, name, name));
        for (int i = 0; i < 6; i++) {
            // Compilers disagree on how a bit-field of a 64-bit type is promoted, so its reads are
            // cast.
            readable.add("((%s) %s_s.f%d)".formatted(fieldTypes[i], name, i));
            readable.add("((%s) %s_t[1].f%d)".formatted(fieldTypes[i], name, i));
            writable.add("%s_s.f%d".formatted(name, i));
            writable.add("%s_t[1].f%d".formatted(name, i));
        }
        place(name + "_s.whole");
        place(name + "_s.low");
        place(name + "_s.high");
        place(name + "_s.array[2]");
        place(name + "_t[2].array[3]");
        place(name + "_g");
        place(name + "_v");
        place(name + "_h");
        place("(*" + name + "_p)");
    }

    private void place(String place) {
        readable.add(place);
        writable.add(place);
    }

    private void sumGlobals(String name) {
        out.append(
                "    sum = sum * 31 + %s_g; sum = sum * 31 + %s_v; sum ^= %s_h;\n"
                        .formatted(name, name, name));
        out.append(
                "    for (int i = 0; i < 8; i++) sum = sum * 31 + (U64) %s_a[i];\n"
                        .formatted(name));
        out.append(
                "    for (int i = 0; i < (int) sizeof(%s_s); i++) sum = sum * 31 + ((U8 *) &%s_s)[i];\n"
                        .formatted(name, name));
        out.append(
                "    for (int i = 0; i < (int) sizeof(%s_t); i++) sum = sum * 31 + ((U8 *) %s_t)[i];\n"
                        .formatted(name, name));
        out.append(
                "    { %s_P8 q = %s_make8((I32) sum, (I32) a); %s_P24 w = %s_make24(sum, q, (U8) b); sum += %s_take24((I8) a, w, %s_make8(1, 2), %s_make24(5, q, 6)) + (U64) %s_make8(3, (I32) b).high; w = %s_make24(9, q, 8); sum ^= w.y; }\n"
                        .formatted(name, name, name, name, name, name, name, name, name));
    }

    private void helper(String name, int index) {
        String helper = "%s_h%d".formatted(name, index);
        int arguments = 1 + random.nextInt(6);
        List<String> savedReadable = new ArrayList<>(readable);
        List<String> savedWritable = new ArrayList<>(writable);
        readable.clear();
        writable.clear();
        List<String> parameters = new ArrayList<>();
        for (int i = 0; i < arguments; i++) {
            parameters.add("%s p%d".formatted(type(), i));
            readable.add("p" + i);
            writable.add("p" + i);
        }
        out.append(
                "%s %s %s(%s) {\n"
                        .formatted(
                                random.nextInt(3) == 0 ? "static __inline" : "static",
                                type(),
                                helper,
                                String.join(", ", parameters)));
        List<String> locals = locals();
        for (int i = 0; i < 3; i++) {
            statement(2);
        }
        out.append("    return %s + %s;\n}\n".formatted(locals.getFirst(), expression(2)));
        readable.clear();
        readable.addAll(savedReadable);
        writable.clear();
        writable.addAll(savedWritable);
        helpers.add(helper);
        helperArguments.add(arguments);
    }

    private List<String> locals() {
        List<String> locals = new ArrayList<>();
        int count = 2 + random.nextInt(9);
        for (int i = 0; i < count; i++) {
            String local = fresh("x");
            out.append(
                    "    %s%s %s = %s;\n"
                            .formatted(
                                    random.nextInt(12) == 0 ? "volatile " : "",
                                    type(),
                                    local,
                                    constant()));
            locals.add(local);
            place(local);
        }
        if (random.nextInt(3) == 0) {
            String local = fresh("x");
            String pointer = fresh("q");
            String type = type();
            out.append(
                    "    %s %s = 5; %s *%s = &%s;\n".formatted(type, local, type, pointer, local));
            locals.add(local);
            place("(*" + pointer + ")");
        }
        return locals;
    }

    private String pick(List<String> list) {
        return list.get(random.nextInt(list.size()));
    }

    private String constant() {
        return switch (random.nextInt(8)) {
            case 0 -> "0x%XULL".formatted(random.nextLong());
            case 1 -> "0x%X".formatted(random.nextInt());
            case 2 -> "(-%d)".formatted(1 + random.nextInt(1000));
            case 3 -> "0x%XLL".formatted(random.nextLong() >>> 1);
            case 4 -> "%du".formatted(random.nextInt(1 << 16));
            case 5 -> "(%s) %d".formatted(type(), random.nextInt(300));
            default -> Integer.toString(random.nextInt(10));
        };
    }

    private String expression(int depth) {
        if (depth == 0 || random.nextInt(8) == 0) {
            return random.nextInt(3) == 0 ? constant() : pick(readable);
        }
        String a = expression(depth - 1);
        String b = expression(depth - 1);
        return switch (random.nextInt(24)) {
            case 0, 1 -> "(%s + %s)".formatted(a, b);
            case 2, 3 -> "(%s - %s)".formatted(a, b);
            case 4 -> "(%s * %s)".formatted(a, b);
            case 5 -> "(%s / ((%s & 0x7FFF) + 1))".formatted(a, b);
            case 6 -> "(%s %% ((%s & 0x3FF) + 1))".formatted(a, b);
            case 7 -> "(%s & %s)".formatted(a, b);
            case 8 -> "(%s | %s)".formatted(a, b);
            case 9 -> "(%s ^ %s)".formatted(a, b);
            case 10 -> "(%s << (%s & 31))".formatted(a, b);
            case 11 -> "(%s >> (%s & 31))".formatted(a, b);
            case 12 -> "(%s >> %d)".formatted(a, random.nextInt(32));
            case 13 -> {
                String[] relations = {"<", ">", "<=", ">=", "==", "!="};
                yield "(%s %s %s)".formatted(a, relations[random.nextInt(6)], b);
            }
            case 14 -> "(%s && %s)".formatted(a, b);
            case 15 -> "(%s || %s)".formatted(a, b);
            case 16 -> "(%s ? %s : %s)".formatted(a, b, expression(depth - 1));
            case 17 -> "(%s) %s".formatted(type(), a);
            case 18 -> "-%s".formatted(wrapped(a));
            case 19 -> "~%s".formatted(wrapped(a));
            case 20 -> "!%s".formatted(wrapped(a));
            case 21, 22 -> {
                if (helpers.isEmpty()) {
                    yield "(%s + 1)".formatted(a);
                }
                int helper = random.nextInt(helpers.size());
                List<String> arguments = new ArrayList<>();
                for (int i = 0; i < helperArguments.get(helper); i++) {
                    arguments.add(expression(depth - 1));
                }
                yield "%s(%s)".formatted(helpers.get(helper), String.join(", ", arguments));
            }
            default -> "((U64) %s / ((U32) %s | 1))".formatted(wrapped(a), wrapped(b));
        };
    }

    private static String wrapped(String expression) {
        return "(" + expression + ")";
    }

    private void statement(int depth) {
        String indent = "    ";
        switch (random.nextInt(depth > 0 ? 14 : 6)) {
            case 0, 1 ->
                    out.append("%s%s = %s;\n".formatted(indent, pick(writable), expression(3)));
            case 2 -> {
                String[] operators = {"+=", "-=", "&=", "|=", "^=", "*="};
                out.append(
                        "%s%s %s %s;\n"
                                .formatted(
                                        indent,
                                        pick(writable),
                                        operators[random.nextInt(6)],
                                        expression(2)));
            }
            case 3 -> {
                String[] forms = {"%s++", "%s--", "++%s", "--%s"};
                out.append(indent + forms[random.nextInt(4)].formatted(pick(writable)) + ";\n");
            }
            case 4 -> {
                String[] operators = {
                    "<<= %s & 7", ">>= %s & 7", "/= (%s & 63) + 1", "%%= (%s & 63) + 1"
                };
                out.append(
                        indent
                                + pick(writable)
                                + " "
                                + operators[random.nextInt(4)].formatted(wrapped(expression(1)))
                                + ";\n");
            }
            case 5 -> stepped();
            case 6 -> {
                out.append("%sif (%s) {\n".formatted(indent, expression(3)));
                statement(depth - 1);
                if (random.nextBoolean()) {
                    out.append(indent + "} else {\n");
                    statement(depth - 1);
                }
                out.append(indent + "}\n");
            }
            case 7 -> {
                String counter = fresh("i");
                out.append(
                        "%sfor (%s %s = 0; %s < %d; %s++) {\n"
                                .formatted(
                                        indent,
                                        random.nextBoolean() ? "I32" : "U8",
                                        counter,
                                        counter,
                                        1 + random.nextInt(6),
                                        counter));
                readable.add(counter);
                statement(depth - 1);
                if (random.nextInt(3) == 0) {
                    out.append(
                            "%sif (%s) %s;\n"
                                    .formatted(
                                            indent,
                                            expression(2),
                                            random.nextBoolean() ? "continue" : "break"));
                    statement(depth - 1);
                }
                readable.remove(counter);
                out.append(indent + "}\n");
            }
            case 8 -> {
                String counter = fresh("n");
                out.append("%s{ U32 %s = %d; do {\n".formatted(indent, counter, random.nextInt(4)));
                statement(depth - 1);
                out.append(
                        "%s} while (%s-- != 0 && %s); }\n"
                                .formatted(indent, counter, expression(2)));
            }
            case 9 -> switchStatement(depth);
            case 10 -> {
                String label = "l" + labels++;
                out.append("%sif (%s) goto %s;\n".formatted(indent, expression(2), label));
                statement(depth - 1);
                out.append("%s%s:;\n".formatted(indent, label));
            }
            case 11 -> {
                out.append("%s{\n".formatted(indent));
                statement(depth - 1);
                statement(depth - 1);
                out.append(indent + "}\n");
            }
            case 12 -> {
                String local = fresh("y");
                String type = type();
                out.append(
                        "%s{ %s %s[4] = { %s, %s }; %s[(%s) & 3] += %s; %s = %s[(%s) & 3]; }\n"
                                .formatted(
                                        indent,
                                        type,
                                        local,
                                        expression(1),
                                        expression(1),
                                        local,
                                        expression(1),
                                        expression(2),
                                        pick(writable),
                                        local,
                                        expression(1)));
            }
            default -> {
                String counter = fresh("w");
                out.append(
                        "%s{ I16 %s = %d; while (%s > 0) {\n"
                                .formatted(indent, counter, random.nextInt(5), counter));
                statement(depth - 1);
                out.append("%s%s -= 1; } }\n".formatted(indent, counter));
            }
        }
    }

    /** A step within an expression, of a variable that is nowhere else in it. */
    private void stepped() {
        String local = fresh("z");
        String[] forms = {"%s++", "%s--", "++%s", "--%s"};
        out.append(
                "    { %s %s = %s; %s = %s + %s; %s ^= (%s, %s += 3); }\n"
                        .formatted(
                                type(),
                                local,
                                expression(1),
                                pick(writable),
                                forms[random.nextInt(4)].formatted(local),
                                expression(2),
                                pick(writable),
                                forms[random.nextInt(4)].formatted(local),
                                local));
    }

    private void switchStatement(int depth) {
        out.append(
                "    switch (%s) {\n"
                        .formatted(
                                random.nextBoolean()
                                        ? expression(2)
                                        : wrapped(pick(readable)) + " & 15"));
        int cases = 1 + random.nextInt(9);
        int value = random.nextInt(5) - 2;
        for (int i = 0; i < cases; i++) {
            out.append("    case %d:\n".formatted(value));
            value += 1 + random.nextInt(3);
            if (random.nextInt(4) != 0) {
                statement(depth - 1);
            }
            if (random.nextInt(3) != 0) {
                out.append("    break;\n");
            }
        }
        if (random.nextBoolean()) {
            out.append("    default:\n");
            statement(depth - 1);
            out.append("    break;\n");
        }
        out.append("    ;\n    }\n");
    }
}
