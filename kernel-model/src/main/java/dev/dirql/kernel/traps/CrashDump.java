package dev.dirql.kernel.traps;

import dev.dirql.events.RunEnd;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelMemory;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.traps.BugChecks.BugCheck;
import dev.dirql.machine.Machine;
import dev.dirql.machine.MemoryFault;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What drivers see of a bug check: all processors but one do nothing any more, that one runs at
 * HIGH_LEVEL with interrupts disabled the routines that have a part in the crash dump, and then the
 * others. No file is written; the routines are called as for a kernel memory dump that is written
 * sequentially. Source: WDK, "Writing a Bug Check Reason Callback Routine" and the pages of
 * KBUGCHECK_CALLBACK_ROUTINE and of the structures.
 */
public final class CrashDump implements BugChecks.LastCallbacks, StatePart {
    private static final String END = "KiBugCheckEnd";

    /** Stack that the routines can count on. */
    private static final int ROOM = 0x2000;

    private static final int HEADER_BYTES = 0x2000;
    private static final int PAGE = 0x1000;
    private static final int MORE = 0x8000_0000;
    private static final int VIRTUAL = 1;
    private static final int PHYSICAL = 2;

    /** What a call has to do with, in the order of the calls. */
    enum Phase {
        ADD_PAGES(4),
        REMOVE_PAGES(6),
        TRIAGE(7),
        HEADER(0),
        BODY(0),
        SECONDARY(2),
        MULTI_PART(5),
        COMPLETE(0),
        PLAIN(0);

        /** KBUGCHECK_CALLBACK_REASON of the routines that are called, 0 for none. */
        private final int reason;

        Phase(int reason) {
            this.reason = reason;
        }

        Phase next() {
            return values()[ordinal() + 1];
        }
    }

    private static final int DUMP_IO = 3;

    private final Machine machine;
    private final ServiceEngine engine;
    private final Irqls irqls;
    private final KernelMemory memory;
    private final BugChecks bugChecks;
    private final BugCheckCallbacks callbacks;
    private final Rules rules;
    private final DumpPages pages;
    private final long timeNs;
    private final int watch;

    /** Where the structures and buffers are that the routines get, 0 before there are any. */
    private long area;

    /** Address of the record whose routine runs, 0 for none. */
    private long current;

    /**
     * @param timeNs time after which routines are taken to hang
     */
    public CrashDump(
            Machine machine,
            ServiceEngine engine,
            Irqls irqls,
            KernelMemory memory,
            BugChecks bugChecks,
            BugCheckCallbacks callbacks,
            Rules rules,
            long timeNs) {
        this.machine = machine;
        this.engine = engine;
        this.irqls = irqls;
        this.memory = memory;
        this.bugChecks = bugChecks;
        this.callbacks = callbacks;
        this.rules = rules;
        this.timeNs = timeNs;
        pages = new DumpPages(machine);
        watch = machine.queue().register(this::takesTooLong);
    }

    /** The next routine is to be found. */
    record NextCallback(Phase phase, long record, int part) implements Pending {}

    /** A routine with a reason runs. */
    record ReasonReturned(Phase phase, long record, int part) implements Pending {}

    /**
     * A part of the dump is written.
     *
     * @param writer the routine that gets it, 0 before the first
     * @param phase what comes afterwards, with its record and part
     * @param again whether the routine of the record is called for more
     */
    record WriteDump(
            int type,
            long data,
            int length,
            long writer,
            Phase phase,
            long record,
            int part,
            boolean again)
            implements Pending {}

    /** A routine without a reason runs. */
    record PlainReturned(long record) implements Pending {}

    // ---- the beginning and the end ----

    @Override
    public boolean arePresent(Processor processor) {
        return !callbacks.plain(processor).isEmpty() || !callbacks.reasons(processor).isEmpty();
    }

