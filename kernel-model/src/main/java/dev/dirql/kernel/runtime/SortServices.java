package dev.dirql.kernel.runtime;

import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;

/**
 * qsort and bsearch, which call the driver to compare. Which elements are compared, and how often,
 * is nowhere documented: here a heap is sorted, in place and with few steps in the worst case.
 */
public final class SortServices {
    /** What a comparison of a sort decides. */
    enum Compared {
        /** Which child of the root is the greater one. */
        CHILDREN,
        /** Whether the left child is to go up. */
        LEFT,
        /** Whether the right child is. */
        RIGHT
    }

    /**
     * The driver compares two elements of a heap.
     *
     * @param heaped elements from which on everything below is in the order of a heap
     * @param end elements of the heap; those after it are sorted
     * @param root whose place is sought
     */
    record SortElements(
            long base,
            long count,
            long width,
            long routine,
            long heaped,
            long end,
            long root,
            Compared compared)
            implements Pending {
        private long address(long index) {
            return base + index * width;
        }

        private SortElements with(long newHeaped, long newEnd, long newRoot, Compared newCompared) {
            return new SortElements(
                    base, count, width, routine, newHeaped, newEnd, newRoot, newCompared);
        }

        private Outcome.Call compare(long a, long b) {
            return new Outcome.Call(routine, this, address(a), address(b));
        }
    }

    /** The driver compares a key with the element in the middle. */
    record SearchElements(long key, long base, long count, long width, long routine)
            implements Pending {}

    @Ddi(value = "qsort", header = "stdlib.h")
    Outcome sort(Processor processor, long base, long count, long width, long routine) {
        if (Long.compareUnsigned(count, 2) < 0 || width == 0) {
            return Outcome.done();
        }
        processor.memory().probe(base, count * width, true);
        long middle = count / 2;
        SortElements first =
                new SortElements(base, count, width, routine, middle, count, 0, Compared.CHILDREN);
        return nextRoot(processor, first);
    }

    @Resumes
    Outcome sortElements(Processor processor, SortElements sort, int result) {
        processor.memory().probe(sort.base, sort.count * sort.width, true);
        long left = 2 * sort.root + 1;
        return switch (sort.compared) {
            case CHILDREN -> {
                boolean isLeft = result >= 0;
                yield sort.with(
                                sort.heaped,
                                sort.end,
                                sort.root,
                                isLeft ? Compared.LEFT : Compared.RIGHT)
                        .compare(sort.root, isLeft ? left : left + 1);
            }
            case LEFT -> placed(processor, sort, left, result);
            case RIGHT -> placed(processor, sort, left + 1, result);
        };
    }

    private static Outcome placed(Processor processor, SortElements sort, long child, int result) {
        if (result >= 0) {
            return nextRoot(processor, sort);
        }
        swap(processor, sort, sort.root, child);
        return sift(processor, sort.with(sort.heaped, sort.end, child, Compared.CHILDREN));
    }

    /** Makes the heap larger until all is one, then takes its greatest element away. */
    private static Outcome nextRoot(Processor processor, SortElements sort) {
        if (sort.heaped > 0) {
            long root = sort.heaped - 1;
            return sift(processor, sort.with(root, sort.end, root, Compared.CHILDREN));
        }
        long end = sort.end - 1;
        if (end == 0) {
            return Outcome.done();
        }
        swap(processor, sort, 0, end);
        return sift(processor, sort.with(0, end, 0, Compared.CHILDREN));
    }

    private static Outcome sift(Processor processor, SortElements sort) {
        long left = 2 * sort.root + 1;
        if (left >= sort.end) {
            return sort.heaped == 0 && sort.end == 1 ? Outcome.done() : nextRoot(processor, sort);
        }
        return left + 1 < sort.end
                ? sort.compare(left, left + 1)
                : sort.with(sort.heaped, sort.end, sort.root, Compared.LEFT)
                        .compare(sort.root, left);
    }

    private static void swap(Processor processor, SortElements sort, long a, long b) {
        ProcessorMemory memory = processor.memory();
        int width = (int) sort.width;
        byte[] first = memory.loadBytes(sort.address(a), width);
        byte[] second = memory.loadBytes(sort.address(b), width);
        memory.storeBytes(sort.address(a), second);
        memory.storeBytes(sort.address(b), first);
    }

    @Ddi(value = "bsearch", header = "stdlib.h")
    Outcome search(Processor processor, long key, long base, long count, long width, long routine) {
        return search(new SearchElements(key, base, count, width, routine));
    }

    private static Outcome search(SearchElements search) {
        if (search.count == 0) {
            return Outcome.done();
        }
        long middle = search.base + search.count / 2 * search.width;
        return new Outcome.Call(search.routine, search, search.key, middle);
    }

    @Resumes
    Outcome searchElements(Processor processor, SearchElements search, int result) {
        long half = search.count / 2;
        long middle = search.base + half * search.width;
        if (result == 0) {
            return Outcome.of(middle);
        }
        return search(
                result < 0
                        ? new SearchElements(
                                search.key, search.base, half, search.width, search.routine)
                        : new SearchElements(
                                search.key,
                                middle + search.width,
                                search.count - half - 1,
                                search.width,
                                search.routine));
    }
}
