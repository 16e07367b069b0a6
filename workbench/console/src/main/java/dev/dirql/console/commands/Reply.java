package dev.dirql.console.commands;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dirql.simulation.view.EventText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a command answers: lines for a person, and the same facts for a program. */
public final class Reply {
    /** Characters of text; a longer answer is cut off, and says so. */
    static final int LENGTH_MAXIMUM = 1 << 20;

    private final StringBuilder text = new StringBuilder();
    private final ObjectNode data = JsonNodeFactory.instance.objectNode();
    private boolean cut;

    /** A line, or several with line feeds between them. */
    public Reply line(String line) {
        if (text.length() + line.length() > LENGTH_MAXIMUM) {
            cut = true;
            return this;
        }
        for (String one : line.split("\n", -1)) {
            text.append(EventText.visible(one).stripTrailing()).append('\n');
        }
        return this;
    }

    @SuppressWarnings("AnnotateFormatMethod") // That annotation is no part of this project.
    public Reply line(String format, Object... values) {
        return line(String.format(Locale.ROOT, format, values));
    }

    /** What a program gets. */
    public ObjectNode data() {
        return data;
    }

    public Reply put(String name, Object value) {
        put(data, name, value);
        return this;
    }

    static void put(ObjectNode object, String name, Object value) {
        switch (value) {
            case Address address -> object.put(name, address.json());
            case Long number -> object.put(name, number);
            case Integer number -> object.put(name, number);
            case Boolean flag -> object.put(name, flag);
            default -> object.put(name, value.toString());
        }
    }

    /** Begins a table; it becomes part of the answer with {@link Table#end}. */
    public Table table(String name, String... headers) {
        return new Table(name, headers);
    }

    String text() {
        return cut ? text + "(The answer is longer than that; ask for less of it.)\n" : text + "";
    }

    boolean isCut() {
        return cut;
    }

    /** Rows of cells. A header that begins with {@code >} stands for a column of numbers. */
    public final class Table {
        private final List<String> headers;
        private final List<List<String>> rows = new ArrayList<>();
        private final ArrayNode objects;

        Table(String name, String... headers) {
            this.headers = List.of(headers);
            objects = data.putArray(name);
        }

        /** Adds a row; a cell is a text, a number, a flag or an {@link Address}. */
        public ObjectNode row(Object... cells) {
            List<String> row = new ArrayList<>();
            ObjectNode object = objects.addObject();
            for (int i = 0; i < cells.length; i++) {
                row.add(cells[i].toString());
                put(object, key(i), cells[i]);
            }
            rows.add(row);
            return object;
        }

        private String key(int column) {
            return header(column).toLowerCase(Locale.ROOT).replace(' ', '_');
        }

        private String header(int column) {
            String header = headers.get(column);
            return header.startsWith(">") ? header.substring(1) : header;
        }

        public boolean isEmpty() {
            return rows.isEmpty();
        }

        /** Writes the table, or what is said in place of an empty one. */
        public void end(String empty) {
            if (rows.isEmpty()) {
                line(empty);
                return;
            }
            int[] widths = new int[headers.size()];
            for (int i = 0; i < widths.length; i++) {
                widths[i] = header(i).length();
                for (List<String> row : rows) {
                    widths[i] = Math.max(widths[i], row.get(i).length());
                }
            }
            List<String> names = new ArrayList<>();
            for (int i = 0; i < widths.length; i++) {
                names.add(header(i));
            }
            write(names, widths);
            rows.forEach(row -> write(row, widths));
        }

        private void write(List<String> row, int[] widths) {
            StringBuilder out = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String blanks = " ".repeat(widths[i] - row.get(i).length());
                boolean right = headers.get(i).startsWith(">");
                out.append(i == 0 ? "" : "  ");
                out.append(right ? blanks + row.get(i) : row.get(i) + blanks);
            }
            line(out.toString());
        }
    }
}
