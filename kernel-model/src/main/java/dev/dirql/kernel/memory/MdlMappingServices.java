package dev.dirql.kernel.memory;

import dev.dirql.kernel.Crash;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.Mdl;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Processor;

/**
 * Maps the pages of memory descriptor lists: into the kernel's part of the address space, or into
 * that of the process whose thread asks. Source: WDK, the page of each routine, "Bug check 0x1A",
 * "Bug check 0xC4" and "Bug check 0xDA".
 */
public final class MdlMappingServices {
    private static final int MEMORY_MANAGEMENT = 0x1A;
    private static final int PAGE_NOT_LOCKED = 0x1233;
    private static final int KMODE_EXCEPTION_NOT_HANDLED = 0x1E;
    private static final int SYSTEM_PTE_MISUSE = 0xDA;
    private static final int NOT_MAPPED = 0x06;

    private static final int USER_MODE = 1;

    /** Bits of a priority. */
    private static final int MDL_MAPPING_NO_WRITE = 0x8000_0000;

    private static final int MDL_MAPPING_NO_EXECUTE = 0x4000_0000;

    private static final int RESIDENT =
            Mdls.PAGES_LOCKED | Mdls.PARTIAL | Mdls.IO_SPACE | Mdls.SOURCE_IS_NONPAGED_POOL;
    private static final int MAPPED = Mdls.MAPPED_TO_SYSTEM_VA | Mdls.SOURCE_IS_NONPAGED_POOL;

    private final ServiceEngine engine;
    private final AddressWindow lockedPages;
    private final AddressWindow user;
    private final MdlRules rules;
    private final Crash crash;

    /**
     * @param lockedPages where pages are mapped in the kernel
     * @param user where they are mapped in the process
     */
    public MdlMappingServices(
            ServiceEngine engine,
            AddressWindow lockedPages,
            AddressWindow user,
            Rules rules,
            Crash crash) {
        this.engine = engine;
        this.lockedPages = lockedPages;
        this.user = user;
        this.rules = new MdlRules(rules);
        this.crash = crash;
    }

    @Ddi(
            value = "MmMapLockedPagesSpecifyCache",
            maximum = Irql.DISPATCH_LEVEL,
            verifier = 0x76,
            state = Ddi.State.PARTIAL,
            missing = "AccessMode UserMode in a system thread")
    Outcome mapSpecifyCache(
            Processor processor,
            Mdl mdl,
            byte accessMode,
            int cacheType,
            long requestedAddress,
            int bugCheckOnFailure,
            int priority) {
        if (accessMode != USER_MODE
                && bugCheckOnFailure != 0
                && !rules.tell(
                        processor,
                        "MdlBugCheckOnFailure",
                        0x82,
                        "MmMapLockedPagesSpecifyCache gets BugCheckOnFailure TRUE for the MDL 0x%x"
                                .formatted(mdl.address()),
                        mdl.address(),
                        mdl.mdlFlags() & 0xFFFF,
                        0,
                        engine.caller(processor))) {
            return Outcome.stay();
        }
        return map(processor, "MmMapLockedPagesSpecifyCache", 0x77, mdl, accessMode, priority);
    }

    @Ddi(
            value = "MmMapLockedPages",
            maximum = Irql.DISPATCH_LEVEL,
            verifier = 0x74,
            state = Ddi.State.PARTIAL,
            missing = "AccessMode UserMode in a system thread")
    Outcome map(Processor processor, Mdl mdl, byte accessMode) {
        return rules.tell(
                        processor,
                        "MdlBugCheckOnFailure",
                        0x81,
                        "MmMapLockedPages is called for the MDL 0x%x, and not"
                                        .formatted(mdl.address())
                                + " MmMapLockedPagesSpecifyCache",
                        mdl.address(),
                        mdl.mdlFlags() & 0xFFFF,
                        0,
                        engine.caller(processor))
                ? map(processor, "MmMapLockedPages", 0x75, mdl, accessMode, 0)
                : Outcome.stay();
    }

    private Outcome map(
            Processor processor,
            String routine,
            int userSubcode,
            Mdl mdl,
            byte accessMode,
            int priority) {
        long caller = engine.caller(processor);
        int flags = mdl.mdlFlags();
        if ((flags & RESIDENT) == 0) {
            if (rules.state(
                    processor,
                    0xB3,
                    routine,
                    mdl,
                    "whose pages are not locked",
                    Mdls.PAGES_LOCKED | Mdls.PARTIAL,
                    caller)) {
                crash.bugCheck(processor, MEMORY_MANAGEMENT, PAGE_NOT_LOCKED, mdl.frame(0), 0, 0);
            }
            return Outcome.stay();
        }
        if (accessMode == USER_MODE) {
            return mapForUser(processor, routine, userSubcode, mdl, priority);
        }
        if ((flags & MAPPED) != 0
                && !rules.state(
                        processor,
                        0xB2,
                        routine,
                        mdl,
                        "which is mapped to a system address already",
                        flags & MAPPED,
                        caller)) {
            return Outcome.stay();
        }
        processor.memory().probe(mdl.address(), Mdl.BYTES, true);
        long address =
                lockedPages.map(
                        (int) mdl.byteOffset(),
                        mdl.byteCount(),
                        frames(mdl),
                        writable(priority)
                                | ((priority & MDL_MAPPING_NO_EXECUTE) != 0
                                        ? 0
                                        : PageFlags.EXECUTABLE));
        mdl.setMappedSystemVa(address);
        int partial = (flags & Mdls.PARTIAL) != 0 ? Mdls.PARTIAL_HAS_BEEN_MAPPED : 0;
        mdl.setMdlFlags(flags | Mdls.MAPPED_TO_SYSTEM_VA | partial);
        return Outcome.of(address);
    }

