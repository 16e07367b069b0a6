package dev.dirql.kernel.memory;

import dev.dirql.kernel.structures.Mdl;
import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.Machine;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How often the pages are locked in memory that may be paged out else, and the MDLs for which they
 * are.
 */
public final class PageLocks implements StatePart {
    private final Machine machine;
    private final AddressSpace process;

    /** By page frame number. */
    private final TreeMap<Long, Integer> counts = new TreeMap<>();

    /** By address of the MDL. */
    private final TreeMap<Long, Buffer> buffers = new TreeMap<>();

    /**
     * @param process the one address space that is not only the kernel's
     */
    public PageLocks(Machine machine, AddressSpace process) {
        this.machine = machine;
        this.process = process;
    }

    /**
     * A buffer that is locked for an MDL.
     *
     * @param process address of the EPROCESS that it belongs to, 0 for the kernel
     * @param locker the code that asked for it
     */
    record Buffer(long process, long start, long bytes, long locker) {
        long pages() {
            return Mdl.pages(start, bytes);
        }

        boolean overlaps(long otherStart, long size) {
            return start < otherStart + size && otherStart < start + bytes;
        }
    }

    void add(long mdl, Buffer buffer) {
        buffers.put(mdl, buffer);
    }

    void remove(long mdl) {
        buffers.remove(mdl);
    }

    /** What is locked, by the addresses of the MDLs. */
    SortedMap<Long, Buffer> buffers() {
        return Collections.unmodifiableSortedMap(buffers);
    }

    /** How many pages of a process are locked for MDLs. */
    long pagesOf(long ofProcess) {
        return buffers.values().stream()
                .filter(buffer -> buffer.process == ofProcess)
                .mapToLong(Buffer::pages)
                .sum();
    }

    /** How often a frame is locked. */
    int count(long frame) {
        return counts.getOrDefault(frame, 0);
    }

    /** Locks the page of an address, and says what its frame is. */
    public long lock(long address) {
        AddressSpace space = spaceOf(address);
        long page = KernelLayout.page(address);
        long entry = space.find(page);
        long frame = AddressSpace.frame(entry);
        if (counts.merge(frame, 1, Integer::sum) == 1) {
            machine.map(space, page, frame, AddressSpace.flags(entry) | PageFlags.LOCKED);
        }
        return frame;
    }

    /** Takes one lock of the page of an address back; with the last it may be paged out again. */
    public void unlock(long address, long frame) {
        Integer count = counts.get(frame);
        if (count == null) {
            return;
        }
        if (count > 1) {
            counts.put(frame, count - 1);
            return;
        }
        counts.remove(frame);
        AddressSpace space = spaceOf(address);
        long page = KernelLayout.page(address);
        long entry = space.find(page);
        if (entry != AddressSpace.NONE && AddressSpace.frame(entry) == frame) {
            machine.map(space, page, frame, AddressSpace.flags(entry) & ~PageFlags.LOCKED);
        }
    }

    private AddressSpace spaceOf(long address) {
        return address < 0 ? machine.kernelSpace() : process;
    }

    @Override
    public void save(StateWriter out) {
        out.value(counts.size());
        counts.forEach((frame, count) -> {
            out.value(frame);
            out.value(count);
        });
        out.value(buffers.size());
        buffers.forEach((mdl, buffer) -> {
            out.value(mdl);
            out.value(buffer.process);
            out.value(buffer.start);
            out.value(buffer.bytes);
            out.value(buffer.locker);
        });
    }

    @Override
    public void restore(StateReader in) {
        counts.clear();
        for (int i = in.intValue(); i > 0; i--) {
            long frame = in.value();
            counts.put(frame, in.intValue());
        }
        buffers.clear();
        for (int i = in.intValue(); i > 0; i--) {
            long mdl = in.value();
            buffers.put(mdl, new Buffer(in.value(), in.value(), in.value(), in.value()));
        }
    }
}
