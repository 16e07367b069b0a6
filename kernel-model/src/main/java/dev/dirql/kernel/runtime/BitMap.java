package dev.dirql.kernel.runtime;

import dev.dirql.kernel.structures.Layout;
import dev.dirql.kernel.structures.Offset;
import dev.dirql.machine.GuestMemory;

/**
 * RTL_BITMAP. The bits of the buffer are numbered from the lowest of the first 32-bit word.
 *
 * <pre>
 * +0x000  SizeOfBitMap, in bits
 * +0x008  Buffer
 * </pre>
 */
@Layout(name = "RTL_BITMAP", size = BitMap.BYTES)
record BitMap(GuestMemory memory, long address) {
    static final int BYTES = 0x10;

    @Offset("SizeOfBitMap")
    private static final int SIZE = 0x0;

    @Offset("Buffer")
    private static final int BUFFER = 0x8;

    /** Bits from a first one on. */
    record Run(long start, long length) {
        static final Run NONE = new Run(0, 0);
    }

    void initialize(long buffer, int bits) {
        memory.store32(address + SIZE, bits);
        memory.store64(address + BUFFER, buffer);
    }

    long size() {
        return memory.load32(address + SIZE);
    }

    private long byteOf(long bit) {
        return memory.load64(address + BUFFER) + (bit >>> 3);
    }

    boolean isSet(long bit) {
        return (memory.load8(byteOf(bit)) >>> (bit & 7) & 1) != 0;
    }

    void set(long bit, boolean value) {
        long at = byteOf(bit);
        long mask = 1L << (bit & 7);
        long old = memory.load8(at);
        memory.store8(at, value ? old | mask : old & ~mask);
    }

    /** Changes some bits, all of them or none. */
    void set(long start, long count, boolean value) {
        long last = count == 0 ? start : start + count - 1;
        memory.store8(byteOf(start), memory.load8(byteOf(start)));
        memory.store8(byteOf(last), memory.load8(byteOf(last)));
        for (long bit = start; bit < start + count; bit++) {
            set(bit, value);
        }
    }

    boolean isAll(long start, long count, boolean value) {
        for (long bit = start; bit < start + count; bit++) {
            if (isSet(bit) != value) {
                return false;
            }
        }
        return true;
    }

    long count(boolean value) {
        long count = 0;
        for (long bit = 0; bit < size(); bit++) {
            count += isSet(bit) == value ? 1 : 0;
        }
        return count;
    }

    /** The next clear run that begins at a bit or after it, or {@link Run#NONE}. */
    Run nextClear(long from) {
        return next(from, size(), false);
    }

    private Run next(long from, long end, boolean value) {
        long start = from;
        while (start < end && isSet(start) != value) {
            start++;
        }
        long after = start;
        while (after < end && isSet(after) == value) {
            after++;
        }
        return after > start ? new Run(start, after - start) : Run.NONE;
    }

    /** The last clear run that ends at a bit or before it. */
    Run previousClear(long from) {
        long end = Math.min(from, size() - 1);
        while (end >= 0 && isSet(end)) {
            end--;
        }
        long start = end;
        while (start >= 0 && !isSet(start)) {
            start--;
        }
        return end >= 0 ? new Run(start + 1, end - start) : Run.NONE;
    }

    /** Where so many equal bits begin: from a hint on, else from the beginning; -1 if nowhere. */
    long find(long count, long hint, boolean value) {
        long first = hint < size() ? hint : 0;
        if (count == 0) {
            return first & -8;
        }
        long found = findFrom(first, size(), count, value);
        return found >= 0 || first == 0
                ? found
                : findFrom(0, Math.min(size(), first + count - 1), count, value);
    }

    private long findFrom(long from, long end, long count, boolean value) {
        for (Run run = next(from, end, value);
                run != Run.NONE;
                run = next(run.start + run.length, end, value)) {
            if (run.length >= count) {
                return run.start;
            }
        }
        return -1;
    }
}
