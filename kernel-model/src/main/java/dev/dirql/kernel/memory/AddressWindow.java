package dev.dirql.kernel.memory;

import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.Machine;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A part of an address space, mostly the kernel's, in which physical pages are mapped and unmapped.
 * Addresses are not used twice, so that a stale one always faults.
 */
public final class AddressWindow implements StatePart {
    /**
     * A range that is mapped now.
     *
     * @param address address that was given out, with the offset in its first page
     * @param bytes bytes that were asked for
     */
    public record Mapping(long address, long bytes) {
        /** Number of pages. */
        public long pages() {
            long start = KernelLayout.page(address);
            return KernelLayout.pages(address + bytes - start) / KernelLayout.PAGE_SIZE;
        }
    }

    private final Machine machine;
    private final AddressSpace space;
    private final long start;
    private final TreeMap<Long, Mapping> mappings = new TreeMap<>();
    private long end;

    /** A part of the kernel's addresses. */
    public AddressWindow(Machine machine, long start) {
        this(machine, machine.kernelSpace(), start);
    }

    public AddressWindow(Machine machine, AddressSpace space, long start) {
        this.machine = machine;
        this.space = space;
        this.start = start;
        end = start;
    }

    /** Whether it is a part of this address space. */
    public boolean isIn(AddressSpace other) {
        return space == other;
    }

    /** Whether an address lies in the part that was ever used. */
    public boolean contains(long address) {
        return address >= start && address < end;
    }

    /** The mapping that begins exactly here, or null. */
    public @Nullable Mapping find(long address) {
        return mappings.get(address);
    }

    /** The mapping that holds an address, or null. */
    public @Nullable Mapping around(long address) {
        Map.Entry<Long, Mapping> entry = mappings.floorEntry(address);
        return entry != null && address - entry.getKey() < entry.getValue().bytes()
                ? entry.getValue()
                : null;
    }

    /**
     * Maps pages.
     *
     * @param offset where in the first page the range begins
     * @param bytes bytes of the range, at least 1
     * @param frames frame or device page numbers
     * @return the address of the range
     */
    public long map(int offset, long bytes, long[] frames, int flags) {
        long page = end;
        for (int i = 0; i < frames.length; i++) {
            machine.map(space, page + i * KernelLayout.PAGE_SIZE, frames[i], flags);
        }
        end += frames.length * KernelLayout.PAGE_SIZE;
        mappings.put(page + offset, new Mapping(page + offset, bytes));
        return page + offset;
    }

    /** Unmaps a range that {@link #find} gave. */
    public void unmap(Mapping mapping) {
        mappings.remove(mapping.address());
        long page = KernelLayout.page(mapping.address());
        for (long i = 0; i < mapping.pages(); i++) {
            machine.map(space, page + i * KernelLayout.PAGE_SIZE, 0, PageFlags.FREED);
        }
    }

    @Override
    public void save(StateWriter out) {
        out.value(end);
        out.value(mappings.size());
        for (Mapping mapping : mappings.values()) {
            out.value(mapping.address());
            out.value(mapping.bytes());
        }
    }

    @Override
    public void restore(StateReader in) {
        end = in.value();
        mappings.clear();
        int count = in.intValue();
        for (int i = 0; i < count; i++) {
            Mapping mapping = new Mapping(in.value(), in.value());
            mappings.put(mapping.address(), mapping);
        }
    }
}
