package dev.dirql.x86;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** All encodings, read once from the {@link Encoding} rows of the instruction methods. */
final class InstructionTable {
    private static final List<Class<?>> CLASSES =
            List.of(
                    Arithmetic.class,
                    Multiplication.class,
                    Shifts.class,
                    Bits.class,
                    Data.class,
                    Stack.class,
                    Control.class,
                    Strings.class,
                    SystemInstructions.class,
                    Vectors.class);

    private static final List<Row> ROWS = readRows();
    private static final Row[][] BY_OPCODE = index();
    private static final Row[] NO_ROWS = {};

    private InstructionTable() {}

    /** Every row, in the order of opcodes. */
    static List<Row> rows() {
        return ROWS;
    }

    /** Rows of one opcode, the more special ones first. */
    static Row[] rows(int map, int opcode) {
        Row[] rows = BY_OPCODE[map << 8 | opcode];
        return rows == null ? NO_ROWS : rows;
    }

    private static List<Row> readRows() {
        List<Row> rows = new ArrayList<>();
        for (Class<?> type : CLASSES) {
            for (Method method : type.getDeclaredMethods()) {
                Encoding encoding = method.getAnnotation(Encoding.class);
                if (encoding != null) {
                    for (String text : encoding.value()) {
                        rows.add(Row.parse(method.getName(), text, encoding));
                    }
                }
            }
        }
        // Reflection gives methods in no defined order.
        rows.sort(
                Comparator.comparingInt(Row::map)
                        .thenComparingInt(Row::opcode)
                        .thenComparingInt(row -> -speciality(row))
                        .thenComparing(Row::text));
        return List.copyOf(rows);
    }

    private static int speciality(Row row) {
        return (row.prefix() != 0 ? 4 : 0) + (row.wide() ? 2 : 0) + (row.opcodes() == 1 ? 1 : 0);
    }

    private static Row[][] index() {
        Row[][] index = new Row[3 << 8][];
        for (Row row : ROWS) {
            for (int i = 0; i < row.opcodes(); i++) {
                int slot = row.map() << 8 | row.opcode() + i;
                Row[] old = index[slot];
                Row[] more = new Row[old == null ? 1 : old.length + 1];
                if (old != null) {
                    System.arraycopy(old, 0, more, 0, old.length);
                }
                more[more.length - 1] = row;
                index[slot] = more;
            }
        }
        for (Row[] rows : index) {
            if (rows != null) {
                Arrays.sort(rows, Comparator.comparingInt(row -> -speciality(row)));
            }
        }
        return index;
    }
}
