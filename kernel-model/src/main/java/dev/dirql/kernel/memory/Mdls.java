package dev.dirql.kernel.memory;

import dev.dirql.kernel.Crash;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.structures.Mdl;
import dev.dirql.kernel.threads.KThread;
import dev.dirql.machine.Processor;
import java.util.Map;

/**
 * What the kernel does with memory descriptor lists. Source: WDK, "Using MDLs" and the pages of the
 * routines.
 */
public final class Mdls {
    /** What a walk along Next goes along. */
    public static final String CHAIN = "MDLs";

    /** MDL.MdlFlags, WDK. */
    public static final int MAPPED_TO_SYSTEM_VA = 0x0001;

    public static final int PAGES_LOCKED = 0x0002;
    public static final int SOURCE_IS_NONPAGED_POOL = 0x0004;
    public static final int PARTIAL = 0x0010;
    public static final int PARTIAL_HAS_BEEN_MAPPED = 0x0020;
    public static final int WRITE_OPERATION = 0x0080;
    public static final int IO_SPACE = 0x0800;

    private static final int PFN_LIST_CORRUPT = 0x4E;
    private static final int FREED_WHILE_LOCKED = 0x9A;
    private static final int PROCESS_HAS_LOCKED_PAGES = 0x76;

    /** State of a page that is mapped. */
    private static final int ACTIVE_AND_VALID = 6;

    private static final int TAG = 'M' | 'd' << 8 | 'l' << 16 | ' ' << 24;

    private final Pool pool;
    private final PageLocks locks;
    private final AddressWindow lockedPages;
    private final MdlRules rules;
    private final Crash crash;

    public Mdls(Pool pool, PageLocks locks, AddressWindow lockedPages, Rules rules, Crash crash) {
        this.pool = pool;
        this.locks = locks;
        this.lockedPages = lockedPages;
        this.rules = new MdlRules(rules);
        this.crash = crash;
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
     *
     * @param caller the code that asks for it
     */
    public void lock(Processor processor, Mdl mdl, boolean write, long caller) {
        processor.memory().probe(mdl.address(), Mdl.BYTES, true);
        long start = mdl.startVa() + mdl.byteOffset();
        processor.memory().probe(start, Math.max(1, mdl.byteCount()), write);
        int pages = Mdl.pages(start, mdl.byteCount());
        for (int i = 0; i < pages; i++) {
            long page = mdl.startVa() + KernelLayout.PAGE_SIZE * i;
            processor.memory().store64(mdl.frames() + 8L * i, locks.lock(page));
        }
        long process = start < 0 ? 0 : new KThread(processor.memory(), processor.thread).process();
        mdl.setProcess(process);
        locks.add(mdl.address(), new PageLocks.Buffer(process, start, mdl.byteCount(), caller));
        mdl.setMdlFlags(mdl.mdlFlags() | PAGES_LOCKED | (write ? WRITE_OPERATION : 0));
    }

    /** Unlocks them, and takes a mapping back. */
    public void unlock(Mdl mdl) {
        unmap(mdl);
        locks.remove(mdl.address());
        int pages = Mdl.pages(mdl.byteOffset(), mdl.byteCount());
        for (int i = 0; i < pages; i++) {
            locks.unlock(mdl.startVa() + KernelLayout.PAGE_SIZE * i, mdl.frame(i));
        }
        mdl.setMdlFlags(mdl.mdlFlags() & ~(PAGES_LOCKED | WRITE_OPERATION));
    }

    /** How many pages of a process are locked. */
    long lockedPages(long process) {
        return locks.pagesOf(process);
    }

    /** A process ends; says whether all that drivers locked of it is unlocked. */
    public boolean processEnds(Processor processor) {
        for (Map.Entry<Long, PageLocks.Buffer> entry : locks.buffers().entrySet()) {
            PageLocks.Buffer buffer = entry.getValue();
            if (buffer.process() == 0) {
                continue;
            }
            if (rules.leftLocked(processor, entry.getKey(), buffer.pages(), buffer.locker())) {
                crash.bugCheckAt(
                        buffer.locker(),
                        processor,
                        PROCESS_HAS_LOCKED_PAGES,
                        0,
                        buffer.process(),
                        locks.pagesOf(buffer.process()),
                        0);
            }
            return false;
        }
        return true;
    }

    /** Memory is freed, of which nothing may be locked for an MDL. */
    public void freed(Processor processor, long start, long size, long caller) {
        for (Map.Entry<Long, PageLocks.Buffer> entry : locks.buffers().entrySet()) {
            if (!entry.getValue().overlaps(start, size)) {
                continue;
            }
            boolean goesOn =
                    rules.tell(
                            processor,
                            "FreedWhileLocked",
                            "memory at 0x%x is freed, whose pages are locked for the MDL 0x%x"
                                    .formatted(start, entry.getKey()),
                            caller);
            // Only whole pages go back.
            long page = KernelLayout.page(Math.max(start, entry.getValue().start()));
            if (goesOn && page >= start && page + KernelLayout.PAGE_SIZE <= start + size) {
                long frame = processor.memory().physical(page) >>> 12;
                crash.bugCheckAt(
                        caller,
                        processor,
                        PFN_LIST_CORRUPT,
                        FREED_WHILE_LOCKED,
                        frame,
                        ACTIVE_AND_VALID,
                        locks.count(frame));
            }
            return;
        }
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
                unlock(mdl);
            }
            free(processor, mdl, caller);
        }
    }
}
