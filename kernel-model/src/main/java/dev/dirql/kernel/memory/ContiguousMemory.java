package dev.dirql.kernel.memory;

import dev.dirql.machine.Machine;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.PhysicalMemory;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.TreeMap;

/** Kernel memory whose page frames follow each other. */
public final class ContiguousMemory implements StatePart {
    private final Machine machine;
    private final AddressWindow window;

    /** First frame number of what is allocated, by address. */
    private final TreeMap<Long, Integer> blocks = new TreeMap<>();

    public ContiguousMemory(Machine machine, AddressWindow window) {
        this.machine = machine;
        this.window = window;
    }

    /**
     * Allocates whole pages, zeroed.
     *
     * @param low lowest physical address that will do
     * @param high highest one
     * @param boundary no part may cross a multiple of it, 0 for none
     * @return the address, 0 without memory
     */
    public long allocate(long bytes, long low, long high, long boundary) {
        if (bytes <= 0 || bytes > Integer.MAX_VALUE) {
            return 0;
        }
        long size = KernelLayout.pages(bytes);
        int count = (int) (size >>> PhysicalMemory.FRAME_SHIFT);
        int first = machine.memory().allocateFrames(count);
        if (first < 0) {
            return 0;
        }
        long start = (long) first << PhysicalMemory.FRAME_SHIFT;
        long last = start + size - 1;
        boolean crosses =
                boundary != 0
                        && Long.divideUnsigned(start, boundary)
                                != Long.divideUnsigned(last, boundary);
        if (start < low || Long.compareUnsigned(last, high) > 0 || crosses) {
            free(first, count);
            return 0;
        }
        long[] frames = new long[count];
        for (int i = 0; i < count; i++) {
            frames[i] = (long) first + i;
            machine.writePhysical(
                    start + ((long) i << PhysicalMemory.FRAME_SHIFT),
                    new byte[PhysicalMemory.FRAME_SIZE]);
        }
        long address = window.map(0, bytes, frames, PageFlags.WRITABLE);
        blocks.put(address, first);
        return address;
    }

    /** How many bytes were allocated at an address, 0 if nothing was. */
    public long bytes(long address) {
        AddressWindow.Mapping mapping = window.find(address);
        return !blocks.containsKey(address) || mapping == null ? 0 : mapping.bytes();
    }

    /** Frees what was allocated at an address; false if nothing was. */
    public boolean free(long address) {
        Integer first = blocks.remove(address);
        AddressWindow.Mapping mapping = window.find(address);
        if (first == null || mapping == null) {
            return false;
        }
        int count = (int) mapping.pages();
        window.unmap(mapping);
        free(first, count);
        return true;
    }

    private void free(int first, int count) {
        for (int i = 0; i < count; i++) {
            machine.memory().freeFrame(first + i);
        }
    }

    @Override
    public void save(StateWriter out) {
        out.value(blocks.size());
        blocks.forEach((address, first) -> {
            out.value(address);
            out.value(first);
        });
    }

    @Override
    public void restore(StateReader in) {
        blocks.clear();
        for (int i = in.intValue(); i > 0; i--) {
            long address = in.value();
            blocks.put(address, in.intValue());
        }
    }
}
