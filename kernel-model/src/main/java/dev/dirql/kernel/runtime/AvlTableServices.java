package dev.dirql.kernel.runtime;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.Walk;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;

/**
 * Generic tables that are balanced trees; the driver compares, allocates and frees. The numbered
 * elements of RtlGetElementGenericTableAvl are in the order of the comparisons: the links hold no
 * other. Source: WDK, the page of each routine and RTL_AVL_TABLE:
 *
 * <pre>
 * +0x00  BalancedRoot          +0x20  OrderedPointer   +0x28  WhichOrderedElement
 * +0x2C  NumberGenericTableElements                    +0x30  DepthOfTree
 * +0x38  RestartKey            +0x40  DeleteCount      +0x48  CompareRoutine
 * +0x50  AllocateRoutine       +0x58  FreeRoutine      +0x60  TableContext
 * </pre>
 */
public final class AvlTableServices {
    private static final int BYTES = 0x68;
    private static final int COUNT = 0x2C;
    private static final int RESTART_KEY = 0x38;
    private static final int DELETE_COUNT = 0x40;
    private static final int COMPARE = 0x48;
    private static final int ALLOCATE = 0x50;
    private static final int FREE = 0x58;
    private static final int CONTEXT = 0x60;

    /** RTL_GENERIC_COMPARE_RESULTS. */
    private static final int LESS = 0;

    private static final int EQUAL = 2;

    /** TABLE_SEARCH_RESULT. */
    private static final int EMPTY_TREE = 0;

    private static final int FOUND_NODE = 1;
    private static final int INSERT_AS_LEFT = 2;
    private static final int INSERT_AS_RIGHT = 3;

    /** Why an element is sought. */
    enum Purpose {
        LOOKUP,
        LOOKUP_FULL,
        INSERT,
        DELETE
    }

    /**
     * The driver compares the element that is sought with that of a node.
     *
     * @param result1 where NewElement goes, or NodeOrParent
     * @param result2 where SearchResult goes
     */
    record AvlSearch(
            long table,
            long buffer,
            int size,
            long result1,
            long result2,
            long node,
            Purpose purpose)
            implements Pending {}

    /** The driver allocates a node. */
    record AvlAllocate(
            long table, long buffer, int size, long newElement, long parent, boolean left)
            implements Pending {}

    /** The driver frees a node that is in the tree no more. */
    record AvlFree() implements Pending {}

    @Ddi(value = "RtlInitializeGenericTableAvl", header = "ntddk.h", maximum = Irql.DISPATCH_LEVEL)
    void initialize(
            Processor processor, long table, long compare, long allocate, long free, long context) {
        ProcessorMemory memory = processor.memory();
        memory.probe(table, BYTES, true);
        for (int i = 0; i < BYTES; i += 8) {
            memory.store64(table + i, 0);
        }
        memory.store64(table, table);
        memory.store64(table + COMPARE, compare);
        memory.store64(table + ALLOCATE, allocate);
        memory.store64(table + FREE, free);
        memory.store64(table + CONTEXT, context);
    }

    @Ddi(value = "RtlLookupElementGenericTableAvl", header = "ntddk.h", maximum = Irql.APC_LEVEL)
    Outcome lookup(Processor processor, long table, long buffer) {
        return begin(processor, table, buffer, 0, 0, 0, Purpose.LOOKUP);
    }

    @Ddi(
            value = "RtlLookupElementGenericTableFullAvl",
            header = "ntddk.h",
            maximum = Irql.APC_LEVEL)
    Outcome lookupFull(
            Processor processor, long table, long buffer, long nodeOrParent, long result) {
        return begin(processor, table, buffer, 0, nodeOrParent, result, Purpose.LOOKUP_FULL);
    }

    @Ddi(value = "RtlInsertElementGenericTableAvl", header = "ntddk.h", maximum = Irql.APC_LEVEL)
    Outcome insert(Processor processor, long table, long buffer, int size, long newElement) {
        return begin(processor, table, buffer, size, newElement, 0, Purpose.INSERT);
    }

