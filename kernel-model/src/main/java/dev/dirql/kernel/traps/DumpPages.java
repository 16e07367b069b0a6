package dev.dirql.kernel.traps;

import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.Machine;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.PhysicalMemory;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.SortedSet;
import java.util.TreeSet;

/** The physical pages of a crash dump: those of the kernel, and what drivers add and remove. */
final class DumpPages implements StatePart {
    private static final int GONE =
            PageFlags.ABSENT | PageFlags.FREED | PageFlags.GUARD | PageFlags.DEVICE;

    private final Machine machine;
    private long[] frames = new long[0];

    DumpPages(Machine machine) {
        this.machine = machine;
    }

    /** Begins with what is mapped in the kernel's part of virtual memory. */
    void ofKernel() {
        TreeSet<Long> found = new TreeSet<>();
        AddressSpace kernel = machine.kernelSpace();
        for (long address : kernel.addresses()) {
            long entry = kernel.find(address);
            if (address < 0 && (AddressSpace.flags(entry) & GONE) == 0) {
                found.add(AddressSpace.frame(entry));
            }
        }
        set(found);
    }

    private void set(SortedSet<Long> found) {
        frames = found.stream().mapToLong(Long::longValue).toArray();
    }

    int count() {
        return frames.length;
    }

    /** The bytes of a page, by its place in the order of physical addresses. */
    byte[] read(int index) {
        byte[] bytes = new byte[PhysicalMemory.FRAME_SIZE];
        machine.readPhysical(frames[index] << PhysicalMemory.FRAME_SHIFT, bytes);
        return bytes;
    }

    /**
     * Adds or removes pages that follow each other.
     *
     * @return false if not all of them are there; then nothing is changed
     */
    boolean change(Processor processor, long start, long count, boolean physical, boolean add) {
        int most = machine.memory().frameCount();
        if (Long.compareUnsigned(count, most) > 0) {
            return false;
        }
        TreeSet<Long> changed = new TreeSet<>();
        for (long frame : frames) {
            changed.add(frame);
        }
        for (long i = 0; i < count; i++) {
            long address = start + (i << PhysicalMemory.FRAME_SHIFT);
            long frame =
                    physical ? address >>> PhysicalMemory.FRAME_SHIFT : frame(processor, address);
            if (frame < 0 || frame >= most) {
                return false;
            }
            if (add) {
                changed.add(frame);
            } else {
                changed.remove(frame);
            }
        }
        set(changed);
        return true;
    }

    private static long frame(Processor processor, long address) {
        long entry = processor.memory().space().find(address);
        boolean there = entry != AddressSpace.NONE && (AddressSpace.flags(entry) & GONE) == 0;
        return there ? AddressSpace.frame(entry) : -1;
    }

    /** Whether virtual memory can be read without a fault. */
    boolean areThere(Processor processor, long start, long size) {
        for (long page = start & -PhysicalMemory.FRAME_SIZE;
                page - start < size;
                page += PhysicalMemory.FRAME_SIZE) {
            if (frame(processor, page) < 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void save(StateWriter out) {
        out.value(frames.length);
        out.values(frames);
    }

    @Override
    public void restore(StateReader in) {
        frames = new long[in.intValue()];
        in.values(frames);
    }
}
