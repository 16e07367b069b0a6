package dev.dirql.simulation.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dirql.events.Event;
import dev.dirql.events.Finding;
import dev.dirql.events.Stamp;
import dev.dirql.kernel.NtStatus;
import dev.dirql.store.SymbolTable;
import java.util.Locale;

/** Events as JSON objects: {@code docs/json.md} states the fields. */
public final class EventJson {
    private final SymbolTable symbols;

    public EventJson(SymbolTable symbols) {
        this.symbols = symbols;
    }

    /** The object of one event. */
    public ObjectNode object(Stamp stamp, Event event) {
        ObjectNode out = JsonNodeFactory.instance.objectNode();
        out.put("seq", stamp.sequence());
        out.put("time_ns", stamp.timeNs());
        out.put("cpu", stamp.processor());
        out.put("thread", Texts.address(stamp.thread()));
        out.put("irql", stamp.irql());
        out.put("event", EventFields.kind(event));
        EventFields.visit(event, new Fields(out));
        return out;
    }

    /** Writes where code lies: an address, and routine and line where they are known. */
    public void code(ObjectNode out, String name, long address) {
        out.put(name, Texts.address(address));
        symbols.locate(address)
                .ifPresent(location -> {
                    out.put(name + "_symbol", location.text());
                    if (location.line() != 0) {
                        out.put(name + "_line", location.file() + ":" + location.line());
                    }
                });
    }

    /** The places of a finding. */
    public ArrayNode places(Finding finding) {
        ArrayNode places = JsonNodeFactory.instance.arrayNode();
        for (Finding.Place place : finding.places()) {
            ObjectNode out = places.addObject();
            out.put("role", place.role());
            out.put("seq", place.sequence());
            out.put("cpu", place.processor());
            out.put("thread", Texts.address(place.thread()));
            out.put("irql", place.irql());
            code(out, "address", place.address());
            ArrayNode stack = out.putArray("stack");
            place.stack().forEach(frame -> code(stack.addObject(), "address", frame));
        }
        return places;
    }

    private final class Fields implements EventFields.Visitor {
        private final ObjectNode out;

        Fields(ObjectNode out) {
            this.out = out;
        }

        @Override
        public void address(String name, long value) {
            out.put(name, Texts.address(value));
        }

        @Override
        public void code(String name, long value) {
            EventJson.this.code(out, name, value);
        }

        @Override
        public void number(String name, long value) {
            out.put(name, value);
        }

        @Override
        public void bits(String name, long value) {
            out.put(name, Texts.address(value));
        }

        @Override
        public void status(String name, int value) {
            out.put(name, Texts.status(value));
            out.put(name + "_name", NtStatus.name(value).orElse(""));
        }

        @Override
        public void duration(String name, long ns) {
            out.put(name + "_ns", ns);
        }

        @Override
        public void text(String name, String value) {
            out.put(name, value);
        }

        @Override
        public void flag(String name, boolean value) {
            out.put(name, value);
        }

        @Override
        public void finding(Finding finding) {
            out.put("rule", finding.rule());
            out.put("id", finding.id());
            out.put("severity", finding.severity().name().toLowerCase(Locale.ROOT));
            out.put("message", finding.message());
            out.set("places", places(finding));
        }
    }
}
