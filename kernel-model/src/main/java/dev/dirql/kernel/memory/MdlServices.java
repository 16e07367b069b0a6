package dev.dirql.kernel.memory;

import dev.dirql.kernel.Crash;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelMemory;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.services.Walk;
import dev.dirql.kernel.structures.Irp;
import dev.dirql.kernel.structures.Mdl;
import dev.dirql.machine.Machine;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.PhysicalMemory;
import dev.dirql.machine.Processor;

/**
 * Memory descriptor lists. Source: WDK, the page of each routine and "Bug check 0x40", "Bug check
 * 0x4E".
 */
public final class MdlServices {
    private static final int MEMORY_MANAGEMENT = 0x1A;
    private static final int PFN_LIST_CORRUPT = 0x4E;
    private static final int TARGET_MDL_TOO_SMALL = 0x40;
    private static final int NOT_RESIDENT = 0x1240;
    private static final int PROCESS_HAS_LOCKED_PAGES = 0x76;
    private static final int NOT_LOCKED_IN_PROCESS = 1;
    private static final int NOT_LOCKED = 7;

    /** LOCK_OPERATION. */
    private static final int IO_READ_ACCESS = 0;

    /** MdlFlags of lists whose frames are known. */
    private static final int KNOWN =
            Mdls.PAGES_LOCKED | Mdls.SOURCE_IS_NONPAGED_POOL | Mdls.PARTIAL | Mdls.IO_SPACE;

    private static final int TAG = 'M' | 'd' << 8 | 'l' << 16 | ' ' << 24;

    private static final int ALLOCATE_FULLY_REQUIRED = 0x4;
    private static final int ALLOCATE_REQUIRE_CONTIGUOUS_CHUNKS = 0x20;

    /** No machine has more physical memory. */
    private static final long MEMORY_MAXIMUM = 4L << 30;

    private final Machine machine;
    private final ServiceEngine engine;
    private final Pool pool;
    private final Mdls mdls;
    private final MdlRules rules;
    private final Crash crash;

    public MdlServices(
            Machine machine, ServiceEngine engine, Pool pool, Mdls mdls, Rules rules, Crash crash) {
        this.machine = machine;
        this.engine = engine;
        this.pool = pool;
        this.mdls = mdls;
        this.rules = new MdlRules(rules);
        this.crash = crash;
    }

    @Ddi(value = "IoAllocateMdl", maximum = Irql.DISPATCH_LEVEL)
    long allocate(
            Processor processor,
            long buffer,
            int length,
            boolean secondary,
            boolean chargeQuota,
            Irp irp) {
        long caller = engine.caller(processor);
        long address =
                pool.fails(processor, TAG, caller)
                        ? 0
                        : mdls.allocate(processor, buffer, length & 0xFFFF_FFFFL);
        if (address == 0 || irp.address() == 0) {
            return address;
        }
        if (!secondary || irp.mdlAddress() == 0) {
            irp.setMdlAddress(address);
            return address;
        }
        Mdl last = new Mdl(processor.memory(), irp.mdlAddress());
        Walk walk = new Walk(Mdls.CHAIN);
        while (last.next() != 0) {
            walk.at(last.address());
            last = new Mdl(processor.memory(), last.next());
        }
        last.setNext(address);
        return address;
    }

    @Ddi(value = "IoFreeMdl", maximum = Irql.DISPATCH_LEVEL)
    Outcome free(Processor processor, Mdl mdl) {
        long caller = engine.caller(processor);
        int flags = mdl.mdlFlags();
        boolean isOwn = (flags & (Mdls.PARTIAL | Mdls.SOURCE_IS_NONPAGED_POOL)) == 0;
        boolean goesOn = true;
        if (isOwn && (flags & Mdls.MAPPED_TO_SYSTEM_VA) != 0) {
            goesOn =
                    rules.state(
                            processor, 0xB8, "IoFreeMdl", mdl, "whose pages are mapped", 0, caller);
        } else if (isOwn && (flags & Mdls.PAGES_LOCKED) != 0) {
            goesOn =
                    rules.tell(
                            processor,
                            "MdlFreedWhileLocked",
                            "IoFreeMdl frees the MDL 0x%x, whose pages are locked"
                                    .formatted(mdl.address()),
                            caller);
        }
        if (!goesOn) {
            return Outcome.stay();
        }
        mdls.free(processor, mdl, caller);
        return ended() ? Outcome.stay() : Outcome.done();
    }

