package dev.dirql.simulation.view;

import dev.dirql.events.Event;
import dev.dirql.events.Finding;
import dev.dirql.events.Stamp;
import dev.dirql.kernel.NtStatus;
import dev.dirql.store.SymbolTable;
import java.util.Locale;
import java.util.Optional;

/** Events as lines of text, with routines and lines for addresses of code. */
public final class EventText {
    private final SymbolTable symbols;

    public EventText(SymbolTable symbols) {
        this.symbols = symbols;
    }

    /** Sequence, time, processor, IRQL, kind and fields on one line. */
    public String line(Stamp stamp, Event event) {
        return String.format(
                Locale.ROOT,
                "%8s %15s  %-5s %2d  %-19s %s",
                Texts.count(stamp.sequence()),
                Texts.moment(stamp.timeNs()),
                Texts.processor(stamp.processor()),
                stamp.irql(),
                EventFields.kind(event),
                fields(event));
    }

    /** The fields of an event. */
    public String fields(Event event) {
        Words words = new Words();
        EventFields.visit(event, words);
        return words.text.toString();
    }

    /** Routine, offset and line of code, or its address where it has no name. */
    public String code(long address) {
        return symbols.locate(address).map(EventText::place).orElse(Texts.address(address));
    }

    /** {@code driver!Routine+0x12 (file:line)}. */
    public static String place(SymbolTable.Location location) {
        return location.text() + at(location);
    }

    private static String at(SymbolTable.Location location) {
        return location.line() == 0 ? "" : " (" + location.file() + ":" + location.line() + ")";
    }

    /** The routine that code belongs to, without its offset; its address where it has no name. */
    public String routine(long address) {
        Optional<SymbolTable.Location> found = symbols.locate(address);
        return found.map(location -> location.image() + "!" + location.symbol())
                .orElse(Texts.address(address));
    }

    private final class Words implements EventFields.Visitor {
        private final StringBuilder text = new StringBuilder();

        private void add(String name, String value) {
            if (!text.isEmpty()) {
                text.append("  ");
            }
            text.append(name).append(' ').append(value);
        }

        @Override
        public void address(String name, long value) {
            add(name, Texts.address(value));
        }

        @Override
        public void code(String name, long value) {
            add(name, EventText.this.code(value));
        }

        @Override
        public void number(String name, long value) {
            add(name, Long.toString(value));
        }

        @Override
        public void bits(String name, long value) {
            add(name, Texts.address(value));
        }

        @Override
        public void status(String name, int value) {
            add(name, NtStatus.text(value));
        }

        @Override
        public void duration(String name, long ns) {
            add(name, ns < 0 ? "never" : Texts.time(ns));
        }

        @Override
        public void text(String name, String value) {
            boolean plain = !value.isEmpty() && value.chars().allMatch(c -> c > ' ' && c < 0x7F);
            add(name, plain ? value : quoted(value));
        }

        @Override
        public void flag(String name, boolean value) {
            add(name, Boolean.toString(value));
        }

        @Override
        public void finding(Finding finding) {
            add("rule", finding.rule());
            add("severity", finding.severity().name().toLowerCase(Locale.ROOT));
            add("message", quoted(finding.message()));
        }
    }

    /** In quotes, with control characters escaped: what a guest prints must not move the cursor. */
    public static String quoted(String value) {
        return "\"" + visible(value.replace("\\", "\\\\").replace("\"", "\\\"")) + "\"";
    }

    /** With control characters escaped. */
    public static String visible(String value) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (Character.isISOControl(c)) {
                        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.toString();
    }
}
