package dev.dirql.kernel.io;

import dev.dirql.kernel.memory.KernelLayout;
import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.Machine;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Buffers of a process: whole pages of its half of the address space, pageable. A buffer that was
 * given back keeps its frames for the next of its size, and faults in between.
 */
final class UserMemory implements StatePart {
    private static final long START = 0x0000_0200_0000_0000L;
    private static final int PAGE = (int) KernelLayout.PAGE_SIZE;
    private static final int FLAGS = PageFlags.WRITABLE | PageFlags.USER | PageFlags.PAGEABLE;

    private final Machine machine;
    private final AddressSpace space;
    private final TreeMap<Long, TreeSet<Long>> free = new TreeMap<>();
    private long next = START;

    UserMemory(Machine machine, AddressSpace space) {
        this.machine = machine;
        this.space = space;
    }

    AddressSpace space() {
        return space;
    }

    /** Gives a zeroed buffer on a page, or 0 if there is no memory. */
    long allocate(long bytes) {
        long size = KernelLayout.pages(bytes);
        TreeSet<Long> same = free.get(size);
        if (same != null && !same.isEmpty()) {
            long address = same.removeFirst();
            protect(address, size, FLAGS);
            clear(address, size);
            return address;
        }
        int count = (int) (size / PAGE);
        int first = machine.memory().allocateFrames(count);
        if (first < 0) {
            return 0;
        }
        long address = next;
        next += size + PAGE;
        for (int i = 0; i < count; i++) {
            machine.map(space, address + (long) i * PAGE, first + i, FLAGS);
        }
        return address;
    }

    void free(long address, long bytes) {
        long size = KernelLayout.pages(bytes);
        protect(address, size, PageFlags.FREED);
        free.computeIfAbsent(size, _ -> new TreeSet<>()).add(address);
    }

    /** Locks the pages of a buffer in memory, or unlocks them. */
    void lock(long address, long bytes, boolean locked) {
        protect(address, KernelLayout.pages(bytes), locked ? FLAGS | PageFlags.LOCKED : FLAGS);
    }

    /** The number of the page frame that holds an address. */
    long frame(long address) {
        return AddressSpace.frame(space.find(address));
    }

    private void protect(long address, long size, int flags) {
        for (long page = address; page < address + size; page += PAGE) {
            machine.map(space, page, frame(page), flags);
        }
    }

    private void clear(long address, long size) {
        for (long page = address; page < address + size; page += PAGE) {
            machine.writePhysical(frame(page) * PAGE, new byte[PAGE]);
        }
    }

    /** Writes into a buffer whichever address space is current. */
    void write(long address, byte[] bytes) {
        for (int done = 0; done < bytes.length; ) {
            long at = address + done;
            int count = Math.min(bytes.length - done, PAGE - (int) (at & (PAGE - 1)));
            machine.writePhysical(
                    frame(at) * PAGE + (at & (PAGE - 1)),
                    Arrays.copyOfRange(bytes, done, done + count));
            done += count;
        }
    }

    @Override
    public void save(StateWriter out) {
        out.value(next);
        out.value(free.size());
        free.forEach((size, addresses) -> {
            out.value(size);
            out.value(addresses.size());
            addresses.forEach(out::value);
        });
    }

    @Override
    public void restore(StateReader in) {
        next = in.value();
        free.clear();
        int sizes = in.intValue();
        for (int i = 0; i < sizes; i++) {
            TreeSet<Long> addresses = new TreeSet<>();
            free.put(in.value(), addresses);
            int count = in.intValue();
            for (int j = 0; j < count; j++) {
                addresses.add(in.value());
            }
        }
    }
}