    /** No bytes are all those of the source from the address on. */
    @Ddi(value = "IoBuildPartialMdl", maximum = Irql.DISPATCH_LEVEL)
    Outcome buildPartial(Processor processor, Mdl source, Mdl target, long address, int length) {
        long start = source.startVa() + source.byteOffset();
        long offset = address - start;
        long bytes = length == 0 ? source.byteCount() - offset : length & 0xFFFF_FFFFL;
        int pages = Mdl.pages(address, bytes);
        boolean isInside = offset >= 0 && offset + bytes <= source.byteCount();
        if (!isInside || target.size() < Mdl.BYTES + 8 * pages) {
            crash.bugCheck(
                    processor,
                    TARGET_MDL_TOO_SMALL,
                    source.address(),
                    target.address(),
                    address,
                    length & 0xFFFF_FFFFL);
            return Outcome.stay();
        }
        processor.memory().probe(target.address(), target.size(), true);
        int first = (int) ((KernelLayout.page(address) - source.startVa()) >>> 12);
        target.setStartVa(KernelLayout.page(address));
        target.setByteOffset(address & (KernelLayout.PAGE_SIZE - 1));
        target.setByteCount(bytes);
        target.setProcess(source.process());
        for (int i = 0; i < pages; i++) {
            processor.memory().store64(target.frames() + 8L * i, source.frame(first + i));
        }
        int flags = source.mdlFlags();
        int mapped = Mdls.MAPPED_TO_SYSTEM_VA | Mdls.SOURCE_IS_NONPAGED_POOL;
        int taken = Mdls.PARTIAL | (flags & (Mdls.WRITE_OPERATION | mapped));
        if ((flags & mapped) != 0) {
            target.setMappedSystemVa(source.mappedSystemVa() + offset);
        }
        target.setMdlFlags(taken);
        return Outcome.done();
    }

    @Ddi(value = "MmBuildMdlForNonPagedPool", maximum = Irql.DISPATCH_LEVEL)
    Outcome buildForNonPagedPool(Processor processor, Mdl mdl) {
        long caller = engine.caller(processor);
        int wrong = mdl.mdlFlags() & (Mdls.PAGES_LOCKED | Mdls.MAPPED_TO_SYSTEM_VA | Mdls.PARTIAL);
        if (wrong != 0
                && !rules.tell(
                        processor,
                        "MdlState",
                        "MmBuildMdlForNonPagedPool gets the MDL 0x%x, whose pages are known already"
                                .formatted(mdl.address()),
                        caller)) {
            return Outcome.stay();
        }
        if (!isNonPaged(processor, mdl, caller)) {
            return Outcome.stay();
        }
        processor.memory().probe(mdl.address(), mdl.size(), true);
        Mdls.describeNonPaged(processor, mdl);
        return Outcome.done();
    }

    /** Whether a buffer is there to stay; says whether the run goes on. */
    private boolean isNonPaged(Processor processor, Mdl mdl, long caller) {
        long start = mdl.startVa() + mdl.byteOffset();
        for (long page = mdl.startVa();
                page < start + mdl.byteCount();
                page += KernelLayout.PAGE_SIZE) {
            int flags = processor.memory().pageFlags(page);
            boolean isThere =
                    processor.memory().physical(page) >= 0
                            && (flags & (PageFlags.ABSENT | PageFlags.FREED | PageFlags.GUARD))
                                    == 0;
            if (!isThere) {
                crash.bugCheck(processor, MEMORY_MANAGEMENT, NOT_RESIDENT, mdl.address(), 0, 0);
                return false;
            }
            boolean isPaged =
                    (flags & (PageFlags.PAGEABLE | PageFlags.LOCKED)) == PageFlags.PAGEABLE;
            if (isPaged || KernelMemory.isStack(page)) {
                PoolKind kind = pool.kindOf(page);
                boolean inPool = kind != null && kind.isPaged();
                return rules.tell(
                        processor,
                        "MdlOfPageableMemory",
                        inPool ? 0x7F : 0x140,
                        "MmBuildMdlForNonPagedPool gets the MDL 0x%x of %s at 0x%x"
                                .formatted(
                                        mdl.address(),
                                        isPaged ? "pageable memory" : "a kernel stack",
                                        page),
                        processor.irql(),
                        mdl.address(),
                        inPool ? mdl.mdlFlags() & 0xFFFF : start,
                        caller);
            }
        }
        return true;
    }

