package dev.dirql.kernel.memory;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelMemory;
import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.kernel.io.DriverUnloading.Leftover;
import dev.dirql.kernel.locks.SListWatch;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.structures.GeneralLookaside;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.kernel.structures.SListHeader;
import dev.dirql.kernel.threads.Clock.PeriodicWork;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Machine;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All lookaside lists of the system: those in use, which are linked together in guest memory and
 * whose depth follows the demand, and those that were deleted and may not be used. Source: WDK,
 * "Using Lookaside Lists", "Miscellaneous Checks", and "Bug check 0xC4", 0xCA to 0xCD.
 */
public final class LookasideLists implements StatePart, SListWatch, PeriodicWork {
    /** How many entries a list holds at first, and at least. WDK, {@code !lookaside}. */
    static final int DEPTH_MINIMUM = 4;

    /** EX_MAXIMUM_LOOKASIDE_DEPTH_BASE, wdm.h. */
    static final int DEPTH_MAXIMUM = 256;

    private static final long SECOND_NS = 1_000_000_000;

    /** Of so many allocations one may find the list empty. */
    private static final int HITS_PER_MISS = 100;

    private static final int LONGEST_LIST = 0xFFFF;

    private final Machine machine;
    private final KernelMemory memory;
    private final Rules rules;

    /**
     * A list in use.
     *
     * @param creator the code that initialized it
     * @param pageable whether it is a PAGED_LOOKASIDE_LIST
     */
    private record Use(long creator, boolean pageable) {}

    /** Lists in use by their addresses. */
    private final TreeMap<Long, Use> active = new TreeMap<>();

    /** Lists that were deleted, and whose memory was not used otherwise since. */
    private final TreeSet<Long> deleted = new TreeSet<>();

    /** Heads of the linked lists of all nonpaged and of all paged ones, 0 before there is one. */
    private final long[] heads = new long[2];

    private long adjustedNs;

    public LookasideLists(Machine machine, KernelMemory memory, Rules rules) {
        this.machine = machine;
        this.memory = memory;
        this.rules = rules;
    }

    /** Whether a list was initialized and not deleted. */
    boolean isActive(long list) {
        return active.containsKey(list);
    }

    /**
     * A list is in use from now on.
     *
     * @param paged whether its entries are in paged pool
     * @param pageable whether it is a PAGED_LOOKASIDE_LIST
     * @param caller the code that initialized it
     */
    void add(
            Processor processor,
            GeneralLookaside list,
            boolean paged,
            boolean pageable,
            long caller) {
        head(processor.memory(), paged ? 1 : 0).insertBefore(list.listEntry());
        active.put(list.address(), new Use(caller, pageable));
        deleted.remove(list.address());
        int flags = processor.memory().pageFlags(list.address());
        if ((flags & (PageFlags.PAGEABLE | PageFlags.LOCKED)) == PageFlags.PAGEABLE) {
            tell(
                    processor,
                    "LookasideListInPageableStorage",
                    "",
                    "the lookaside list at 0x%x is in pageable memory".formatted(list.address()),
                    Verifier.NONE,
                    caller);
        }
    }

    private ListEntry head(GuestMemory guest, int kind) {
        if (heads[kind] == 0) {
            heads[kind] = memory.allocateObject(ListEntry.BYTES);
            new ListEntry(guest, heads[kind]).initializeHead();
        }
        return new ListEntry(guest, heads[kind]);
    }

    /** A list is not in use any more. */
    void remove(GeneralLookaside list) {
        list.listEntry().remove();
        active.remove(list.address());
        deleted.add(list.address());
    }

    // ---- what drivers do with them ----

    @Override
    public void initializes(long header) {
        deleted.remove(header);
    }

    @Override
    public void pushes(Processor processor, long header, long entry, long caller) {
        if (isDeleted(processor, header, "freed to", caller) || !active.containsKey(header)) {
            return;
        }
        checkIrql(processor, header, "freed to", caller);
        if (machine.hasEnded()) {
            return;
        }
        long at = new SListHeader(processor.memory(), header).first();
        for (int i = 0; at != 0 && i < LONGEST_LIST; i++) {
            if (at == entry) {
                tell(
                        processor,
                        "LookasideEntryFreedTwice",
                        "",
                        "the entry at 0x%x is freed, and the lookaside list at 0x%x holds it"
                                .formatted(entry, header),
                        Verifier.NONE,
                        caller);
                return;
            }
            OptionalLong next = machine.peek(machine.kernelSpace(), at, Long.BYTES);
            at = next.orElse(0);
        }
    }

