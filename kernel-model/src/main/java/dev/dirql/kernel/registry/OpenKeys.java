package dev.dirql.kernel.registry;

import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.objects.KernelObjects;
import dev.dirql.kernel.objects.ObjectType;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The key objects: each stands for a key that was opened once. Drivers know them by handles only.
 */
final class OpenKeys implements StatePart {
    private static final int BYTES = 0x10;
    private static final int TAG = 'C' | 'M' << 8 | 'k' << 16 | 'b' << 24;

    private record Open(String path, long number) {}

    private final Registry registry;
    private final KernelObjects objects;
    private final Pool pool;
    private TreeMap<Long, Open> open = new TreeMap<>();

    OpenKeys(Registry registry, KernelObjects objects, Pool pool) {
        this.registry = registry;
        this.objects = objects;
        this.pool = pool;
        objects.onUnreferenced((processor, object, caller) -> {
            if (open.remove(object) != null) {
                pool.free(processor, object, caller);
            }
        });
    }

    /** A new object for a key, referenced once, or 0 without memory. */
    long open(RegistryKey key) {
        long object = pool.allocate(PoolKind.NONPAGED, BYTES, TAG);
        if (object != 0) {
            open.put(object, new Open(key.path(), key.number()));
            objects.add(object, ObjectType.OTHER);
        }
        return object;
    }

    boolean isKey(long object) {
        return open.containsKey(object);
    }

    /** The key that an object stands for, null if it was deleted. */
    @Nullable RegistryKey key(long object) {
        Open known = open.get(object);
        RegistryKey key = known == null ? null : registry.find(known.path);
        return key == null || known == null || key.number() != known.number ? null : key;
    }

    @Override
    public void save(StateWriter out) {
        out.value(open.size());
        open.forEach((object, key) -> {
            out.value(object);
            out.value(key.number);
        });
        out.reference(new TreeMap<>(open));
    }

    @Override
    @SuppressWarnings("unchecked")
    public void restore(StateReader in) {
        for (int i = in.intValue(); i > 0; i--) {
            in.value();
            in.value();
        }
        open = new TreeMap<>((TreeMap<Long, Open>) in.reference(TreeMap.class));
    }
}
