package dev.dirql.kernel.runtime;

import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;

/**
 * Copies, fills and compares memory. A step handles a cache line: other processors, and interrupts,
 * may come between.
 */
public final class MemoryRoutines {
    private static final int CHUNK = 64;

    /** Bytes that are left to copy, upwards or downwards. */
    record CopyMemory(long to, long from, long left, boolean down, long result)
            implements Pending {}

    record FillMemory(long to, long left, int value, long result) implements Pending {}

    /** Bytes that were equal so far. */
    record CompareMemory(long a, long b, long length, long equal, boolean count)
            implements Pending {}

    @Ddi("memcpy")
    Outcome copy(Processor processor, long to, long from, long length) {
        return move(processor, to, from, length);
    }

    @Ddi("memmove")
    Outcome move(Processor processor, long to, long from, long length) {
        boolean down = Long.compareUnsigned(to - from, length) < 0;
        return copyMemory(processor, new CopyMemory(to, from, length, down, to));
    }

    @Ddi("RtlCopyMemory")
    Outcome copyMemory(Processor processor, long to, long from, long length) {
        return move(processor, to, from, length);
    }

    @Ddi("RtlMoveMemory")
    Outcome moveMemory(Processor processor, long to, long from, long length) {
        return move(processor, to, from, length);
    }

    @Resumes
    Outcome copyMemory(Processor processor, CopyMemory pending) {
        ProcessorMemory memory = processor.memory();
        long left = pending.left;
        int count = (int) Math.min(CHUNK, left < 0 ? CHUNK : left);
        if (count == 0) {
            return Outcome.of(pending.result);
        }
        long offset = pending.down ? left - count : 0;
        memory.probe(pending.to + offset, count, true);
        byte[] bytes = memory.loadBytes(pending.from + offset, count);
        memory.storeBytes(pending.to + offset, bytes);
        if (count == left) {
            return Outcome.of(pending.result);
        }
        return new Outcome.Then(
                pending.down
                        ? new CopyMemory(
                                pending.to, pending.from, left - count, true, pending.result)
                        : new CopyMemory(
                                pending.to + count,
                                pending.from + count,
                                left - count,
                                false,
                                pending.result));
    }

    @Ddi("memset")
    Outcome set(Processor processor, long to, int value, long length) {
        return fill(processor, new FillMemory(to, length, value & 0xFF, to));
    }

    @Ddi("RtlFillMemory")
    Outcome fillMemory(Processor processor, long to, long length, int value) {
        return set(processor, to, value, length);
    }

    @Ddi("RtlZeroMemory")
    Outcome zeroMemory(Processor processor, long to, long length) {
        return set(processor, to, 0, length);
    }

    @Resumes
    Outcome fill(Processor processor, FillMemory pending) {
        ProcessorMemory memory = processor.memory();
        long left = pending.left;
        int count = (int) Math.min(CHUNK, left < 0 ? CHUNK : left);
        memory.probe(pending.to, count, true);
        for (int i = 0; i < count; i++) {
            memory.store8(pending.to + i, pending.value);
        }
        return count == left
                ? Outcome.of(pending.result)
                : new Outcome.Then(
                        new FillMemory(
                                pending.to + count, left - count, pending.value, pending.result));
    }

    @Ddi("memcmp")
    Outcome compare(Processor processor, long a, long b, long length) {
        return compareMemory(processor, new CompareMemory(a, b, length, 0, false));
    }

    @Ddi("RtlCompareMemory")
    Outcome compareMemory(Processor processor, long a, long b, long length) {
        return compareMemory(processor, new CompareMemory(a, b, length, 0, true));
    }

    @Resumes
    Outcome compareMemory(Processor processor, CompareMemory pending) {
        ProcessorMemory memory = processor.memory();
        long left = pending.length - pending.equal;
        int count = (int) Math.min(CHUNK, left < 0 ? CHUNK : left);
        for (int i = 0; i < count; i++) {
            long x = memory.load8(pending.a + pending.equal + i);
            long y = memory.load8(pending.b + pending.equal + i);
            if (x != y) {
                return pending.count
                        ? Outcome.of(pending.equal + i)
                        : Outcome.of(Long.compare(x, y));
            }
        }
        if (count == left) {
            return pending.count ? Outcome.of(pending.length) : Outcome.done();
        }
        return new Outcome.Then(
                new CompareMemory(
                        pending.a,
                        pending.b,
                        pending.length,
                        pending.equal + count,
                        pending.count));
    }

    /** Bytes that were equal to the pattern; a part of four bytes does not count. */
    @Ddi(value = "RtlCompareMemoryUlong", header = "ntifs.h")
    long compareWithPattern(Processor processor, long source, long length, int pattern) {
        long equal = 0;
        while (equal + 4 <= length && (int) processor.memory().load32(source + equal) == pattern) {
            equal += 4;
        }
        return equal;
    }

    /** Cache contents are not modelled: nothing happens. */
    @Ddi("RtlPrefetchMemoryNonTemporal")
    void prefetch(Processor processor, long source, long length) {}
}
