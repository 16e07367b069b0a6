package dev.dirql.kernel.traps;

import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongFunction;

/**
 * The routines that drivers register for bug checks, in the order in which they were registered:
 * the WDK names none. {@link CrashDump} calls them. Source: WDK, "Writing a Bug Check Reason
 * Callback Routine" and the page of each routine.
 */
public final class BugCheckCallbacks {
    /** Symbols of the heads of the two lists. */
    public static final String LIST = "KeBugCheckCallbackListHead";

    public static final String REASON_LIST = "KeBugCheckReasonCallbackListHead";

    private static final int CORRUPT_LIST_ENTRY = 3;
    private static final int FIRST_REASON = 2;
    private static final int LAST_REASON = 7;
    private static final int INVALID_PARAMETER = 0xC000_000D;
    private static final int INSUFFICIENT_RESOURCES = 0xC000_009A;

    private final ServiceEngine engine;
    private final Rules rules;
    private final BugChecks bugChecks;
    private final LoadedImages images;

    public BugCheckCallbacks(
            ServiceEngine engine, Rules rules, BugChecks bugChecks, LoadedImages images) {
        this.engine = engine;
        this.rules = rules;
        this.bugChecks = bugChecks;
        this.images = images;
    }

    @Ddi("KeRegisterBugCheckCallback")
    boolean register(
            Processor processor,
            KBugCheckCallbackRecord record,
            long routine,
            long buffer,
            int length,
            long component) {
        return insert(
                        processor,
                        LIST,
                        record,
                        () -> record.initialize(routine, buffer, length, component))
                && mustStay(processor, "buffer", buffer, length & 0xFFFF_FFFFL);
    }

    @Ddi("KeDeregisterBugCheckCallback")
    boolean deregister(Processor processor, KBugCheckCallbackRecord record) {
        return remove(processor, record);
    }

    @Ddi("KeRegisterBugCheckReasonCallback")
    boolean registerReason(
            Processor processor,
            KBugCheckReasonCallbackRecord record,
            long routine,
            int reason,
            long component) {
        return reason >= FIRST_REASON
                && reason <= LAST_REASON
                && insert(
                        processor,
                        REASON_LIST,
                        record,
                        () -> record.initialize(routine, reason, component));
    }

    @Ddi("KeDeregisterBugCheckReasonCallback")
    boolean deregisterReason(Processor processor, KBugCheckReasonCallbackRecord record) {
        return remove(processor, record);
    }

    /** The array takes as many blocks as fit in it. */
    @Ddi("KeInitializeTriageDumpDataArray")
    int initializeArray(Processor processor, KTriageDumpDataArray array, int size) {
        if (Integer.compareUnsigned(size, KTriageDumpDataArray.BYTES) < 0) {
            return INVALID_PARAMETER;
        }
        processor.memory().probe(array.address(), size & 0xFFFF_FFFFL, true);
        array.initialize(size);
        return 0;
    }

    @Ddi("KeAddTriageDumpDataBlock")
    int addBlock(Processor processor, KTriageDumpDataArray array, long address, long size) {
        if (size <= 0 || size > 0xFFFF_FFFFL) {
            return INVALID_PARAMETER;
        }
        return array.add(address, (int) size) ? 0 : INSUFFICIENT_RESOURCES;
    }

    private boolean insert(
            Processor processor, String list, CallbackRecord record, Runnable initialize) {
        processor.memory().probe(record.address(), record.bytes(), true);
        if (record.state() != CallbackRecord.EMPTY) {
            return false;
        }
        ListEntry head = head(processor, list);
        initialize.run();
        head.insertBefore(record.entry());
        return mustStay(processor, "record", record.address(), record.bytes());
    }

    private boolean remove(Processor processor, CallbackRecord record) {
        processor.memory().probe(record.address(), record.bytes(), true);
        if (record.state() != CallbackRecord.INSERTED) {
            return false;
        }
        ListEntry entry = record.entry();
        ProcessorMemory memory = processor.memory();
        if (memory.physical(entry.flink()) < 0
                || memory.physical(entry.blink()) < 0
                || !entry.isSound()) {
            bugChecks.fastFail(processor, CORRUPT_LIST_ENTRY, engine.caller(processor));
            return false;
        }
        entry.remove();
        record.setState(CallbackRecord.EMPTY);
        return true;
    }

