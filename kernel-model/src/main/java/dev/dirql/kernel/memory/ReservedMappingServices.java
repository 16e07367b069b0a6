package dev.dirql.kernel.memory;

import dev.dirql.kernel.Crash;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.Mdl;
import dev.dirql.machine.Machine;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Addresses that a driver reserves, so that it can map pages there whatever else there is. Source:
 * WDK, the page of each routine and "Bug check 0xDA", 0x100 to 0x10C.
 */
public final class ReservedMappingServices implements StatePart {
    private static final int SYSTEM_PTE_MISUSE = 0xDA;
    private static final int NOTHING_ASKED = 0x100;
    private static final int FREED_OF_ANOTHER = 0x101;
    private static final int FREED_NOTHING = 0x102;
    private static final int FREED_MAPPED = 0x103;
    private static final int MAPPED_OF_ANOTHER = 0x104;
    private static final int MAPPED_NOWHERE = 0x105;
    private static final int MAPPED_TWICE = 0x107;
    private static final int UNMAPPED_OF_ANOTHER = 0x108;
    private static final int UNMAPPED_NOTHING = 0x109;
    private static final int UNMAPPED_MORE = 0x10A;
    private static final int UNMAPPED_LESS = 0x10C;

    private static final int MEMORY_MANAGEMENT = 0x1A;
    private static final int PAGE_NOT_LOCKED = 0x1233;
    private static final int LOCKED = Mdls.PAGES_LOCKED | Mdls.PARTIAL | Mdls.IO_SPACE;

    private final Machine machine;
    private final ServiceEngine engine;
    private final Pool pool;
    private final MdlRules rules;
    private final Crash crash;

    /** By first address. */
    private final TreeMap<Long, Range> ranges = new TreeMap<>();

    private long end = KernelLayout.RESERVED_MAPPINGS;

    public ReservedMappingServices(
            Machine machine, ServiceEngine engine, Pool pool, Rules rules, Crash crash) {
        this.machine = machine;
        this.engine = engine;
        this.pool = pool;
        this.rules = new MdlRules(rules);
        this.crash = crash;
    }

    /**
     * @param mapped how many of the pages are mapped now
     */
    private record Range(long pages, int tag, long mapped) {
        long tagValue() {
            return tag & 0xFFFF_FFFFL;
        }
    }

    private Outcome misuse(Processor processor, int how, long address, long p3, long p4) {
        crash.bugCheck(processor, SYSTEM_PTE_MISUSE, how, address, p3, p4);
        return Outcome.stay();
    }

    private static long unsigned(int tag) {
        return tag & 0xFFFF_FFFFL;
    }

    @Ddi(value = "MmAllocateMappingAddress", maximum = Irql.APC_LEVEL)
    Outcome allocate(Processor processor, long bytes, int tag) {
        long caller = engine.caller(processor);
        if (bytes == 0) {
            return misuse(processor, NOTHING_ASKED, 0, unsigned(tag), caller);
        }
        if (bytes < 0 || bytes > 1L << 32 || pool.fails(processor, tag, caller)) {
            return Outcome.done();
        }
        long size = KernelLayout.pages(bytes);
        long address = end;
        end += size + KernelLayout.PAGE_SIZE;
        ranges.put(address, new Range(size / KernelLayout.PAGE_SIZE, tag, 0));
        return Outcome.of(address);
    }

    @Ddi(value = "MmFreeMappingAddress", maximum = Irql.APC_LEVEL)
    Outcome free(Processor processor, long address, int tag) {
        Range range = ranges.get(address);
        if (range == null) {
            return misuse(processor, FREED_NOTHING, address, unsigned(tag), 0);
        }
        if (range.tag != tag) {
            return misuse(processor, FREED_OF_ANOTHER, address, unsigned(tag), range.tagValue());
        }
        if (range.mapped != 0) {
            return misuse(processor, FREED_MAPPED, address, unsigned(tag), range.pages);
        }
        ranges.remove(address);
        return Outcome.done();
    }

