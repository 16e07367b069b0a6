package dev.dirql.kernel.memory;

import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Addresses of free blocks by their size. */
final class FreeBlocks {
    private final TreeMap<Long, TreeSet<Long>> bySize = new TreeMap<>();

    void add(PoolBlock block) {
        bySize.computeIfAbsent(block.size(), _ -> new TreeSet<>()).add(block.address());
    }

    void remove(PoolBlock block) {
        TreeSet<Long> equal = bySize.get(block.size());
        if (equal == null || !equal.remove(block.address())) {
            throw new IllegalStateException("0x%x is not free".formatted(block.address()));
        }
        if (equal.isEmpty()) {
            bySize.remove(block.size());
        }
    }

    /** The lowest block of the smallest size in a range, or 0 if there is none. */
    long find(long minimum, long maximum) {
        Map.Entry<Long, TreeSet<Long>> entry = bySize.ceilingEntry(minimum);
        return entry == null || entry.getKey() > maximum ? 0 : entry.getValue().first();
    }

    void clear() {
        bySize.clear();
    }
}
