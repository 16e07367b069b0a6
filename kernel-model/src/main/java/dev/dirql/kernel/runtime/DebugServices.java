package dev.dirql.kernel.runtime;

import dev.dirql.events.Event;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.services.Arguments;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.MemoryFault;
import dev.dirql.machine.Processor;
import java.util.function.LongSupplier;

/**
 * DbgPrint and its relatives. Everything is shown, as with a debugger whose filter masks let all
 * components and levels through.
 */
public final class DebugServices {
    private static final String MISSING = "the filter of components and levels";
    private static final int SUCCESS = 0;
    private static final int ACCESS_VIOLATION = 0xC000_0005;

    private final ServiceEngine engine;

    public DebugServices(ServiceEngine engine) {
        this.engine = engine;
    }

    @Ddi(value = "DbgPrint", state = Ddi.State.PARTIAL, missing = MISSING)
    int print(Processor processor, long format) {
        return print(processor, format, inCall(processor, 1));
    }

    @Ddi(value = "DbgPrintEx", state = Ddi.State.PARTIAL, missing = MISSING)
    int printEx(Processor processor, int component, int level, long format) {
        return print(processor, format, inCall(processor, 3));
    }

    @Ddi(value = "vDbgPrintEx", state = Ddi.State.PARTIAL, missing = MISSING)
    int printList(Processor processor, int component, int level, long format, long list) {
        long[] next = {list};
        return print(
                processor,
                format,
                () -> {
                    next[0] += 8;
                    return processor.memory().load64(next[0] - 8);
                });
    }

    private static LongSupplier inCall(Processor processor, int first) {
        int[] next = {first};
        return () -> Arguments.argument(processor, next[0]++);
    }

    /** A pointer that leads nowhere is an error; a page that is absent is a page fault as any. */
    private int print(Processor processor, long format, LongSupplier arguments) {
        String text;
        try {
            text =
                    new PrintFormat(PrintFormat.Target.DEBUGGER, processor.memory(), arguments)
                            .format(format);
        } catch (MemoryFault fault) {
            if (processor.irql() >= Irql.DISPATCH_LEVEL
                    || fault.reason() == MemoryFault.Reason.NOT_RESIDENT) {
                throw fault;
            }
            return ACCESS_VIOLATION;
        }
        processor.machine().emit(processor, new Event.DebugPrinted(text, engine.caller(processor)));
        return SUCCESS;
    }
}
