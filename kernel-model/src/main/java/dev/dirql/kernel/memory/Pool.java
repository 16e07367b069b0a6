package dev.dirql.kernel.memory;

import dev.dirql.events.DecisionKind;
import dev.dirql.events.Event;
import dev.dirql.kernel.Crash;
import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.kernel.structures.PoolHeader;
import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.Machine;
import dev.dirql.machine.PhysicalMemory;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The pools. The kernel itself allocates with {@link #allocate}, drivers with {@link
 * #allocateForDriver}, which may fail by decision and is told as an event.
 */
public final class Pool implements StatePart {
    private static final int DISPATCH_LEVEL = 2;
    private static final int BAD_POOL_HEADER = 0x19;
    private static final int BAD_POOL_CALLER = 0xC2;

    /** Told of every block that is freed, before its contents go. */
    @FunctionalInterface
    public interface FreeListener {
        /**
         * @param physical physical address of a part of the block that has adjacent frames
         * @param size its bytes
         */
        void freed(long physical, long size);
    }

    /** Told of every block that a driver is about to free. */
    @FunctionalInterface
    public interface DriverFreeListener {
        /** May end the run; then the block stays. */
        void freeing(Processor processor, long address, long caller);
    }

    /** Told of every block that a driver, or the kernel for one, is about to free. */
    @FunctionalInterface
    public interface FreeCheck {
        /** May end the run; then the block stays. */
        void freeing(Processor processor, long address, long size, long caller);
    }

    private final Machine machine;
    private final Crash crash;
    private final Map<PoolKind, PoolArena> arenas = new EnumMap<>(PoolKind.class);
    private FreeListener listener = (_, _) -> {};

    private DriverFreeListener driverListener = (_, _, _) -> {};

    private FreeCheck check = (_, _, _, _) -> {};

    /**
     * An allocation that will fail.
     *
     * @param left how many more are asked for until then, itself included
     * @param size bytes of the image whose allocations count, 0 for all drivers'
     */
    private record Failure(long left, long base, long size) {
        boolean counts(long caller) {
            return size == 0 || Long.compareUnsigned(caller - base, size) < 0;
        }
    }

    private final List<Failure> failing = new ArrayList<>();

    public Pool(Machine machine, Crash crash) {
        this.machine = machine;
        this.crash = crash;
        for (PoolKind kind : PoolKind.values()) {
            arenas.put(kind, new PoolArena(machine, kind));
        }
    }

    public void onFree(FreeListener newListener) {
        listener = newListener;
    }

    public void onDriverFree(DriverFreeListener newListener) {
        driverListener = newListener;
    }

    public void onFreeing(FreeCheck newCheck) {
        check = newCheck;
    }

    /**
     * Makes an allocation by a driver fail.
     *
     * @param ordinal which one, counted from 1 from now on
     */
    public void failAllocation(long ordinal) {
        failing.add(new Failure(ordinal, 0, 0));
    }

    /** As {@link #failAllocation(long)}, counting only what the code of an image asks for. */
    public void failAllocation(long ordinal, LoadedImage image) {
        failing.add(new Failure(ordinal, image.base(), image.image().size()));
    }

    /**
     * Whether an allocation that a driver asks for fails, by what was announced or by decision.
     *
     * @param caller the code that asks
     */
    public boolean fails(Processor processor, int tag, long caller) {
        boolean fails = false;
        for (int i = failing.size() - 1; i >= 0; i--) {
            Failure failure = failing.get(i);
            if (failure.counts(caller)) {
                fails |= failure.left == 1;
                if (failure.left == 1) {
                    failing.remove(i);
                } else {
                    failing.set(i, new Failure(failure.left - 1, failure.base, failure.size));
                }
            }
        }
        return fails
                || machine.decide(
                                DecisionKind.ALLOCATION_FAILURE,
                                processor.number(),
                                2,
                                tag & 0xFFFF_FFFFL)
                        != 0;
    }

    /** The blocks that the code of an image allocated and that are not freed. */
    public List<PoolBlock> allocatedBy(LoadedImage image) {
        List<PoolBlock> found = new ArrayList<>();
        for (PoolArena arena : arenas.values()) {
            for (PoolBlock block : arena.blocks()) {
                if (!block.isFree() && image.contains(block.allocator())) {
                    found.add(block);
                }
            }
        }
        return found;
    }

    private PoolArena arena(PoolKind kind) {
        PoolArena arena = arenas.get(kind);
        if (arena == null) {
            throw new IllegalStateException("no pool " + kind);
        }
        return arena;
    }

    /**
     * Allocates for the kernel itself, zeroed.
     *
     * @return the address, or 0 if there is no memory
     */
    public long allocate(PoolKind kind, long bytes, int tag) {
        return arena(kind).allocate(bytes, 16, tag, 0, true);
    }

    /**
     * Allocates for a driver. No bytes are one byte, as in retail NT.
     *
     * @param alignment of the address: 16 or more, a power of 2
     * @param zeroed whether the memory is zero, or a pattern that shows it was not initialised
     * @return the address, or 0 if there is no memory or the allocation fails by decision
     */
    public long allocateForDriver(
            Processor processor,
            PoolKind kind,
            long bytes,
            int alignment,
            int tag,
            boolean zeroed,
            long caller) {
        if (fails(processor, tag, caller)) {
            return 0;
        }
        long address =
                bytes < 0 || bytes > KernelLayout.POOL_SIZE
                        ? 0
                        : arena(kind).allocate(bytes, alignment, tag, caller, zeroed);
        if (address != 0) {
            machine.emit(
                    processor, new Event.PoolAllocated(address, bytes, tag, kind.text(), caller));
        }
        return address;
    }

    /** Writes what the kernel has to say into a block that it has just allocated for a driver. */
    public void store(long address, byte[] bytes) {
        PoolKind kind = kindOf(address);
        if (kind == null) {
            throw new IllegalStateException("0x%x is in no pool".formatted(address));
        }
        arena(kind).store(address, bytes);
    }

    /** The pool that an address lies in, or null. */
    public @Nullable PoolKind kindOf(long address) {
        for (PoolKind kind : PoolKind.values()) {
            if (arena(kind).contains(address)) {
                return kind;
            }
        }
        return null;
    }

    /** The block, allocated or free, that holds an address, or null. */
    public @Nullable PoolBlock find(long address) {
        PoolKind kind = kindOf(address);
        return kind == null ? null : arena(kind).find(address);
    }

    /**
     * Frees what the kernel itself allocated, or bug-checks as for a driver: one may have freed or
     * lost it in between.
     *
     * @param caller the code that is to blame if it is not allocated any more
     */
    public void free(Processor processor, long address, long caller) {
        PoolKind kind = kindOf(address);
        if (kind == null) {
            bad(caller, processor, 0x42, address, 0, 0);
            return;
        }
        PoolBlock block = find(address);
        if (block == null || block.isFree() || block.data() != address) {
            notAllocated(caller, processor, kind, block, address);
            return;
        }
        check.freeing(processor, address, block.requested(), caller);
        if (machine.ended() == null) {
            release(arena(kind), block);
        }
    }

    private void release(PoolArena arena, PoolBlock block) {
        for (long page = KernelLayout.page(block.address());
                page < block.end();
                page += KernelLayout.PAGE_SIZE) {
            long from = Math.max(page, block.address());
            long to = Math.min(page + KernelLayout.PAGE_SIZE, block.end());
            long entry = machine.kernelSpace().find(page);
            listener.freed(
                    (AddressSpace.frame(entry) << PhysicalMemory.FRAME_SHIFT) + (from - page),
                    to - from);
        }
        arena.free(block);
    }

    /**
     * Frees for a driver, or bug-checks as the WDK describes for 0xC2 and 0x19.
     *
     * @param tag the tag that the caller gives, 0 for any
     * @return whether it was freed
     */
    public boolean freeForDriver(Processor processor, long address, int tag, long caller) {
        int irql = processor.irql();
        if (address >= 0) {
            bad(caller, processor, 0x40, address, KernelLayout.SYSTEM_START, 0);
            return false;
        }
        PoolKind kind = kindOf(address);
        if (kind == null) {
            bad(caller, processor, 0x42, address, 0, 0);
            return false;
        }
        if (irql > (kind.isPaged() ? DISPATCH_LEVEL - 1 : DISPATCH_LEVEL)) {
            bad(caller, processor, 0x09, irql, kind.poolType(), address);
            return false;
        }
        PoolArena arena = arena(kind);
        PoolBlock block = arena.find(address);
        if (block == null || block.isFree() || block.data() != address) {
            notAllocated(caller, processor, kind, block, address);
            return false;
        }
        if (!block.pages() && !headersAreSound(processor, arena, block)) {
            return false;
        }
        if (tag != 0 && tag != block.tag()) {
            bad(caller, processor, 0x0A, address, block.tag() & 0xFFFF_FFFFL, tag & 0xFFFF_FFFFL);
            return false;
        }
        driverListener.freeing(processor, address, caller);
        check.freeing(processor, address, block.requested(), caller);
        if (machine.ended() != null) {
            return false;
        }
        long bytes = block.requested();
        int blockTag = block.tag();
        release(arena, block);
        machine.emit(processor, new Event.PoolFreed(address, bytes, blockTag, caller));
        return true;
    }

    private void notAllocated(
            long caller,
            Processor processor,
            PoolKind kind,
            @Nullable PoolBlock block,
            long address) {
        boolean onPage = KernelLayout.page(address) == address;
        if (block == null || (onPage && block.pages())) {
            crash.bugCheckAt(caller, processor, BAD_POOL_HEADER, 0x22, address, 0, 0);
        } else if (block.isFree()) {
            bad(caller, processor, 0x07, 0, physicalWord(address - PoolHeader.BYTES), address);
        } else if (kind.isPaged()) {
            bad(
                    caller,
                    processor,
                    0x41286,
                    0,
                    0,
                    (address - kind.start()) >>> PhysicalMemory.FRAME_SHIFT);
        } else {
            bad(caller, processor, 0x46, address, 0, 0);
        }
    }

    private boolean headersAreSound(Processor processor, PoolArena arena, PoolBlock block) {
        long header = physicalWord(block.address());
        if (header != arena.expectedHeader(block)) {
            badHeader(processor, block.address(), block.end(), header);
            return false;
        }
        PoolBlock after = arena.after(block);
        if (after != null) {
            long next = physicalWord(after.address());
            if (next != arena.expectedHeader(after)) {
                badHeader(processor, block.address(), after.address(), header);
                return false;
            }
        }
        return true;
    }

    private long physicalWord(long address) {
        OptionalLong word = machine.peek(machine.kernelSpace(), address, 8);
        return word.orElse(0);
    }

    private void bad(long caller, Processor processor, long kind, long p2, long p3, long p4) {
        crash.bugCheckAt(caller, processor, BAD_POOL_CALLER, kind, p2, p3, p4);
    }

    /** The block at {@code entry} and the next one contradict each other. */
    private void badHeader(Processor processor, long entry, long next, long header) {
        crash.bugCheck(processor, BAD_POOL_HEADER, 0x20, entry, next, header & 0xFFFF_FFFFL);
    }

    @Override
    public void save(StateWriter out) {
        for (PoolArena arena : arenas.values()) {
            arena.save(out);
        }
        out.value(failing.size());
        for (Failure failure : failing) {
            out.value(failure.left);
            out.value(failure.base);
            out.value(failure.size);
        }
    }

    @Override
    public void restore(StateReader in) {
        for (PoolArena arena : arenas.values()) {
            arena.restore(in);
        }
        failing.clear();
        int count = in.intValue();
        for (int i = 0; i < count; i++) {
            failing.add(new Failure(in.value(), in.value(), in.value()));
        }
    }
}