    @Ddi(
            value = "MmProbeAndLockPages",
            maximum = Irql.DISPATCH_LEVEL,
            verifier = 0x70,
            state = Ddi.State.PARTIAL,
            missing = "an exception that a driver catches: a bad buffer is a fault of the driver")
    Outcome probeAndLock(Processor processor, Mdl mdl, byte accessMode, int operation) {
        long caller = engine.caller(processor);
        int wrong = mdl.mdlFlags() & KNOWN;
        if (wrong != 0
                && !rules.state(
                        processor,
                        0xB0,
                        "MmProbeAndLockPages",
                        mdl,
                        "whose pages are known already",
                        wrong,
                        caller)) {
            return Outcome.stay();
        }
        if (!isMemory(processor, mdl, caller)) {
            return Outcome.stay();
        }
        mdls.lock(processor, mdl, operation != IO_READ_ACCESS, caller);
        return Outcome.done();
    }

    /** Whether no page is a device's; says whether the run goes on. */
    private boolean isMemory(Processor processor, Mdl mdl, long caller) {
        int pages = Mdl.pages(mdl.byteOffset(), mdl.byteCount());
        for (int i = 0; i < pages; i++) {
            long page = mdl.startVa() + KernelLayout.PAGE_SIZE * i;
            if ((processor.memory().pageFlags(page) & PageFlags.DEVICE) != 0) {
                long frame = processor.memory().physical(page) >>> PhysicalMemory.FRAME_SHIFT;
                return rules.tell(
                        processor,
                        "MdlOfDeviceMemory",
                        0x6F,
                        "MmProbeAndLockPages gets the MDL 0x%x of a device's memory at 0x%x"
                                .formatted(mdl.address(), page),
                        mdl.address(),
                        frame,
                        machine.memory().frameCount() - 1L,
                        caller);
            }
        }
        return true;
    }

    @Ddi(value = "MmUnlockPages", maximum = Irql.DISPATCH_LEVEL, verifier = 0x78)
    Outcome unlock(Processor processor, Mdl mdl) {
        int flags = mdl.mdlFlags();
        if ((flags & Mdls.PAGES_LOCKED) == 0) {
            return notLocked(processor, mdl, flags);
        }
        processor.memory().probe(mdl.address(), mdl.size(), true);
        mdls.unlock(mdl);
        return Outcome.done();
    }

    private Outcome notLocked(Processor processor, Mdl mdl, int flags) {
        int subcode = 0x7C;
        String state = "whose pages are not locked";
        if ((flags & Mdls.PARTIAL) != 0) {
            subcode = 0xB4;
            state = "which is partial";
        } else if ((flags & Mdls.SOURCE_IS_NONPAGED_POOL) != 0) {
            subcode = 0x7D;
            state = "whose pages are nonpaged";
        }
        boolean goesOn =
                rules.state(
                        processor,
                        subcode,
                        "MmUnlockPages",
                        mdl,
                        state,
                        subcode == 0xB4 ? Mdls.PARTIAL : 0,
                        engine.caller(processor));
        if (goesOn) {
            long process = mdl.process();
            long count = mdls.lockedPages(process);
            if (process != 0 && count < Mdl.pages(mdl.byteOffset(), mdl.byteCount())) {
                crash.bugCheck(
                        processor,
                        PROCESS_HAS_LOCKED_PAGES,
                        NOT_LOCKED_IN_PROCESS,
                        mdl.address(),
                        count,
                        0);
            } else {
                crash.bugCheck(processor, PFN_LIST_CORRUPT, NOT_LOCKED, mdl.frame(0), 0, 0);
            }
        }
        return Outcome.stay();
    }

    // ---- pages without addresses ----

    @Ddi(value = "MmAllocatePagesForMdl", maximum = Irql.APC_LEVEL)
    long allocatePages(Processor processor, long low, long high, long skip, long bytes) {
        return pages(processor, low, high, skip, bytes, 0);
    }

    @Ddi(
            value = "MmAllocatePagesForMdlEx",
            maximum = Irql.DISPATCH_LEVEL,
            verifier = 0x7E,
            state = Ddi.State.PARTIAL,
            missing = "the cache of large pages, and the hot removal of pages")
    long allocatePagesEx(
            Processor processor,
            long low,
            long high,
            long skip,
            long bytes,
            int cacheType,
            int flags) {
        return pages(processor, low, high, skip, bytes, flags);
    }

