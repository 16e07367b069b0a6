package dev.dirql.cli.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dirql.simulation.figures.LockFigures;
import dev.dirql.simulation.view.Texts;
import java.util.List;

/** Figures of locks as JSON. */
public final class LockJson {
    private LockJson() {}

    /** An object a lock. */
    public static ArrayNode array(List<LockFigures> locks) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        locks.forEach(lock -> array.add(object(lock)));
        return array;
    }

    private static ObjectNode object(LockFigures lock) {
        ObjectNode out = JsonNodeFactory.instance.objectNode();
        out.put("lock", Texts.address(lock.address()));
        out.put("lock_name", lock.name());
        out.put("lock_kind", lock.kind().text());
        out.put("storage", lock.storage());
        out.put("acquisitions", lock.acquisitions());
        out.put("contended", lock.contended());
        out.put("spin_total_ns", lock.spinTotalNs());
        out.put("spin_max_ns", lock.spinMaximumNs());
        out.put("hold_total_ns", lock.holdTotalNs());
        out.put("hold_max_ns", lock.holdMaximumNs());
        ArrayNode irqls = out.putArray("irqls");
        lock.irqls().forEach(irqls::add);
        ArrayNode processors = out.putArray("cpus");
        lock.processors().forEach(processors::add);
        return out;
    }
}