    /** What is mapped for a process does not show in the list, and there may be several. */
    private Outcome mapForUser(
            Processor processor, String routine, int subcode, Mdl mdl, int priority) {
        if (!isForUser(processor, routine, subcode, mdl.address(), 0)) {
            return Outcome.stay();
        }
        if (!user.isIn(processor.memory().space())) {
            // No code here handles exceptions.
            crash.bugCheck(
                    processor,
                    KMODE_EXCEPTION_NOT_HANDLED,
                    NtStatus.ACCESS_VIOLATION,
                    engine.caller(processor),
                    0,
                    0);
            return Outcome.stay();
        }
        return Outcome.of(
                user.map(
                        (int) mdl.byteOffset(),
                        mdl.byteCount(),
                        frames(mdl),
                        PageFlags.USER | writable(priority)));
    }

    private static int writable(int priority) {
        return (priority & MDL_MAPPING_NO_WRITE) != 0 ? 0 : PageFlags.WRITABLE;
    }

    private static long[] frames(Mdl mdl) {
        long[] frames = new long[Mdl.pages(mdl.byteOffset(), mdl.byteCount())];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = mdl.frame(i);
        }
        return frames;
    }

    /** The addresses of a process are changed only at APC_LEVEL and below. */
    private boolean isForUser(
            Processor processor, String routine, int subcode, long argument, long other) {
        return processor.irql() <= Irql.APC_LEVEL
                || rules.tell(
                        processor,
                        "MdlUserMappingTooHigh",
                        subcode,
                        "%s is called for user mode at %s"
                                .formatted(routine, Irql.name(processor.irql())),
                        processor.irql(),
                        argument,
                        other == 0 ? USER_MODE : other,
                        engine.caller(processor));
    }

    @Ddi(value = "MmUnmapLockedPages", maximum = Irql.DISPATCH_LEVEL, verifier = 0x79)
    Outcome unmap(Processor processor, long address, Mdl mdl) {
        long caller = engine.caller(processor);
        if (address >= 0) {
            return unmapForUser(processor, address, mdl, caller);
        }
        int flags = mdl.mdlFlags();
        boolean own =
                (flags & (Mdls.PARTIAL | Mdls.PARTIAL_HAS_BEEN_MAPPED)) != Mdls.PARTIAL
                        || rules.state(
                                processor,
                                0xB5,
                                "MmUnmapLockedPages",
                                mdl,
                                "which is partial and has no mapping of its own",
                                Mdls.PARTIAL,
                                caller);
        boolean goesOn =
                own
                        && ((flags & Mdls.MAPPED_TO_SYSTEM_VA) != 0
                                || rules.state(
                                        processor,
                                        0xB6,
                                        "MmUnmapLockedPages",
                                        mdl,
                                        "which is not mapped to a system address",
                                        Mdls.MAPPED_TO_SYSTEM_VA,
                                        caller));
        if (!goesOn) {
            return Outcome.stay();
        }
        AddressWindow.Mapping mapping = lockedPages.find(address);
        if (mapping == null || mdl.mappedSystemVa() != address) {
            return notMapped(processor, address, mdl);
        }
        processor.memory().probe(mdl.address(), Mdl.BYTES, true);
        mdl.setMdlFlags(flags & ~(Mdls.MAPPED_TO_SYSTEM_VA | Mdls.PARTIAL_HAS_BEEN_MAPPED));
        lockedPages.unmap(mapping);
        return Outcome.done();
    }

    /** In another process's context the address means something else. */
    private Outcome unmapForUser(Processor processor, long address, Mdl mdl, long caller) {
        if (!isForUser(processor, "MmUnmapLockedPages", 0x7A, address, mdl.address())) {
            return Outcome.stay();
        }
        AddressWindow.Mapping mapping =
                user.isIn(processor.memory().space()) ? user.find(address) : null;
        if (mapping != null) {
            user.unmap(mapping);
            return Outcome.done();
        }
        return rules.tell(
                        processor,
                        "MdlState",
                        0xB9,
                        "MmUnmapLockedPages gets the user address 0x%x, where nothing is mapped"
                                .formatted(address),
                        address,
                        mdl.address(),
                        0,
                        caller)
                ? notMapped(processor, address, mdl)
                : Outcome.stay();
    }

    private Outcome notMapped(Processor processor, long address, Mdl mdl) {
        crash.bugCheck(
                processor,
                SYSTEM_PTE_MISUSE,
                NOT_MAPPED,
                mdl.address(),
                address,
                Mdl.pages(address, mdl.byteCount()));
        return Outcome.stay();
    }
}
