package dev.dirql.kernel.memory;

import dev.dirql.kernel.structures.Mdl;
import dev.dirql.machine.Processor;

/**
 * What the kernel does with memory descriptor lists. Source: WDK, "Using MDLs" and the pages of the
 * routines.
 */
public final class Mdls {
    /** MDL.MdlFlags, WDK. */
    public static final int MAPPED_TO_SYSTEM_VA = 0x0001;

    public static final int PAGES_LOCKED = 0x0002;
    public static final int SOURCE_IS_NONPAGED_POOL = 0x0004;
    public static final int PARTIAL = 0x0010;
    public static final int PARTIAL_HAS_BEEN_MAPPED = 0x0020;
    public static final int WRITE_OPERATION = 0x0080;
    public static final int IO_SPACE = 0x0800;

    private static final int TAG = 'M' | 'd' << 8 | 'l' << 16 | ' ' << 24;

    private final Pool pool;
    private final PageLocks locks;
    private final AddressWindow lockedPages;

    public Mdls(Pool pool, PageLocks locks, AddressWindow lockedPages) {
        this.pool = pool;
        this.locks = locks;
        this.lockedPages = lockedPages;
    }

    /** Makes a list for a buffer, whose frames are not known yet; 0 without memory. */
    public long allocate(Processor processor, long buffer, long bytes) {
        int pages = Mdl.pages(buffer, bytes);
        long address = pool.allocate(PoolKind.NONPAGED, Mdl.BYTES + 8L * pages, TAG);
        if (address != 0) {
            initialize(new Mdl(processor.memory(), address), buffer, bytes);
        }
        return address;
    }

    /** What MmInitializeMdl leaves. */
    public static void initialize(Mdl mdl, long buffer, long bytes) {
        mdl.setNext(0);
        mdl.setSize(Mdl.BYTES + 8 * Mdl.pages(buffer, bytes));
        mdl.setMdlFlags(0);
        mdl.setStartVa(KernelLayout.page(buffer));
        mdl.setByteOffset(buffer & (KernelLayout.PAGE_SIZE - 1));
        mdl.setByteCount(bytes);
    }

    /** The buffer is in nonpaged memory: its frames are known and stay. */
    public static void describeNonPaged(Processor processor, Mdl mdl) {
        long start = mdl.startVa();
        int pages = Mdl.pages(mdl.byteOffset(), mdl.byteCount());
        for (int i = 0; i < pages; i++) {
            long physical = processor.memory().physical(start + KernelLayout.PAGE_SIZE * i);
            processor.memory().store64(mdl.frames() + 8L * i, physical >>> 12);
        }
        mdl.setMappedSystemVa(start + mdl.byteOffset());
        mdl.setProcess(0);
        mdl.setMdlFlags(mdl.mdlFlags() | SOURCE_IS_NONPAGED_POOL);
    }

    /**
     * Locks the pages of the buffer; each must be there, and writable if it will be written, or
     * there is a fault.
     */
    public void lock(Processor processor, Mdl mdl, boolean write) {
        processor.memory().probe(mdl.address(), Mdl.BYTES, true);
        long start = mdl.startVa() + mdl.byteOffset();
        processor.memory().probe(start, Math.max(1, mdl.byteCount()), write);
        int pages = Mdl.pages(start, mdl.byteCount());
        for (int i = 0; i < pages; i++) {
            long page = mdl.startVa() + KernelLayout.PAGE_SIZE * i;
            processor.memory().store64(mdl.frames() + 8L * i, locks.lock(processor.memory(), page));
        }
        mdl.setMdlFlags(mdl.mdlFlags() | PAGES_LOCKED | (write ? WRITE_OPERATION : 0));
    }

    /** Unlocks them, and takes a mapping back. */
    public void unlock(Processor processor, Mdl mdl) {
        unmap(mdl);
        int pages = Mdl.pages(mdl.byteOffset(), mdl.byteCount());
        for (int i = 0; i < pages; i++) {
            locks.unlock(
                    processor.memory(), mdl.startVa() + KernelLayout.PAGE_SIZE * i, mdl.frame(i));
        }
        mdl.setMdlFlags(mdl.mdlFlags() & ~(PAGES_LOCKED | WRITE_OPERATION));
    }

    private void unmap(Mdl mdl) {
        AddressWindow.Mapping mapping = lockedPages.find(mdl.mappedSystemVa());
        if ((mdl.mdlFlags() & MAPPED_TO_SYSTEM_VA) != 0 && mapping != null) {
            lockedPages.unmap(mapping);
        }
        mdl.setMdlFlags(mdl.mdlFlags() & ~MAPPED_TO_SYSTEM_VA);
    }

    /** Frees a list; the mapping of a partial one goes with it. */
    public void free(Processor processor, Mdl mdl, long caller) {
        if ((mdl.mdlFlags() & PARTIAL_HAS_BEEN_MAPPED) != 0) {
            unmap(mdl);
        }
        pool.free(processor, mdl.address(), caller);
    }

    /** Unlocks and frees every list of a packet that is completed. */
    public void release(Processor processor, long first, long caller) {
        for (long at = first; at != 0 && processor.machine().ended() == null; ) {
            Mdl mdl = new Mdl(processor.memory(), at);
            at = mdl.next();
            if ((mdl.mdlFlags() & PAGES_LOCKED) != 0) {
                unlock(processor, mdl);
            }
            free(processor, mdl, caller);
        }
    }
}
