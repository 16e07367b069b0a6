package dev.dirql.kernel.memory;

import dev.dirql.kernel.Crash;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.structures.Mdl;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Processor;

/** The Mm… routines that translate and map addresses. */
public final class MemoryServices {
    private static final int SYSTEM_PTE_MISUSE = 0xDA;
    private static final int MEMORY_MANAGEMENT = 0x1A;

    /** Protections of MmMapIoSpaceEx, WDK. */
    private static final int PAGE_READONLY = 0x02;

    private static final int PAGE_READWRITE = 0x04;
    private static final int PAGE_EXECUTE = 0x10;
    private static final int PAGE_EXECUTE_READ = 0x20;
    private static final int PAGE_EXECUTE_READWRITE = 0x40;
    private static final int PAGE_MODIFIERS = 0x200 | 0x400;

    /** MdlFlags, WDK. */
    private static final int MDL_MAPPED_TO_SYSTEM_VA = 0x0001;

    private static final int MDL_PAGES_LOCKED = 0x0002;
    private static final int MDL_SOURCE_IS_NONPAGED_POOL = 0x0004;
    private static final int MDL_PARTIAL = 0x0010;
    private static final int MDL_IO_SPACE = 0x0800;

    private static final int MDL_MAPPING_NO_WRITE = 0x8000_0000;
    private static final int MDL_MAPPING_NO_EXECUTE = 0x4000_0000;

    private final AddressWindow deviceRegisters;
    private final AddressWindow lockedPages;
    private final Crash crash;

    /**
     * @param deviceRegisters where MmMapIoSpace maps
     * @param lockedPages where pages of MDLs are mapped
     */
    public MemoryServices(AddressWindow deviceRegisters, AddressWindow lockedPages, Crash crash) {
        this.deviceRegisters = deviceRegisters;
        this.lockedPages = lockedPages;
        this.crash = crash;
    }

    /** An address that is not in memory has no physical address: zero, as the page says nothing. */
    @Ddi(value = "MmGetPhysicalAddress", header = "ntddk.h")
    long getPhysicalAddress(Processor processor, long address) {
        int absent = PageFlags.ABSENT | PageFlags.FREED | PageFlags.GUARD;
        long physical = processor.memory().physical(address);
        return physical < 0 || (processor.memory().pageFlags(address) & absent) != 0 ? 0 : physical;
    }

    @Ddi(value = "MmIsAddressValid", header = "ntddk.h", maximum = Irql.DISPATCH_LEVEL)
    boolean isAddressValid(Processor processor, long address) {
        int flags = processor.memory().pageFlags(address);
        if (processor.memory().physical(address) < 0
                || (flags & (PageFlags.ABSENT | PageFlags.FREED | PageFlags.GUARD)) != 0) {
            return false;
        }
        boolean pageable = (flags & PageFlags.PAGEABLE) != 0 && (flags & PageFlags.LOCKED) == 0;
        return !pageable || processor.machine().software().isResident(processor, address);
    }

    @Ddi(value = "MmMapIoSpace", maximum = Irql.DISPATCH_LEVEL)
    long mapIoSpace(Processor processor, long physical, long bytes, int cacheType) {
        return map(processor, physical, bytes, PageFlags.WRITABLE);
    }

    @Ddi(value = "MmMapIoSpaceEx", maximum = Irql.DISPATCH_LEVEL)
    long mapIoSpaceEx(Processor processor, long physical, long bytes, int protect) {
        int flags =
                switch (protect & ~PAGE_MODIFIERS) {
                    case PAGE_READONLY -> 0;
                    case PAGE_READWRITE -> PageFlags.WRITABLE;
                    case PAGE_EXECUTE, PAGE_EXECUTE_READ -> PageFlags.EXECUTABLE;
                    case PAGE_EXECUTE_READWRITE -> PageFlags.WRITABLE | PageFlags.EXECUTABLE;
                    default -> -1;
                };
        return flags < 0 ? 0 : map(processor, physical, bytes, flags);
    }

