package dev.dirql.kernel.runtime;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.runtime.BitMap.Run;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.machine.Processor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The Rtl routines on bits. Source: WDK, the page of each. */
public final class BitMapServices {
    private static final int NOT_FOUND = -1;
    private static final long MASK = 0xFFFF_FFFFL;

    @Ddi("RtlInitializeBitMap")
    void initialize(Processor processor, BitMap map, long buffer, int bits) {
        processor.memory().probe(map.address(), BitMap.BYTES, true);
        map.initialize(buffer, bits);
    }

    @Ddi(value = "RtlSetBit", maximum = Irql.APC_LEVEL)
    void set(Processor processor, BitMap map, int bit) {
        map.set(bit & MASK, true);
    }

    @Ddi(value = "RtlClearBit", maximum = Irql.APC_LEVEL)
    void clear(Processor processor, BitMap map, int bit) {
        map.set(bit & MASK, false);
    }

    @Ddi(value = "RtlTestBit", maximum = Irql.APC_LEVEL)
    boolean test(Processor processor, BitMap map, int bit) {
        return map.isSet(bit & MASK);
    }

    @Ddi(value = "RtlSetBits", maximum = Irql.APC_LEVEL)
    void setSome(Processor processor, BitMap map, int start, int count) {
        map.set(start & MASK, count & MASK, true);
    }

    @Ddi(value = "RtlClearBits", maximum = Irql.APC_LEVEL)
    void clearSome(Processor processor, BitMap map, int start, int count) {
        map.set(start & MASK, count & MASK, false);
    }

    /** Whole words change, also beyond the last bit. */
    @Ddi(value = "RtlSetAllBits", maximum = Irql.APC_LEVEL)
    void setAll(Processor processor, BitMap map) {
        map.set(0, words(map), true);
    }

    @Ddi(value = "RtlClearAllBits", maximum = Irql.APC_LEVEL)
    void clearAll(Processor processor, BitMap map) {
        map.set(0, words(map), false);
    }

    private static long words(BitMap map) {
        return (map.size() + 31) & -32;
    }

    @Ddi(value = "RtlAreBitsSet", maximum = Irql.APC_LEVEL)
    boolean areSet(Processor processor, BitMap map, int start, int count) {
        return are(map, start & MASK, count & MASK, true);
    }

    @Ddi(value = "RtlAreBitsClear", maximum = Irql.APC_LEVEL)
    boolean areClear(Processor processor, BitMap map, int start, int count) {
        return are(map, start & MASK, count & MASK, false);
    }

    /** No bits, and bits that there are not, are neither set nor clear. */
    private static boolean are(BitMap map, long start, long count, boolean value) {
        return count != 0 && start + count <= map.size() && map.isAll(start, count, value);
    }

    @Ddi(value = "RtlNumberOfSetBits", maximum = Irql.APC_LEVEL)
    int countSet(Processor processor, BitMap map) {
        return (int) map.count(true);
    }

    @Ddi(value = "RtlNumberOfClearBits", maximum = Irql.APC_LEVEL)
    int countClear(Processor processor, BitMap map) {
        return (int) map.count(false);
    }

    @Ddi(value = "RtlFindSetBits", maximum = Irql.APC_LEVEL)
    int findSet(Processor processor, BitMap map, int count, int hint) {
        return (int) map.find(count & MASK, hint & MASK, true);
    }

    @Ddi(value = "RtlFindClearBits", maximum = Irql.APC_LEVEL)
    int findClear(Processor processor, BitMap map, int count, int hint) {
        return (int) map.find(count & MASK, hint & MASK, false);
    }

    @Ddi(value = "RtlFindSetBitsAndClear", maximum = Irql.APC_LEVEL)
    int findSetAndClear(Processor processor, BitMap map, int count, int hint) {
        return findAndChange(map, count & MASK, hint & MASK, true);
    }

    @Ddi(value = "RtlFindClearBitsAndSet", maximum = Irql.APC_LEVEL)
    int findClearAndSet(Processor processor, BitMap map, int count, int hint) {
        return findAndChange(map, count & MASK, hint & MASK, false);
    }

    private static int findAndChange(BitMap map, long count, long hint, boolean value) {
        long found = map.find(count, hint, value);
        if (found < 0) {
            return NOT_FOUND;
        }
        map.set(found, count, !value);
        return (int) found;
    }

    @Ddi(value = "RtlFindFirstRunClear", maximum = Irql.APC_LEVEL)
    int firstClear(Processor processor, BitMap map, long start) {
        return told(processor, map.nextClear(0), start);
    }

    @Ddi(value = "RtlFindNextForwardRunClear", maximum = Irql.APC_LEVEL)
    int nextClear(Processor processor, BitMap map, int from, long start) {
        return told(processor, map.nextClear(from & MASK), start);
    }

    @Ddi(value = "RtlFindLastBackwardRunClear", maximum = Irql.APC_LEVEL)
    int previousClear(Processor processor, BitMap map, int from, long start) {
        return told(processor, map.previousClear(from & MASK), start);
    }

    @Ddi(value = "RtlFindLongestRunClear", maximum = Irql.APC_LEVEL)
    int longestClear(Processor processor, BitMap map, long start) {
        Run longest = Run.NONE;
        for (Run run : runs(map)) {
            if (run.length() > longest.length()) {
                longest = run;
            }
        }
        return told(processor, longest, start);
    }

    /** Pairs of start and length. */
    @Ddi(value = "RtlFindClearRuns", maximum = Irql.APC_LEVEL)
    int clearRuns(Processor processor, BitMap map, long array, int size, boolean longest) {
        List<Run> runs = runs(map);
        if (longest) {
            runs.sort(Comparator.comparingLong(Run::length).reversed());
        }
        int count = (int) Math.min(size & MASK, runs.size());
        processor.memory().probe(array, 8L * count, true);
        for (int i = 0; i < count; i++) {
            processor.memory().store32(array + 8L * i, runs.get(i).start());
            processor.memory().store32(array + 8L * i + 4, runs.get(i).length());
        }
        return count;
    }

    private static List<Run> runs(BitMap map) {
        List<Run> runs = new ArrayList<>();
        for (Run run = map.nextClear(0);
                run != Run.NONE;
                run = map.nextClear(run.start() + run.length())) {
            runs.add(run);
        }
        return runs;
    }

    private static int told(Processor processor, Run run, long start) {
        processor.memory().store32(start, run.start());
        return (int) run.length();
    }

    @Ddi("RtlFindMostSignificantBit")
    int mostSignificant(Processor processor, long set) {
        return set == 0 ? NOT_FOUND : 63 - Long.numberOfLeadingZeros(set);
    }

    @Ddi("RtlFindLeastSignificantBit")
    int leastSignificant(Processor processor, long set) {
        return set == 0 ? NOT_FOUND : Long.numberOfTrailingZeros(set);
    }

    @Ddi("RtlNumberOfSetBitsUlongPtr")
    int countSet(Processor processor, long set) {
        return Long.bitCount(set);
    }
}
