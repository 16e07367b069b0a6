package dev.dirql.cli.text;

import dev.dirql.events.LockKind;
import dev.dirql.simulation.figures.LockFigures;
import dev.dirql.simulation.view.Texts;
import java.util.List;

/** A row a lock. */
public final class LockTable {
    private LockTable() {}

    /** Everything that is known of each lock. */
    public static String full(List<LockFigures> locks, Style style) {
        TextTable table =
                new TextTable(
                        "lock",
                        "kind",
                        "storage",
                        ">acquired",
                        ">contended",
                        ">spin total",
                        ">spin max",
                        ">hold total",
                        ">hold max",
                        "IRQLs",
                        "processors");
        for (LockFigures lock : locks) {
            table.row(
                    lock.name(),
                    lock.kind().text(),
                    lock.storage(),
                    Texts.count(lock.acquisitions()),
                    Texts.count(lock.contended()),
                    Texts.time(lock.spinTotalNs()),
                    Texts.time(lock.spinMaximumNs()),
                    Texts.time(lock.holdTotalNs()),
                    Texts.time(lock.holdMaximumNs()),
                    ranges(lock.irqls()),
                    ranges(lock.processors()));
        }
        return table.text(style);
    }

    /** What a report says: narrow enough for a terminal. */
    static String narrow(List<LockFigures> locks, Style style) {
        TextTable table =
                new TextTable(
                        "lock",
                        "kind",
                        ">acquired",
                        ">contended",
                        ">spin max",
                        ">hold max",
                        ">hold total",
                        "IRQLs",
                        "cpus");
        for (LockFigures lock : locks) {
            table.row(
                    lock.name(),
                    shortKind(lock.kind()),
                    Texts.count(lock.acquisitions()),
                    Texts.count(lock.contended()),
                    Texts.time(lock.spinMaximumNs()),
                    Texts.time(lock.holdMaximumNs()),
                    Texts.time(lock.holdTotalNs()),
                    ranges(lock.irqls()),
                    ranges(lock.processors()));
        }
        return table.text(style);
    }

    private static String shortKind(LockKind kind) {
        String text = kind.text();
        return text.endsWith(" spin lock") ? text.substring(0, text.indexOf(' ')) : text;
    }

    /** {@code 0-2,5} for 0, 1, 2 and 5; {@code -} for none. */
    static String ranges(List<Integer> ascending) {
        if (ascending.isEmpty()) {
            return "-";
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < ascending.size(); i++) {
            int first = ascending.get(i);
            int last = first;
            while (i + 1 < ascending.size() && ascending.get(i + 1) == last + 1) {
                last = ascending.get(++i);
            }
            out.append(out.isEmpty() ? "" : ",").append(first);
            if (last > first) {
                out.append(last == first + 1 ? "," : "-").append(last);
            }
        }
        return out.toString();
    }
}