    private long map(Processor processor, long physical, long bytes, int flags) {
        if (bytes <= 0 || physical < 0 || physical + bytes < 0 || bytes > 1L << 32) {
            return 0;
        }
        long first = physical >>> 12;
        long[] frames = new long[(int) (((physical + bytes + 0xFFF) >>> 12) - first)];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = first + i;
        }
        boolean memory = processor.machine().memory().contains(physical, bytes);
        int all = memory ? flags : flags | PageFlags.DEVICE;
        return deviceRegisters.map((int) (physical & 0xFFF), bytes, frames, all);
    }

    @Ddi(value = "MmUnmapIoSpace", maximum = Irql.DISPATCH_LEVEL)
    Outcome unmapIoSpace(Processor processor, long address, long bytes) {
        AddressWindow.Mapping mapping = deviceRegisters.find(address);
        if (mapping == null) {
            AddressWindow.Mapping around = deviceRegisters.around(address);
            crash.bugCheck(
                    processor,
                    SYSTEM_PTE_MISUSE,
                    0x03,
                    0,
                    around == null ? 0 : around.address(),
                    address);
            return Outcome.stay();
        }
        long asked = new AddressWindow.Mapping(address, bytes).pages();
        if (asked != mapping.pages()) {
            crash.bugCheck(processor, SYSTEM_PTE_MISUSE, 0x02, 0, mapping.pages(), asked);
            return Outcome.stay();
        }
        deviceRegisters.unmap(mapping);
        return Outcome.done();
    }

    @Ddi(
            value = "MmMapLockedPagesSpecifyCache",
            maximum = Irql.DISPATCH_LEVEL,
            state = Ddi.State.PARTIAL,
            missing = "AccessMode UserMode")
    Outcome mapLockedPages(
            Processor processor,
            Mdl mdl,
            int accessMode,
            int cacheType,
            long requestedAddress,
            int bugCheckOnFailure,
            int priority) {
        int flags = mdl.mdlFlags();
        int mapped = MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL;
        if ((flags & (MDL_PAGES_LOCKED | MDL_PARTIAL | MDL_IO_SPACE)) == 0
                || (flags & mapped) != 0) {
            // A second mapping, or pages that may go at any time.
            crash.bugCheck(processor, MEMORY_MANAGEMENT, 0x1236, mdl.address(), flags & 0xFFFF, 0);
            return Outcome.stay();
        }
        long start = mdl.startVa() + mdl.byteOffset();
        int count = Mdl.pages(start, mdl.byteCount());
        long[] frames = new long[count];
        for (int i = 0; i < count; i++) {
            frames[i] = mdl.frame(i);
        }
        processor.memory().probe(mdl.address(), Mdl.BYTES, true);
        int pageFlags =
                ((priority & MDL_MAPPING_NO_WRITE) != 0 ? 0 : PageFlags.WRITABLE)
                        | ((priority & MDL_MAPPING_NO_EXECUTE) != 0 ? 0 : PageFlags.EXECUTABLE);
        long address = lockedPages.map((int) mdl.byteOffset(), mdl.byteCount(), frames, pageFlags);
        mdl.setMappedSystemVa(address);
        int partial = (flags & MDL_PARTIAL) != 0 ? Mdls.PARTIAL_HAS_BEEN_MAPPED : 0;
        mdl.setMdlFlags(flags | MDL_MAPPED_TO_SYSTEM_VA | partial);
        return Outcome.of(address);
    }

    @Ddi(value = "MmUnmapLockedPages", maximum = Irql.DISPATCH_LEVEL)
    Outcome unmapLockedPages(Processor processor, long address, Mdl mdl) {
        AddressWindow.Mapping mapping = lockedPages.find(address);
        if (mapping == null || mdl.mappedSystemVa() != address) {
            crash.bugCheck(
                    processor,
                    SYSTEM_PTE_MISUSE,
                    0x06,
                    mdl.address(),
                    address,
                    Mdl.pages(address, mdl.byteCount()));
            return Outcome.stay();
        }
        mdl.setMdlFlags(mdl.mdlFlags() & ~(MDL_MAPPED_TO_SYSTEM_VA | Mdls.PARTIAL_HAS_BEEN_MAPPED));
        lockedPages.unmap(mapping);
        return Outcome.done();
    }
}
