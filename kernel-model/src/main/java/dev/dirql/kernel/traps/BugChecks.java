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
