package dev.dirql.cli.text;

import dev.dirql.events.LockKind;
import dev.dirql.simulation.figures.LockFigures;
import dev.dirql.simulation.view.Texts;
import java.util.ArrayList;
import java.util.List;

/** A row a lock. Times to wait have columns only where a lock has waiters that do not spin. */
public final class LockTable {
    private LockTable() {}

    /** Everything that is known of each lock. */
    public static String full(List<LockFigures> locks, Style style) {
        boolean waits = anyWaits(locks);
        List<String> headers =
                new ArrayList<>(List.of("lock", "kind", "storage", ">acquired", ">contended"));
        headers.addAll(List.of(">spin total", ">spin max"));
        if (waits) {
            headers.addAll(List.of(">wait total", ">wait max"));
        }
        headers.addAll(List.of(">hold total", ">hold max", "IRQLs", "processors"));
        TextTable table = new TextTable(headers.toArray(String[]::new));
        for (LockFigures lock : locks) {
            List<String> row =
                    new ArrayList<>(
                            List.of(
                                    lock.name(),
                                    lock.kind().text(),
                                    lock.storage(),
                                    Texts.count(lock.acquisitions()),
                                    Texts.count(lock.contended()),
                                    spun(lock, lock.spinTotalNs()),
                                    spun(lock, lock.spinMaximumNs())));
            if (waits) {
                row.add(waited(lock, lock.spinTotalNs()));
                row.add(waited(lock, lock.spinMaximumNs()));
            }
            row.addAll(
                    List.of(
                            Texts.time(lock.holdTotalNs()),
                            Texts.time(lock.holdMaximumNs()),
                            ranges(lock.irqls()),
                            ranges(lock.processors())));
            table.row(row.toArray(String[]::new));
        }
        return table.text(style);
    }

    private static boolean anyWaits(List<LockFigures> locks) {
        return locks.stream().anyMatch(lock -> lock.kind().waits());
    }

    private static String spun(LockFigures lock, long ns) {
        return lock.kind().waits() ? "-" : Texts.time(ns);
    }

    private static String waited(LockFigures lock, long ns) {
        return lock.kind().waits() ? Texts.time(ns) : "-";
    }

    /** What a report says: narrow enough for a terminal. */
    static String narrow(List<LockFigures> locks, Style style) {
        boolean waits = anyWaits(locks);
        List<String> headers =
                new ArrayList<>(List.of("lock", "kind", ">acquired", ">contended", ">spin max"));
        if (waits) {
            headers.add(">wait max");
        }
        headers.addAll(List.of(">hold max", ">hold total", "IRQLs", "cpus"));
        TextTable table = new TextTable(headers.toArray(String[]::new));
        for (LockFigures lock : locks) {
            List<String> row =
                    new ArrayList<>(
                            List.of(
                                    lock.name(),
                                    shortKind(lock.kind()),
                                    Texts.count(lock.acquisitions()),
                                    Texts.count(lock.contended()),
                                    spun(lock, lock.spinMaximumNs())));
            if (waits) {
                row.add(waited(lock, lock.spinMaximumNs()));
            }
            row.addAll(
                    List.of(
                            Texts.time(lock.holdMaximumNs()),
                            Texts.time(lock.holdTotalNs()),
                            ranges(lock.irqls()),
                            ranges(lock.processors())));
            table.row(row.toArray(String[]::new));
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