    /** The pages of a list that starts at address 0, zeroed; fewer than asked for may be there. */
    private long pages(Processor processor, long low, long high, long skip, long bytes, int flags) {
        long caller = engine.caller(processor);
        if (bytes <= 0 || bytes >= 1L << 32 || pool.fails(processor, TAG, caller)) {
            return 0;
        }
        int wanted = Mdl.pages(0, bytes);
        long address = mdls.allocate(processor, 0, bytes);
        if (address == 0) {
            return 0;
        }
        Mdl mdl = new Mdl(processor.memory(), address);
        int got =
                (flags & ALLOCATE_REQUIRE_CONTIGUOUS_CHUNKS) != 0
                        ? takeChunks(mdl, low, high, skip, wanted)
                        : takeFrames(mdl, low, high, skip, wanted);
        if (got == 0 || (got < wanted && (flags & ALLOCATE_FULLY_REQUIRED) != 0)) {
            freeFrames(mdl, got);
            mdls.free(processor, mdl, caller);
            return 0;
        }
        mdl.setByteCount(Math.min(bytes, (long) got << PhysicalMemory.FRAME_SHIFT));
        mdl.setMdlFlags(Mdls.PAGES_LOCKED);
        return address;
    }

    /** From one address range after the other, each so many bytes above the one before. */
    private int takeFrames(Mdl mdl, long low, long high, long skip, int wanted) {
        int got = 0;
        Ranges range = new Ranges(low, high, skip);
        while (got < wanted && range.isThere()) {
            int frame = machine.memory().allocateFrame(range.from(), range.to());
            if (frame < 0) {
                range = range.next();
            } else {
                mdl.memory().store64(mdl.frames() + 8L * got, frame);
                got++;
            }
        }
        return got;
    }

    /** All of them adjacent, or blocks of so many bytes as lie between two ranges. */
    private int takeChunks(Mdl mdl, long low, long high, long skip, int wanted) {
        int chunk = skip == 0 ? wanted : (int) (skip >>> PhysicalMemory.FRAME_SHIFT);
        int alignment = skip == 0 ? 1 : chunk;
        boolean valid = skip == 0 || (Long.bitCount(skip) == 1 && chunk > 0 && wanted % chunk == 0);
        int got = 0;
        Ranges range = new Ranges(low, high, skip);
        while (valid && got < wanted && range.isThere()) {
            int first = machine.memory().allocateFrames(chunk, alignment, range.from(), range.to());
            if (first < 0) {
                range = range.next();
                continue;
            }
            for (int i = 0; i < chunk; i++) {
                mdl.memory().store64(mdl.frames() + 8L * got, first + i);
                got++;
            }
        }
        return got;
    }

    /** The range of physical addresses that pages can come from, and how far off the next is. */
    private record Ranges(long low, long high, long skip) {
        boolean isThere() {
            return low >= 0 && from() < 1L << 32;
        }

        long from() {
            return (low + PhysicalMemory.FRAME_SIZE - 1) >>> PhysicalMemory.FRAME_SHIFT;
        }

        /** The last frame of which all is in the range. */
        long to() {
            return high < 0 || high == Long.MAX_VALUE
                    ? Integer.MAX_VALUE
                    : ((high + 1) >>> PhysicalMemory.FRAME_SHIFT) - 1;
        }

        Ranges next() {
            long above = low + skip;
            boolean isLast = skip <= 0 || above > MEMORY_MAXIMUM;
            return new Ranges(isLast ? -1 : above, high < 0 ? high : high + skip, skip);
        }
    }

    private void freeFrames(Mdl mdl, int count) {
        for (int i = 0; i < count; i++) {
            machine.memory().freeFrame((int) mdl.frame(i));
        }
    }

    /** The list itself is freed by ExFreePool. */
    @Ddi(value = "MmFreePagesFromMdl", maximum = Irql.DISPATCH_LEVEL, verifier = 0x7E)
    Outcome freePages(Processor processor, Mdl mdl) {
        if ((mdl.mdlFlags() & Mdls.PAGES_LOCKED) == 0 || mdl.startVa() != 0) {
            crash.bugCheck(processor, PFN_LIST_CORRUPT, NOT_LOCKED, mdl.frame(0), 0, 0);
            return Outcome.stay();
        }
        processor.memory().probe(mdl.address(), Mdl.BYTES, true);
        freeFrames(mdl, Mdl.pages(0, mdl.byteCount()));
        mdl.setMdlFlags(mdl.mdlFlags() & ~Mdls.PAGES_LOCKED);
        return Outcome.done();
    }

    private boolean ended() {
        return machine.ended() != null;
    }
}
