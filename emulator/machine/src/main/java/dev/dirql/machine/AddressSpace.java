package dev.dirql.machine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The pages that virtual addresses reach: the kernel's, or a process's with the kernel's behind it.
 * There are no page tables in guest memory. A page is known by its virtual address without the low
 * 12 bits.
 */
public final class AddressSpace {
    /** What {@link #find} gives where no page is mapped. */
    public static final long NONE = -1;

    private final AddressSpace kernel;
    private long[] pages = new long[256];
    private long[] entries = new long[256];
    private int count;
    private boolean kept;

    /** Different for any two contents that this address space ever had. */
    private long generation;

    private long generations;

    AddressSpace(@Nullable AddressSpace kernel) {
        this.kernel = kernel == null ? this : kernel;
        Arrays.fill(entries, NONE);
    }

    /** The kernel's address space, which may be this one. */
    public AddressSpace kernel() {
        return kernel;
    }

    /** Frame or device page number of an entry. */
    public static long frame(long entry) {
        return entry >>> 16;
    }

    /** {@link PageFlags} of an entry. */
    public static int flags(long entry) {
        return (int) entry & 0xFFFF;
    }

    /** The entry of the page that holds an address, or {@link #NONE}. */
    public long find(long address) {
        AddressSpace owner = address < 0 ? kernel : this;
        return owner.get(address >> PhysicalMemory.FRAME_SHIFT);
    }

    /** The address of every page that is mapped here itself, ascending. */
    public long[] addresses() {
        long[] mapped = new long[count];
        int next = 0;
        for (int i = 0; i < pages.length; i++) {
            if (entries[i] != NONE) {
                mapped[next++] = pages[i] << PhysicalMemory.FRAME_SHIFT;
            }
        }
        Arrays.sort(mapped);
        return mapped;
    }

    private long get(long page) {
        int mask = pages.length - 1;
        int slot = slot(page, mask);
        while (entries[slot] != NONE) {
            if (pages[slot] == page) {
                return entries[slot];
            }
            slot = (slot + 1) & mask;
        }
        return NONE;
    }

    /**
     * Maps or remaps the page at a virtual address; whoever calls flushes what processors remember.
     */
    void set(long address, long frame, int flags) {
        AddressSpace owner = address < 0 ? kernel : this;
        owner.put(address >> PhysicalMemory.FRAME_SHIFT, frame << 16 | flags);
    }

    private void put(long page, long entry) {
        own();
        if (4 * (count + 1) > 3 * pages.length) {
            grow();
        }
        int mask = pages.length - 1;
        int slot = slot(page, mask);
        while (entries[slot] != NONE && pages[slot] != page) {
            slot = (slot + 1) & mask;
        }
        if (entries[slot] == NONE) {
            count++;
            pages[slot] = page;
        }
        entries[slot] = entry;
        generation = ++generations;
    }

    private void own() {
        if (kept) {
            pages = pages.clone();
            entries = entries.clone();
            kept = false;
        }
    }

    private void grow() {
        long[] oldPages = pages;
        long[] oldEntries = entries;
        pages = new long[2 * oldPages.length];
        entries = new long[2 * oldPages.length];
        Arrays.fill(entries, NONE);
        int mask = pages.length - 1;
        for (int i = 0; i < oldPages.length; i++) {
            if (oldEntries[i] != NONE) {
                int slot = slot(oldPages[i], mask);
                while (entries[slot] != NONE) {
                    slot = (slot + 1) & mask;
                }
                pages[slot] = oldPages[i];
                entries[slot] = oldEntries[i];
            }
        }
    }

    private static int slot(long page, int mask) {
        long mixed = page * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 40) & mask;
    }

    /** Adds what is mapped to a hash, in an order that does not depend on the history. */
    long hash() {
        long sum = 0;
        for (int i = 0; i < pages.length; i++) {
            if (entries[i] != NONE) {
                sum += StateWriter.mix(pages[i], entries[i]);
            }
        }
        return sum;
    }

    /** The mappings at one moment. */
    record Kept(AddressSpace space, long[] pages, long[] entries, int count, long generation) {}

    Kept keep() {
        kept = true;
        return new Kept(this, pages, entries, count, generation);
    }

    /** Goes back to kept mappings and says whether anything changed since. */
    boolean restore(Kept image) {
        boolean changed = generation != image.generation;
        pages = image.pages;
        entries = image.entries;
        count = image.count;
        generation = image.generation;
        kept = true;
        return changed;
    }
}
