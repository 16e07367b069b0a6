package dev.dirql.kernel.runtime;

import dev.dirql.events.Event;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.MemoryFault;
import dev.dirql.machine.Processor;
import java.util.function.LongSupplier;

/**
 * DbgPrint and its relatives. The filter masks of all components let everything through at first,
 * as those of a developer's machine do. Source: WDK, DbgPrintEx and "Reading and Filtering
 * Debugging Messages".
 */
public final class DebugServices {
    /** The filter masks, inverted: 32 bits a component. */
    public static final String MASKS = "KdComponentMasks";

    /** Bytes of all of them. */
    public static final int MASKS_BYTES = 4 * DebugServices.COMPONENTS;

    private static final int COMPONENTS = 160;
    private static final int DEFAULT_COMPONENT = 101;
    private static final int INFORMATION = 3;
    private static final int SUCCESS = 0;
    private static final int ACCESS_VIOLATION = 0xC000_0005;
    private static final int INVALID_PARAMETER_1 = 0xC000_00EF;

    private final ServiceEngine engine;
    private final Rules rules;

    public DebugServices(ServiceEngine engine, Rules rules) {
        this.engine = engine;
        this.rules = rules;
    }

    @Ddi("DbgPrint")
    int print(Processor processor, long format) {
        return print(
                processor,
                DEFAULT_COMPONENT,
                INFORMATION,
                0,
                format,
                PrintServices.after(processor, 1));
    }

    @Ddi("DbgPrintEx")
    int printEx(Processor processor, int component, int level, long format) {
        return print(processor, component, level, 0, format, PrintServices.after(processor, 3));
    }

    @Ddi("vDbgPrintEx")
    int printList(Processor processor, int component, int level, long format, long list) {
        return print(processor, component, level, 0, format, PrintServices.listed(processor, list));
    }

    @Ddi("vDbgPrintExWithPrefix")
    int printWithPrefix(
            Processor processor, long prefix, int component, int level, long format, long list) {
        return print(
                processor, component, level, prefix, format, PrintServices.listed(processor, list));
    }

    /** Whether messages of a component and level pass the filter. */
    @Ddi("DbgQueryDebugFilterState")
    int query(Processor processor, int component, int level) {
        return passes(processor, component, level) ? 1 : 0;
    }

    @Ddi("DbgSetDebugFilterState")
    int set(Processor processor, int component, int level, boolean state) {
        if (component < 0 || component >= COMPONENTS) {
            return INVALID_PARAMETER_1;
        }
        long at = mask(component);
        long stopped = processor.memory().load32(at);
        processor.memory().store32(at, state ? stopped & ~bits(level) : stopped | bits(level));
        return SUCCESS;
    }

    private boolean passes(Processor processor, int component, int level) {
        boolean known = component >= 0 && component < COMPONENTS;
        long stopped = processor.memory().load32(mask(known ? component : DEFAULT_COMPONENT));
        return (~stopped & bits(level)) != 0;
    }

    private long mask(int component) {
        return engine.table().address(MASKS) + 4L * component;
    }

    /** A level below 32 is the number of a bit, another one is a mask. */
    private static long bits(int level) {
        return Integer.compareUnsigned(level, 32) < 0 ? 1L << level : level & 0xFFFF_FFFFL;
    }

    /** A pointer that leads nowhere is an error; a page that is absent is a page fault as any. */
    private int print(
            Processor processor,
            int component,
            int level,
            long prefix,
            long format,
            LongSupplier arguments) {
        if (!passes(processor, component, level)) {
            return SUCCESS;
        }
        PrintFormat formatter =
                new PrintFormat(PrintFormat.Target.DEBUGGER, processor.memory(), arguments);
        String text;
        try {
            text = formatter.format(prefix, format);
        } catch (MemoryFault fault) {
            if (processor.irql() >= Irql.DISPATCH_LEVEL) {
                checkIrql(processor, formatter.wideConversion());
                throw fault;
            }
            if (fault.reason() == MemoryFault.Reason.NOT_RESIDENT) {
                throw fault;
            }
            return ACCESS_VIOLATION;
        }
        checkIrql(processor, formatter.wideConversion());
        processor.machine().emit(processor, new Event.DebugPrinted(text, engine.caller(processor)));
        return SUCCESS;
    }

    /** Conversions from Unicode need tables that may be paged out. WDK, DbgPrint. */
    private void checkIrql(Processor processor, String conversion) {
        if (!conversion.isEmpty() && processor.irql() > Irql.PASSIVE_LEVEL) {
            rules.broken(
                    processor,
                    Violation.error(
                            "UnicodePrintedTooHigh",
                            "",
                            "%s of a debugging message is converted at %s, above %s"
                                    .formatted(
                                            conversion,
                                            Irql.name(processor.irql()),
                                            Irql.name(Irql.PASSIVE_LEVEL)),
                            Verifier.NONE),
                    engine.caller(processor));
        }
    }
}