    @Override
    public void begin(Processor processor, BugCheck bugCheck, long ip, long stackPointer) {
        for (int i = 0; i < machine.processorCount(); i++) {
            Processor other = machine.processor(i);
            other.wake(machine.nowNs());
            other.flags.setInterruptsEnabled(false);
            if (other != processor) {
                other.waitForInterrupt();
            }
        }
        processor.halfDone.pending = false;
        processor.interruptShadow = false;
        processor.rip = ip;
        processor.registers[Processor.RSP] = stackPointer;
        long frame = room(processor, stackPointer);
        MachineFrame.store(processor, frame);
        processor.memory().store64(frame - Long.BYTES, engine.table().address(END));
        processor.registers[Processor.RSP] = frame - Long.BYTES;
        irqls.set(processor, Irql.HIGH_LEVEL, ip);
        if (area == 0 && !callbacks.reasons(processor).isEmpty()) {
            area = memory.allocateObject(CrashData.BYTES);
        }
        if (area != 0) {
            pages.ofKernel();
        }
        machine.queue().set(watch, machine.nowNs() + timeNs, 0);
        engine.begin(processor, new NextCallback(area == 0 ? Phase.PLAIN : Phase.ADD_PAGES, 0, 0));
    }

    /** Where a machine frame fits: below what the bug check found, or on a stack of its own. */
    private long room(Processor processor, long stackPointer) {
        long frame = (stackPointer & -16) - MachineFrame.SIZE & -16;
        try {
            processor.memory().probe(frame - ROOM, ROOM + MachineFrame.SIZE, true);
            return frame;
        } catch (MemoryFault fault) {
            long top = memory.allocateStack();
            if (top == 0) {
                throw new IllegalArgumentException(
                        "the machine has too little memory for the stack of a bug check");
            }
            return (top - MachineFrame.SIZE) & -16;
        }
    }

    @EntryPoint(value = END, frame = FrameShape.MACHINE_FRAME)
    void end(Processor processor) {
        machine.end(RunEnd.BUG_CHECK, bugCheck().text());
    }

    private BugCheck bugCheck() {
        return Objects.requireNonNull(bugChecks.last());
    }

    @Override
    public void failed(Processor processor, String what, long address) {
        tell(processor, "BugCheckCallbackFails", "raises " + what, address);
    }

    @Override
    public void hangs(Processor processor, String why, long address) {
        tell(
                processor,
                "BugCheckCallbackHangs",
                why + ", but no other processor does anything any more",
                address);
    }

    private void takesTooLong(long now, long argument) {
        Processor processor = machine.processor(bugCheck().processor());
        CallbackRecord record = running(processor);
        tell(
                processor,
                "BugCheckCallbackHangs",
                "runs for more than %d us".formatted(timeNs / 1000),
                record == null ? processor.rip : record.routine());
    }

    private void tell(Processor processor, String rule, String what, long address) {
        CallbackRecord record = running(processor);
        String who = "the kernel";
        if (record != null) {
            who = "the bug-check callback " + callbacks.name(processor, record);
            record.setState(CallbackRecord.INCOMPLETE);
        }
        rules.broken(
                processor, Violation.error(rule, "", who + " " + what, Verifier.NONE), address);
        machine.end(RunEnd.BUG_CHECK, bugCheck().text());
    }

    private @Nullable CallbackRecord running(Processor processor) {
        for (CallbackRecord record : callbacks.plain(processor)) {
            if (record.address() == current) {
                return record;
            }
        }
        return current == 0 ? null : reason(processor, current);
    }

    // ---- one routine after the other ----

    private KBugCheckReasonCallbackRecord reason(Processor processor, long address) {
        return new KBugCheckReasonCallbackRecord(processor.memory(), address);
    }

    /** The first routine of a reason behind a record that can be called, or null. */
    private @Nullable KBugCheckReasonCallbackRecord after(
            Processor processor, int reason, long record) {
        boolean behind = record == 0;
        for (KBugCheckReasonCallbackRecord at : callbacks.reasons(processor)) {
            boolean called = reason == DUMP_IO && at.state() == CallbackRecord.STARTED;
            if (behind
                    && at.reason() == reason
                    && (called || at.state() == CallbackRecord.INSERTED)) {
                return at;
            }
            behind |= at.address() == record;
        }
        return null;
    }

    private CrashData data(Processor processor) {
        return new CrashData(processor.memory(), area);
    }

    @Resumes("KiBugCheckNextCallback")
    Outcome next(Processor processor, NextCallback pending) {
        Phase phase = pending.phase;
        return switch (phase) {
            case ADD_PAGES, REMOVE_PAGES, TRIAGE, SECONDARY, MULTI_PART -> {
                KBugCheckReasonCallbackRecord record =
                        after(processor, phase.reason, pending.record);
                yield record == null
                        ? new Outcome.Then(new NextCallback(phase.next(), 0, 0))
                        : first(processor, phase, record);
            }
            case HEADER -> {
                data(processor).writeHeader(bugCheck(), machine.processorCount());
                yield write(
                        CrashData.IO_HEADER, area + CrashData.DUMP, HEADER_BYTES, Phase.BODY, 0);
            }
            case BODY -> body(processor, pending.part);
            case COMPLETE -> write(CrashData.IO_COMPLETE, 0, 0, Phase.PLAIN, 0);
            case PLAIN -> plain(processor);
        };
    }

