package dev.dirql.kernel.memory;

import dev.dirql.kernel.Crash;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Processor;

/** The Mm… routines that translate and map addresses. */
public final class MemoryServices {
    private static final int SYSTEM_PTE_MISUSE = 0xDA;
    private static final int NOT_KNOWN = 0x400;

    /** Protections of MmMapIoSpaceEx, WDK. */
    private static final int PAGE_READONLY = 0x02;

    private static final int PAGE_READWRITE = 0x04;
    private static final int PAGE_EXECUTE = 0x10;
    private static final int PAGE_EXECUTE_READ = 0x20;
    private static final int PAGE_EXECUTE_READWRITE = 0x40;
    private static final int PAGE_MODIFIERS = 0x200 | 0x400;

    private final AddressWindow deviceRegisters;
    private final ServiceEngine engine;
    private final MdlRules rules;
    private final Crash crash;

    /**
     * @param deviceRegisters where MmMapIoSpace maps
     */
    public MemoryServices(
            ServiceEngine engine, AddressWindow deviceRegisters, Rules rules, Crash crash) {
        this.engine = engine;
        this.deviceRegisters = deviceRegisters;
        this.rules = new MdlRules(rules);
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

    @Ddi(value = "MmMapIoSpace", maximum = Irql.DISPATCH_LEVEL, verifier = 0x73)
    Outcome mapIoSpace(Processor processor, long physical, long bytes, int cacheType) {
        return map(processor, physical, bytes, PageFlags.WRITABLE);
    }

    @Ddi(value = "MmMapIoSpaceEx", maximum = Irql.DISPATCH_LEVEL)
    Outcome mapIoSpaceEx(Processor processor, long physical, long bytes, int protect) {
        int flags =
                switch (protect & ~PAGE_MODIFIERS) {
                    case PAGE_READONLY -> 0;
                    case PAGE_READWRITE -> PageFlags.WRITABLE;
                    case PAGE_EXECUTE, PAGE_EXECUTE_READ -> PageFlags.EXECUTABLE;
                    case PAGE_EXECUTE_READWRITE -> PageFlags.WRITABLE | PageFlags.EXECUTABLE;
                    default -> -1;
                };
        return flags < 0 ? Outcome.done() : map(processor, physical, bytes, flags);
    }

    private Outcome map(Processor processor, long physical, long bytes, int flags) {
        if (bytes <= 0 || physical < 0 || physical + bytes < 0 || bytes > 1L << 32) {
            return Outcome.done();
        }
        long first = physical >>> 12;
        long[] frames = new long[(int) (((physical + bytes + 0xFFF) >>> 12) - first)];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = first + i;
        }
        boolean memory = processor.machine().memory().contains(physical, bytes);
        if (memory && !isLocked(processor, physical, bytes, frames)) {
            return Outcome.stay();
        }
        int all = memory ? flags : flags | PageFlags.DEVICE;
        return Outcome.of(deviceRegisters.map((int) (physical & 0xFFF), bytes, frames, all));
    }

    /** Memory that nobody has may become anybody's; says whether the run goes on. */
    private boolean isLocked(Processor processor, long physical, long bytes, long[] frames) {
        for (long frame : frames) {
            if (!processor.machine().memory().isAllocated((int) frame)) {
                return rules.tell(
                        processor,
                        "MapsUnlockedMemory",
                        0x83,
                        "the physical memory 0x%x of 0x%x bytes is mapped, and nobody has it locked"
                                .formatted(physical, bytes),
                        physical,
                        bytes,
                        frame,
                        engine.caller(processor));
            }
        }
        return true;
    }

    @Ddi(value = "MmUnmapIoSpace", maximum = Irql.DISPATCH_LEVEL, verifier = 0x7B)
    Outcome unmapIoSpace(Processor processor, long address, long bytes) {
        AddressWindow.Mapping mapping = deviceRegisters.find(address);
        long asked = new AddressWindow.Mapping(address, bytes).pages();
        if (mapping == null) {
            AddressWindow.Mapping around = deviceRegisters.around(address);
            if (around == null) {
                crash.bugCheck(processor, SYSTEM_PTE_MISUSE, NOT_KNOWN, address, asked, 0);
            } else {
                crash.bugCheck(processor, SYSTEM_PTE_MISUSE, 0x03, 0, around.address(), address);
            }
            return Outcome.stay();
        }
        if (asked != mapping.pages()) {
            crash.bugCheck(processor, SYSTEM_PTE_MISUSE, 0x02, 0, mapping.pages(), asked);
            return Outcome.stay();
        }
        deviceRegisters.unmap(mapping);
        return Outcome.done();
    }
}