    /** The address has the buffer's offset in its page, and MDL.MappedSystemVa has not. */
    @Ddi(value = "MmMapLockedPagesWithReservedMapping", maximum = Irql.DISPATCH_LEVEL)
    Outcome map(Processor processor, long address, int tag, Mdl mdl, int cacheType) {
        Range range = ranges.get(address);
        if (range == null) {
            return misuse(processor, MAPPED_NOWHERE, address, unsigned(tag), 0);
        }
        if (range.tag != tag) {
            return misuse(processor, MAPPED_OF_ANOTHER, address, unsigned(tag), range.tagValue());
        }
        if (range.mapped != 0) {
            long last = address + (range.pages - 1) * KernelLayout.PAGE_SIZE;
            return misuse(processor, MAPPED_TWICE, address, address, last);
        }
        if ((mdl.mdlFlags() & LOCKED) == 0) {
            return notLocked(processor, mdl);
        }
        int count = Mdl.pages(mdl.byteOffset(), mdl.byteCount());
        if (count > range.pages) {
            return Outcome.done();
        }
        processor.memory().probe(mdl.address(), Mdl.BYTES, true);
        for (int i = 0; i < count; i++) {
            machine.map(
                    machine.kernelSpace(),
                    address + i * KernelLayout.PAGE_SIZE,
                    mdl.frame(i),
                    PageFlags.WRITABLE);
        }
        ranges.put(address, new Range(range.pages, tag, count));
        mdl.setMappedSystemVa(address);
        mdl.setMdlFlags(mdl.mdlFlags() | Mdls.MAPPED_TO_SYSTEM_VA);
        return Outcome.of(address + mdl.byteOffset());
    }

    private Outcome notLocked(Processor processor, Mdl mdl) {
        boolean goesOn =
                rules.state(
                        processor,
                        0xB3,
                        "MmMapLockedPagesWithReservedMapping",
                        mdl,
                        "whose pages are not locked",
                        Mdls.PAGES_LOCKED | Mdls.PARTIAL,
                        engine.caller(processor));
        if (goesOn) {
            crash.bugCheck(processor, MEMORY_MANAGEMENT, PAGE_NOT_LOCKED, mdl.frame(0), 0, 0);
        }
        return Outcome.stay();
    }

    @Ddi(value = "MmUnmapReservedMapping", maximum = Irql.DISPATCH_LEVEL)
    Outcome unmap(Processor processor, long address, int tag, Mdl mdl) {
        long start = KernelLayout.page(address);
        @Nullable Range range = ranges.get(start);
        int count = Mdl.pages(mdl.byteOffset(), mdl.byteCount());
        if (range != null && range.tag != tag) {
            return misuse(processor, UNMAPPED_OF_ANOTHER, start, unsigned(tag), range.tagValue());
        }
        if (range == null || range.mapped == 0) {
            return misuse(processor, UNMAPPED_NOTHING, start, unsigned(tag), 0);
        }
        if (count > range.mapped) {
            return misuse(processor, UNMAPPED_MORE, start, range.mapped, count);
        }
        if (count < range.mapped) {
            return misuse(processor, UNMAPPED_LESS, start, unsigned(tag), count);
        }
        processor.memory().probe(mdl.address(), Mdl.BYTES, true);
        for (int i = 0; i < count; i++) {
            machine.map(
                    machine.kernelSpace(), start + i * KernelLayout.PAGE_SIZE, 0, PageFlags.FREED);
        }
        ranges.put(start, new Range(range.pages, tag, 0));
        mdl.setMdlFlags(mdl.mdlFlags() & ~Mdls.MAPPED_TO_SYSTEM_VA);
        return Outcome.done();
    }

    @Override
    public void save(StateWriter out) {
        out.value(end);
        out.value(ranges.size());
        for (Map.Entry<Long, Range> entry : ranges.entrySet()) {
            out.value(entry.getKey());
            out.value(entry.getValue().pages);
            out.value(entry.getValue().tag);
            out.value(entry.getValue().mapped);
        }
    }

    @Override
    public void restore(StateReader in) {
        end = in.value();
        ranges.clear();
        for (int i = in.intValue(); i > 0; i--) {
            long address = in.value();
            ranges.put(address, new Range(in.value(), in.intValue(), in.value()));
        }
    }
}