    /** At the place that a lookup has found. */
    @Ddi(
            value = "RtlInsertElementGenericTableFullAvl",
            header = "ntddk.h",
            maximum = Irql.APC_LEVEL)
    Outcome insertFull(
            Processor processor,
            long table,
            long buffer,
            int size,
            long newElement,
            long nodeOrParent,
            int result) {
        if (result == FOUND_NODE) {
            return present(processor, nodeOrParent, newElement);
        }
        long parent = result == EMPTY_TREE ? table : nodeOrParent;
        return allocate(
                processor,
                new AvlAllocate(table, buffer, size, newElement, parent, result == INSERT_AS_LEFT));
    }

    @Ddi(value = "RtlDeleteElementGenericTableAvl", header = "ntddk.h")
    Outcome delete(Processor processor, long table, long buffer) {
        return begin(processor, table, buffer, 0, 0, 0, Purpose.DELETE);
    }

    private static Outcome begin(
            Processor processor,
            long table,
            long buffer,
            int size,
            long result1,
            long result2,
            Purpose purpose) {
        long root = new AvlTree(processor.memory(), table).root();
        AvlSearch search = new AvlSearch(table, buffer, size, result1, result2, root, purpose);
        return root == 0
                ? absent(processor, search, table, EMPTY_TREE)
                : compare(processor, search);
    }

    private static Outcome compare(Processor processor, AvlSearch search) {
        return new Outcome.Call(
                processor.memory().load64(search.table + COMPARE),
                search,
                search.table,
                search.buffer,
                search.node + AvlTree.ELEMENT);
    }

    @Resumes
    Outcome compared(Processor processor, AvlSearch search, int result) {
        if (result == EQUAL) {
            return found(processor, search);
        }
        AvlTree tree = new AvlTree(processor.memory(), search.table);
        long child = result == LESS ? tree.left(search.node) : tree.right(search.node);
        if (child == 0) {
            int place = result == LESS ? INSERT_AS_LEFT : INSERT_AS_RIGHT;
            return absent(processor, search, search.node, place);
        }
        return compare(
                processor,
                new AvlSearch(
                        search.table,
                        search.buffer,
                        search.size,
                        search.result1,
                        search.result2,
                        child,
                        search.purpose));
    }

    private static Outcome found(Processor processor, AvlSearch search) {
        return switch (search.purpose) {
            case LOOKUP -> Outcome.of(search.node + AvlTree.ELEMENT);
            case LOOKUP_FULL -> {
                tell(processor, search, search.node, FOUND_NODE);
                yield Outcome.of(search.node + AvlTree.ELEMENT);
            }
            case INSERT -> present(processor, search.node, search.result1);
            case DELETE -> remove(processor, search.table, search.node);
        };
    }

    private static Outcome absent(Processor processor, AvlSearch search, long parent, int place) {
        return switch (search.purpose) {
            case LOOKUP, DELETE -> Outcome.done();
            case LOOKUP_FULL -> {
                tell(processor, search, place == EMPTY_TREE ? 0 : parent, place);
                yield Outcome.done();
            }
            case INSERT ->
                    allocate(
                            processor,
                            new AvlAllocate(
                                    search.table,
                                    search.buffer,
                                    search.size,
                                    search.result1,
                                    parent,
                                    place == INSERT_AS_LEFT));
        };
    }

    private static void tell(Processor processor, AvlSearch search, long node, int result) {
        ProcessorMemory memory = processor.memory();
        memory.probe(search.result2, 4, true);
        memory.store64(search.result1, node);
        memory.store32(search.result2, result);
    }

    private static Outcome present(Processor processor, long node, long newElement) {
        if (newElement != 0) {
            processor.memory().store8(newElement, 0);
        }
        return Outcome.of(node + AvlTree.ELEMENT);
    }

    private static Outcome allocate(Processor processor, AvlAllocate pending) {
        return new Outcome.Call(
                processor.memory().load64(pending.table + ALLOCATE),
                pending,
                pending.table,
                (pending.size + AvlTree.ELEMENT) & 0xFFFF_FFFFL);
    }