    private static Outcome write(int type, long data, int length, Phase phase, int part) {
        return new Outcome.Then(new WriteDump(type, data, length, 0, phase, 0, part, false));
    }

    private Outcome body(Processor processor, int part) {
        if (part >= pages.count() || after(processor, DUMP_IO, 0) == null) {
            return new Outcome.Then(new NextCallback(Phase.SECONDARY, 0, 0));
        }
        memory.write(area + CrashData.DUMP, pages.read(part));
        return write(CrashData.IO_BODY, area + CrashData.DUMP, PAGE, Phase.BODY, part + 1);
    }

    private Outcome first(Processor processor, Phase phase, KBugCheckReasonCallbackRecord record) {
        CrashData data = data(processor);
        switch (phase) {
            case ADD_PAGES, REMOVE_PAGES -> data.startPages(bugCheck());
            case TRIAGE -> data.startTriage(bugCheck());
            default -> data.startSecondary(bugCheck(), phase == Phase.MULTI_PART);
        }
        return call(phase, record, 0);
    }

    private Outcome call(Phase phase, KBugCheckReasonCallbackRecord record, int part) {
        record.setState(CallbackRecord.STARTED);
        current = record.address();
        return new Outcome.Call(
                record.routine(),
                new ReasonReturned(phase, record.address(), part),
                record.reason(),
                record.address(),
                area,
                CrashData.bytes(record.reason()));
    }

    @Resumes("KiBugCheckReasonCallbackReturned")
    Outcome returned(Processor processor, ReasonReturned pending) {
        CrashData data = data(processor);
        KBugCheckReasonCallbackRecord record = reason(processor, pending.record);
        current = 0;
        boolean again = false;
        switch (pending.phase) {
            case ADD_PAGES, REMOVE_PAGES -> {
                changePages(processor, data, record, pending.phase == Phase.ADD_PAGES);
                again = (data.pagesFlags() & MORE) != 0;
                data.clearPages();
            }
            case TRIAGE -> checkTriage(processor, data, record);
            default -> {
                if (pending.part == 0) {
                    data.askForSecondaryData();
                    return call(pending.phase, record, 1);
                }
                boolean multiPart = pending.phase == Phase.MULTI_PART;
                again = multiPart && (data.secondaryFlags() & MORE) != 0;
                boolean taken = checkSecondary(processor, data, record);
                long buffer = data.outBuffer();
                int length = taken ? data.outBufferLength() : 0;
                WriteDump write =
                        new WriteDump(
                                CrashData.IO_SECONDARY,
                                buffer,
                                length,
                                0,
                                pending.phase,
                                pending.record,
                                0,
                                again);
                return length == 0 ? afterWrite(processor, write) : new Outcome.Then(write);
            }
        }
        if (again) {
            return call(pending.phase, record, pending.part + 1);
        }
        record.setState(CallbackRecord.FINISHED);
        return new Outcome.Then(new NextCallback(pending.phase, pending.record, 0));
    }

    // ---- what is written ----

    @Resumes("KiBugCheckWriteDump")
    Outcome writeDump(Processor processor, WriteDump pending) {
        current = 0;
        KBugCheckReasonCallbackRecord before = reason(processor, pending.writer);
        if (pending.writer != 0 && pending.type == CrashData.IO_COMPLETE) {
            before.setState(CallbackRecord.FINISHED);
        }
        KBugCheckReasonCallbackRecord writer = after(processor, DUMP_IO, pending.writer);
        if (writer == null) {
            return afterWrite(processor, pending);
        }
        CrashData data = data(processor);
        data.writeIo(pending.type, pending.data, pending.length);
        writer.setState(CallbackRecord.STARTED);
        current = writer.address();
        return new Outcome.Call(
                writer.routine(),
                new WriteDump(
                        pending.type,
                        pending.data,
                        pending.length,
                        writer.address(),
                        pending.phase,
                        pending.record,
                        pending.part,
                        pending.again),
                DUMP_IO,
                writer.address(),
                area + CrashData.IO,
                CrashData.bytes(DUMP_IO));
    }