    /**
     * Tells of memory that may be absent when it is used; the registration is made all the same.
     */
    private boolean mustStay(Processor processor, String what, long address, long size) {
        for (long page = address & -4096; page - address < size; page += 4096) {
            int flags = processor.memory().pageFlags(page);
            if ((flags & (PageFlags.PAGEABLE | PageFlags.LOCKED)) == PageFlags.PAGEABLE) {
                rules.broken(
                        processor,
                        Violation.error(
                                "BugCheckCallbackInPageableStorage",
                                "",
                                "the %s of a bug-check callback at 0x%x is in pageable memory"
                                        .formatted(what, address),
                                Verifier.NONE),
                        engine.caller(processor));
                return true;
            }
        }
        return true;
    }

    /** The head of a list for who adds to it; it is zero before that. */
    private ListEntry head(Processor processor, String list) {
        ListEntry head = new ListEntry(processor.memory(), engine.table().address(list));
        if (head.flink() == 0) {
            head.initializeHead();
        }
        return head;
    }

    /**
     * Whether a callback may call a routine whatever its page says of IRQLs: as long as nothing
     * else runs, nothing changes under MmIsAddressValid.
     */
    public boolean mayCall(String routine) {
        return bugChecks.isEnding() && routine.equals("MmIsAddressValid");
    }

    // ---- who is registered ----

    /** The routines that have nothing to do with a crash dump. */
    List<KBugCheckCallbackRecord> plain(Processor processor) {
        return records(
                processor,
                LIST,
                KBugCheckCallbackRecord.BYTES,
                address -> new KBugCheckCallbackRecord(processor.memory(), address));
    }

    /** Those that take part in it. */
    List<KBugCheckReasonCallbackRecord> reasons(Processor processor) {
        return records(
                processor,
                REASON_LIST,
                KBugCheckReasonCallbackRecord.BYTES,
                address -> new KBugCheckReasonCallbackRecord(processor.memory(), address));
    }

    /** As far as the list can be followed, and without those that somebody wrote over. */
    private <T extends CallbackRecord> List<T> records(
            Processor processor, String list, int bytes, LongFunction<T> view) {
        List<T> found = new ArrayList<>();
        Set<Long> seen = new TreeSet<>();
        ProcessorMemory memory = processor.memory();
        ListEntry head = new ListEntry(memory, engine.table().address(list));
        long at = head.flink();
        while (at != 0
                && at != head.address()
                && isThere(memory, at)
                && isThere(memory, at + bytes - 1)
                && seen.add(at)) {
            T record = view.apply(at);
            if (record.isIntact()) {
                found.add(record);
            }
            at = record.entry().flink();
        }
        return found;
    }

    private static boolean isThere(ProcessorMemory memory, long address) {
        int gone = PageFlags.ABSENT | PageFlags.FREED | PageFlags.GUARD | PageFlags.DEVICE;
        return memory.physical(address) >= 0 && (memory.pageFlags(address) & gone) == 0;
    }

    private List<CallbackRecord> all(Processor processor) {
        List<CallbackRecord> all = new ArrayList<>(plain(processor));
        all.addAll(reasons(processor));
        return all;
    }

    /** Who registered a callback, and its routine, in words. */
    String name(Processor processor, CallbackRecord record) {
        StringBuilder component = new StringBuilder();
        long address = record.component();
        while (address != 0 && isThere(processor.memory(), address) && component.length() < 64) {
            int character = (int) processor.memory().load8(address++);
            if (character == 0) {
                break;
            }
            component.append(character < ' ' || character > '~' ? '?' : (char) character);
        }
        return "%s (\"%s\")".formatted(images.name(record.routine()), component);
    }

    /** What an image that is unloaded leaves registered, in words. */
    public List<String> of(Processor processor, LoadedImage image) {
        return all(processor).stream()
                .filter(record ->
                        image.contains(record.routine()) || image.contains(record.address()))
                .map(record -> "the bug-check callback " + name(processor, record))
                .toList();
    }

    /** Memory is about to be freed: it must not hold a record that is registered. */
    public void goes(Processor processor, String what, long start, long size, long caller) {
        for (CallbackRecord record : all(processor)) {
            if (Long.compareUnsigned(record.address() - start, size) < 0) {
                rules.broken(
                        processor,
                        Violation.error(
                                "BugCheckCallbackFreed",
                                "",
                                "the record of the bug-check callback %s is in %s"
                                        .formatted(name(processor, record), what),
                                Verifier.NONE),
                        caller);
            }
        }
    }
}
