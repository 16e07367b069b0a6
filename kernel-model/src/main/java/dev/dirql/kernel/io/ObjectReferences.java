package dev.dirql.kernel.io;

import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.TreeMap;

/** How often drivers refer to objects of the I/O manager, beyond what is open on them. */
public final class ObjectReferences implements StatePart {
    private final TreeMap<Long, Long> counts = new TreeMap<>();

    ObjectReferences() {}

    /** One more reference; says how many there are. */
    public long add(long object) {
        return counts.merge(object, 1L, Long::sum);
    }

    /** One reference less; says how many are left, or -1 if there was none. */
    public long remove(long object) {
        Long count = counts.get(object);
        if (count == null) {
            return -1;
        }
        if (count == 1) {
            counts.remove(object);
        } else {
            counts.put(object, count - 1);
        }
        return count - 1;
    }

    boolean isReferenced(long object) {
        return counts.containsKey(object);
    }

    @Override
    public void save(StateWriter out) {
        out.value(counts.size());
        counts.forEach((object, count) -> {
            out.value(object);
            out.value(count);
        });
    }

    @Override
    public void restore(StateReader in) {
        counts.clear();
        for (int i = in.intValue(); i > 0; i--) {
            long object = in.value();
            counts.put(object, in.value());
        }
    }
}