    private Outcome afterWrite(Processor processor, WriteDump write) {
        if (write.type == CrashData.IO_SECONDARY) {
            KBugCheckReasonCallbackRecord record = reason(processor, write.record);
            if (write.again) {
                data(processor).continueSecondary();
                return call(write.phase, record, 0);
            }
            record.setState(CallbackRecord.FINISHED);
        }
        return new Outcome.Then(new NextCallback(write.phase, write.record, write.part));
    }

    // ---- the routines without a part in the dump ----

    private Outcome plain(Processor processor) {
        for (KBugCheckCallbackRecord record : callbacks.plain(processor)) {
            if (record.state() == CallbackRecord.INSERTED) {
                record.setState(CallbackRecord.STARTED);
                current = record.address();
                return new Outcome.Call(
                        record.routine(),
                        new PlainReturned(record.address()),
                        record.buffer(),
                        Integer.toUnsignedLong(record.length()));
            }
        }
        return Outcome.done();
    }

    @Resumes("KiBugCheckCallbackReturned")
    Outcome plainReturned(Processor processor, PlainReturned pending) {
        current = 0;
        new KBugCheckCallbackRecord(processor.memory(), pending.record)
                .setState(CallbackRecord.FINISHED);
        return plain(processor);
    }

    // ---- what the routines answer ----

    private void changePages(
            Processor processor,
            CrashData data,
            KBugCheckReasonCallbackRecord record,
            boolean add) {
        long count = data.pagesCount();
        if (count == 0) {
            return;
        }
        int kind = data.pagesFlags() & (VIRTUAL | PHYSICAL);
        if (kind != VIRTUAL && kind != PHYSICAL) {
            wrong(
                    processor,
                    record,
                    "names %d pages at 0x%x with the flags 0x%x, which do not say which kind of address"
                                    .formatted(count, data.pagesAddress(), data.pagesFlags())
                            + " that is");
        } else if (!pages.change(processor, data.pagesAddress(), count, kind == PHYSICAL, add)) {
            wrong(
                    processor,
                    record,
                    "names %d pages at 0x%x, of which not all are there"
                            .formatted(count, data.pagesAddress()));
        }
    }

    private void checkTriage(
            Processor processor, CrashData data, KBugCheckReasonCallbackRecord record) {
        long array = data.triageArray();
        if (array == 0) {
            return;
        }
        if (processor.memory().physical(array) < 0
                || processor.memory().physical(array + KTriageDumpDataArray.BYTES - 1) < 0) {
            wrong(processor, record, "gives an array at 0x%x that is not there".formatted(array));
            return;
        }
        long size = new KTriageDumpDataArray(processor.memory(), array).dataSize();
        if (size > CrashData.TRIAGE_MAXIMUM) {
            wrong(
                    processor,
                    record,
                    "wants %d bytes in the small dump, of which there may be %d"
                            .formatted(size, CrashData.TRIAGE_MAXIMUM));
        }
    }

    private boolean checkSecondary(
            Processor processor, CrashData data, KBugCheckReasonCallbackRecord record) {
        long length = Integer.toUnsignedLong(data.outBufferLength());
        long buffer = data.outBuffer();
        if (buffer == 0 || length == 0) {
            return false;
        }
        boolean own = buffer == area + CrashData.IN_BUFFER;
        long maximum = own ? CrashData.IN_BUFFER_BYTES : CrashData.SECONDARY_MAXIMUM;
        if (length > maximum) {
            wrong(
                    processor,
                    record,
                    "gives %d bytes of secondary data, of which there may be %d"
                            .formatted(length, maximum));
            return false;
        }
        if (!pages.areThere(processor, buffer, length)) {
            wrong(
                    processor,
                    record,
                    "gives secondary data at 0x%x that is not there".formatted(buffer));
            return false;
        }
        return true;
    }

    private void wrong(Processor processor, CallbackRecord record, String what) {
        rules.broken(
                processor,
                Violation.error(
                        "BugCheckDumpData",
                        "",
                        "the bug-check callback %s %s"
                                .formatted(callbacks.name(processor, record), what),
                        Verifier.NONE),
                record.routine());
    }

    @Override
    public void save(StateWriter out) {
        out.value(area);
        out.value(current);
        pages.save(out);
    }

    @Override
    public void restore(StateReader in) {
        area = in.value();
        current = in.value();
        pages.restore(in);
    }
}
