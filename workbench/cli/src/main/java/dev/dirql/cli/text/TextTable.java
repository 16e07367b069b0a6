package dev.dirql.cli.text;

import java.util.ArrayList;
import java.util.List;

/** Columns that line up. A header that begins with {@code >} makes its column right-aligned. */
public final class TextTable {
    private final String[] headers;
    private final boolean[] right;
    private final List<String[]> rows = new ArrayList<>();

    public TextTable(String... headers) {
        this.headers = headers.clone();
        right = new boolean[headers.length];
        for (int i = 0; i < headers.length; i++) {
            right[i] = headers[i].startsWith(">");
            this.headers[i] = right[i] ? headers[i].substring(1) : headers[i];
        }
    }

    public void row(String... cells) {
        if (cells.length != headers.length) {
            throw new IllegalArgumentException(
                    "%d cells in a table of %d columns".formatted(cells.length, headers.length));
        }
        rows.add(cells.clone());
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** The lines, each indented by two spaces and ended, with the headers first. */
    public String text(Style style) {
        int[] widths = new int[headers.length];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = headers[i].length();
            for (String[] row : rows) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        StringBuilder out = new StringBuilder();
        out.append("  ").append(style.quiet(line(headers, widths))).append('\n');
        for (String[] row : rows) {
            out.append("  ").append(line(row, widths)).append('\n');
        }
        return out.toString();
    }

    private String line(String[] cells, int[] widths) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            String pad = " ".repeat(widths[i] - cells[i].length());
            out.append(i == 0 ? "" : "  ");
            out.append(right[i] ? pad + cells[i] : cells[i] + pad);
        }
        return out.toString().stripTrailing();
    }
}