    @Resumes
    Outcome allocated(Processor processor, AvlAllocate pending, long node) {
        ProcessorMemory memory = processor.memory();
        if (pending.newElement != 0) {
            memory.probe(pending.newElement, 1, true);
        }
        if (node != 0) {
            byte[] element = memory.loadBytes(pending.buffer, pending.size);
            memory.probe(node, (long) AvlTree.ELEMENT + pending.size, true);
            memory.probe(pending.table, BYTES, true);
            AvlTree tree = new AvlTree(memory, pending.table);
            tree.insert(node, pending.parent, pending.left);
            tree.commit();
            memory.storeBytes(node + AvlTree.ELEMENT, element);
            memory.store32(pending.table + COUNT, memory.load32(pending.table + COUNT) + 1);
        }
        if (pending.newElement != 0) {
            memory.store8(pending.newElement, node == 0 ? 0 : 1);
        }
        return Outcome.of(node == 0 ? 0 : node + AvlTree.ELEMENT);
    }

    /** An enumeration that is under way goes on with the element after the one that is gone. */
    private static Outcome remove(Processor processor, long table, long node) {
        ProcessorMemory memory = processor.memory();
        memory.probe(table, BYTES, true);
        AvlTree tree = new AvlTree(memory, table);
        long previous = tree.previous(node);
        tree.remove(node);
        tree.commit();
        if (memory.load64(table + RESTART_KEY) == node) {
            memory.store64(table + RESTART_KEY, previous);
        }
        memory.store32(table + COUNT, memory.load32(table + COUNT) - 1);
        memory.store32(table + DELETE_COUNT, memory.load32(table + DELETE_COUNT) + 1);
        return new Outcome.Call(memory.load64(table + FREE), new AvlFree(), table, node);
    }

    @Resumes
    Outcome freed(Processor processor, AvlFree pending) {
        return Outcome.of(true);
    }

    @Ddi(value = "RtlEnumerateGenericTableAvl", header = "ntddk.h", maximum = Irql.APC_LEVEL)
    long enumerate(Processor processor, long table, boolean restart) {
        ProcessorMemory memory = processor.memory();
        long key = restart ? 0 : memory.load64(table + RESTART_KEY);
        return enumerate(memory, table, key, table + RESTART_KEY);
    }

    @Ddi(value = "RtlEnumerateGenericTableWithoutSplayingAvl", header = "ntddk.h")
    long enumerateFrom(Processor processor, long table, long restartKey) {
        ProcessorMemory memory = processor.memory();
        return enumerate(memory, table, memory.load64(restartKey), restartKey);
    }

    private static long enumerate(ProcessorMemory memory, long table, long key, long result) {
        AvlTree tree = new AvlTree(memory, table);
        long node = key == 0 ? tree.first() : tree.next(key);
        if (node == 0) {
            return 0;
        }
        memory.store64(result, node);
        return node + AvlTree.ELEMENT;
    }

    @Ddi(value = "RtlGetElementGenericTableAvl", header = "ntddk.h")
    long get(Processor processor, long table, int index) {
        AvlTree tree = new AvlTree(processor.memory(), table);
        long node = tree.first();
        Walk walk = new Walk(AvlTree.NODES);
        for (long i = index & 0xFFFF_FFFFL; i > 0 && node != 0; i--) {
            walk.at(node);
            node = tree.next(node);
        }
        return node == 0 ? 0 : node + AvlTree.ELEMENT;
    }

    @Ddi(value = "RtlNumberGenericTableElementsAvl", header = "ntddk.h", maximum = Irql.APC_LEVEL)
    int count(Processor processor, long table) {
        return (int) processor.memory().load32(table + COUNT);
    }

    @Ddi(value = "RtlIsGenericTableEmptyAvl", header = "ntddk.h", maximum = Irql.APC_LEVEL)
    boolean isEmpty(Processor processor, long table) {
        return count(processor, table) == 0;
    }
}
