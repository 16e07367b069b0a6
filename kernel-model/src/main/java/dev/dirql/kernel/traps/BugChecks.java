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

/**
 * Ends the run as KeBugCheckEx ends Windows: at once, or after the routines that drivers registered
 * for this moment.
 */
public final class BugChecks implements StatePart {
    private static final int KERNEL_SECURITY_CHECK_FAILURE = 0x139;

    /** STATUS_STACK_BUFFER_OVERRUN: the status of every fast fail. */
    private static final int STACK_BUFFER_OVERRUN = 0xC000_0409;

    private final Machine machine;
    private final Unwinder unwinder;
    private @Nullable BugCheck last;
    private @Nullable LastCallbacks callbacks;

    /** Whether the routines that drivers registered are running. */
    private boolean ending;

    /** The routines that run before Windows stops. */
    public interface LastCallbacks {
        /** Whether there are any. */
        boolean arePresent(Processor processor);

        /**
         * Makes a processor run them, between two steps.
         *
         * @param ip where it was when it raised the bug check
         * @param stackPointer its RSP then
         */
        void begin(Processor processor, BugCheck bugCheck, long ip, long stackPointer);

        /** One of them raised a bug check: the run ends. */
        void failed(Processor processor, String bugCheck, long address);

        /** One of them waits for what no other processor can give any more: the run ends. */
        void hangs(Processor processor, String why, long address);
    }

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
            CallStack stack) {
        /** Name, code and parameters. */
        public String text() {
            return "%s (0x%X: 0x%x, 0x%x, 0x%x, 0x%x)"
                    .formatted(name, code, parameter1, parameter2, parameter3, parameter4);
        }
    }

    /** Says what runs after a bug check; nothing unless this was called. */
    public void set(LastCallbacks newCallbacks) {
        callbacks = newCallbacks;
    }

    /** Ends the run; the first bug check counts. */
    public void raise(
            Processor processor, int code, long p1, long p2, long p3, long p4, long address) {
        if (machine.ended() != null) {
            return;
        }
        String name = BugCheckNames.name(code);
        BugCheck raised =
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
        LastCallbacks known = callbacks;
        if (ending && known != null) {
            known.failed(processor, raised.text(), address);
            return;
        }
        if (last != null) {
            return;
        }
        last = raised;
        machine.emit(processor, new Event.BugChecked(code, name, p1, p2, p3, p4, address));
        if (known == null || !known.arePresent(processor)) {
            machine.end(RunEnd.BUG_CHECK, raised.text());
            return;
        }
        long ip = processor.rip;
        long stackPointer = processor.registers[Processor.RSP];
        machine.endAfter(
                RunEnd.BUG_CHECK,
                () -> {
                    ending = true;
                    known.begin(processor, raised, ip, stackPointer);
                });
    }

    /** Whether the routines are running that drivers registered for a bug check. */
    public boolean isEnding() {
        return ending;
    }

    /**
     * A processor waits for others. Those do nothing any more after a bug check: then the run ends.
     *
     * @param why what it does, as in "spins for driver.Lock"
     * @return whether it hangs
     */
    public boolean hangs(Processor processor, String why, long address) {
        LastCallbacks known = callbacks;
        if (!ending || known == null) {
            return false;
        }
        known.hangs(processor, why, address);
        return true;
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
        out.value(ending);
    }

    @Override
    public void restore(StateReader in) {
        last = in.booleanValue() ? in.reference(BugCheck.class) : null;
        ending = in.booleanValue();
    }
}
