package dev.dirql.kernel.memory;

import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.Machine;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.ProcessorMemory;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.TreeMap;

/** How often the pages are locked in memory that may be paged out else. */
public final class PageLocks implements StatePart {
    private final Machine machine;

    /** By page frame number. */
    private final TreeMap<Long, Integer> counts = new TreeMap<>();

    public PageLocks(Machine machine) {
        this.machine = machine;
    }

    /** Locks the page of an address in the current address space, and says what its frame is. */
    public long lock(ProcessorMemory memory, long address) {
        AddressSpace space = spaceOf(memory, address);
        long page = KernelLayout.page(address);
        long entry = space.find(page);
        long frame = AddressSpace.frame(entry);
        if (counts.merge(frame, 1, Integer::sum) == 1) {
            machine.map(space, page, frame, AddressSpace.flags(entry) | PageFlags.LOCKED);
        }
        return frame;
    }

    /** Whether a frame is locked. */
    public boolean isLocked(long frame) {
        return counts.containsKey(frame);
    }

    /** Takes one lock of the page of an address back; with the last it may be paged out again. */
    public void unlock(ProcessorMemory memory, long address, long frame) {
        Integer count = counts.get(frame);
        if (count == null) {
            return;
        }
        if (count > 1) {
            counts.put(frame, count - 1);
            return;
        }
        counts.remove(frame);
        AddressSpace space = spaceOf(memory, address);
        long page = KernelLayout.page(address);
        long entry = space.find(page);
        if (entry != AddressSpace.NONE && AddressSpace.frame(entry) == frame) {
            machine.map(space, page, frame, AddressSpace.flags(entry) & ~PageFlags.LOCKED);
        }
    }

    private AddressSpace spaceOf(ProcessorMemory memory, long address) {
        return address < 0 ? machine.kernelSpace() : memory.space();
    }

    @Override
    public void save(StateWriter out) {
        out.value(counts.size());
        counts.forEach((frame, count) -> {
            out.value(frame);
            out.value(count);
        });
    }

    @Override
    public void restore(StateReader in) {
        counts.clear();
        for (int i = in.intValue(); i > 0; i--) {
            long frame = in.value();
            counts.put(frame, in.intValue());
        }
    }
}
