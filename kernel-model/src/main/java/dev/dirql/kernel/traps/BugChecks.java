package dev.dirql.kernel.traps;

import dev.dirql.events.Event;
import dev.dirql.events.RunEnd;
import dev.dirql.kernel.images.CallStack;
import dev.dirql.kernel.images.Unwinder;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import org.jspecify.annotations.Nullable;

/** Ends the run as KeBugCheckEx ends Windows. */
public final class BugChecks implements StatePart {
    private static final int KERNEL_SECURITY_CHECK_FAILURE = 0x139;

    /** STATUS_STACK_BUFFER_OVERRUN: the status of every fast fail. */
    private static final int STACK_BUFFER_OVERRUN = 0xC000_0409;

    private final Machine machine;
    private final Unwinder unwinder;
    private @Nullable BugCheck last;

    public BugChecks(Machine machine, Unwinder unwinder) {
        this.machine = machine;
        this.unwinder = unwinder;
    }

    /**
     * A bug check that was raised.
     *
     * @param address the code at fault
     * @param stack the call stack of the processor that raised it
     */
    public record BugCheck(
            int code,
            String name,
            long parameter1,
            long parameter2,
            long parameter3,
            long parameter4,
            int processor,
            long address,
            CallStack stack) {}

    /** Ends the run; the first bug check counts. */
    public void raise(
            Processor processor, int code, long p1, long p2, long p3, long p4, long address) {
        if (last != null || machine.ended() != null) {
            return;
        }
        String name = BugCheckNames.name(code);
        last =
                new BugCheck(
                        code,
                        name,
                        p1,
                        p2,
                        p3,
                        p4,
                        processor.number(),
                        address,
                        unwinder.stackOf(processor));
        machine.emit(processor, new Event.BugChecked(code, name, p1, p2, p3, p4, address));
        machine.end(
                RunEnd.BUG_CHECK,
                "%s (0x%X: 0x%x, 0x%x, 0x%x, 0x%x)".formatted(name, code, p1, p2, p3, p4));
    }

    /**
     * Ends the run as {@code __fastfail} does in the kernel's own code: bug check 0x139 with a trap
     * frame and an exception record.
     *
     * @param reason FAST_FAIL_… of the WDK's wdm.h
     * @param caller the code that the kernel failed for
     */
    public void fastFail(Processor processor, long reason, long caller) {
        if (machine.ended() != null) {
            return;
        }
        ExceptionRecords records =
                ExceptionRecords.push(processor, STACK_BUFFER_OVERRUN, processor.rip);
        raise(
                processor,
                KERNEL_SECURITY_CHECK_FAILURE,
                reason,
                records.trapFrame(),
                records.exceptionRecord(),
                0,
                caller);
    }

    /** The bug check that ended the run, or null. */
    public @Nullable BugCheck last() {
        return last;
    }

    @Override
    public void save(StateWriter out) {
        out.value(last != null);
        if (last != null) {
            out.reference(last);
        }
    }

    @Override
    public void restore(StateReader in) {
        last = in.booleanValue() ? in.reference(BugCheck.class) : null;
    }
}