    @Override
    public void pops(Processor processor, long header, long caller) {
        isDeleted(processor, header, "allocated from", caller);
        checkIrql(processor, header, "allocated from", caller);
    }

    /** The routines are inline: only what they do shows that they are called. */
    private void checkIrql(Processor processor, long list, String what, long caller) {
        Use use = active.get(list);
        if (use != null && use.pageable && processor.irql() > Irql.APC_LEVEL) {
            tell(
                    processor,
                    "IrqlExApcLte2",
                    "20006",
                    "the paged lookaside list at 0x%x is %s at %s, above APC_LEVEL"
                            .formatted(list, what, Irql.name(processor.irql())),
                    Verifier.detected(0x20006, processor.irql(), list, 0),
                    caller);
        }
    }

    private boolean isDeleted(Processor processor, long list, String what, long caller) {
        boolean isDeleted = deleted.contains(list);
        if (isDeleted) {
            tell(
                    processor,
                    "LookasideListNotInitialized",
                    "",
                    "the lookaside list at 0x%x is %s, and was deleted".formatted(list, what),
                    Verifier.NONE,
                    caller);
        }
        return isDeleted;
    }

    /**
     * Memory is about to be freed, and with it the lists that it contains. With the verifier on
     * this may end the run.
     *
     * @param what the memory in words
     */
    public void goes(Processor processor, String what, long start, long size, long caller) {
        deleted.subSet(start, start + size).clear();
        for (long list : List.copyOf(active.subMap(start, start + size).keySet())) {
            tell(
                    processor,
                    "LookasideListFreed",
                    "CC",
                    "the lookaside list at 0x%x, which is not deleted, is in %s"
                            .formatted(list, what),
                    Verifier.detected(0xCC, list, start, size),
                    caller);
            if (machine.ended() != null) {
                return;
            }
            active.remove(list);
        }
    }

    /** The lists that a driver initialized or has in its data, and did not delete. */
    public List<Leftover> leftovers(LoadedImage image) {
        List<Leftover> left = new ArrayList<>();
        active.forEach((list, use) -> {
            if (image.contains(use.creator) || image.contains(list)) {
                left.add(
                        new Leftover(
                                "LookasideListNotDeleted",
                                "the lookaside list 0x%x".formatted(list)));
            }
        });
        return left;
    }

    void tell(
            Processor processor,
            String rule,
            String id,
            String message,
            Verifier verifier,
            long caller) {
        rules.broken(processor, Violation.error(rule, id, message, verifier), caller);
    }

    // ---- how many entries they hold ----

    @Override
    public boolean isDue(long nowNs) {
        return !active.isEmpty() && nowNs - adjustedNs >= SECOND_NS;
    }

    /**
     * Lets more entries stay in a list that was found empty too often since the last time, and
     * fewer in one that is little used. By how much is documented nowhere: here it is twice as
     * many, and one fewer.
     */
    @Override
    public void run(Processor processor, long nowNs) {
        adjustedNs = nowNs;
        for (long address : active.keySet()) {
            GeneralLookaside list = new GeneralLookaside(processor.memory(), address);
            int allocates = list.totalAllocates() - list.lastTotalAllocates();
            int misses = list.allocateMisses() - list.lastAllocateMisses();
            list.keepCounts();
            if (misses > 0 && misses >= allocates / HITS_PER_MISS) {
                list.setDepth(Math.min(2 * list.depth(), list.maximumDepth()));
            } else {
                list.setDepth(Math.max(list.depth() - 1, DEPTH_MINIMUM));
            }
        }
    }

    @Override
    public void save(StateWriter out) {
        out.value(active.size());
        active.forEach((list, use) -> {
            out.value(list);
            out.value(use.creator);
            out.value(use.pageable);
        });
        out.value(deleted.size());
        deleted.forEach(out::value);
        out.values(heads);
        out.time(adjustedNs);
    }

    @Override
    public void restore(StateReader in) {
        active.clear();
        for (int i = in.intValue(); i > 0; i--) {
            long list = in.value();
            active.put(list, new Use(in.value(), in.booleanValue()));
        }
        deleted.clear();
        for (int i = in.intValue(); i > 0; i--) {
            deleted.add(in.value());
        }
        in.values(heads);
        adjustedNs = in.time();
    }
}
