package dev.dirql.kernel.runtime;

import dev.dirql.kernel.runtime.PrintFormat.Target;
import dev.dirql.kernel.services.Arguments;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * sprintf and its relatives. Source: Microsoft C run-time library reference, the page of each
 * function. The kernel's swprintf and _vswprintf are those without a size.
 */
public final class PrintServices {
    private static final long TRUNCATE = -1;
    private static final int TOO_LONG = -1;

    @Ddi(value = "sprintf", header = "stdio.h")
    int print(Processor processor, long to, long format) {
        return whole(processor, Target.NARROW, to, format, after(processor, 2));
    }

    @Ddi(value = "vsprintf", header = "stdio.h")
    int printList(Processor processor, long to, long format, long list) {
        return whole(processor, Target.NARROW, to, format, listed(processor, list));
    }

    @Ddi(value = "swprintf", header = "stdio.h")
    int printWide(Processor processor, long to, long format) {
        return whole(processor, Target.WIDE, to, format, after(processor, 2));
    }

    @Ddi(value = "_swprintf", header = "stdio.h")
    int printWideOldName(Processor processor, long to, long format) {
        return whole(processor, Target.WIDE, to, format, after(processor, 2));
    }

    @Ddi(value = "_vswprintf", header = "stdio.h")
    int printWideList(Processor processor, long to, long format, long list) {
        return whole(processor, Target.WIDE, to, format, listed(processor, list));
    }

    @Ddi(value = "_snprintf", header = "stdio.h")
    int printUpTo(Processor processor, long to, long count, long format) {
        return upTo(processor, Target.NARROW, to, count, format, after(processor, 3));
    }

    @Ddi(value = "_vsnprintf", header = "stdio.h")
    int printListUpTo(Processor processor, long to, long count, long format, long list) {
        return upTo(processor, Target.NARROW, to, count, format, listed(processor, list));
    }

    @Ddi(value = "_snwprintf", header = "stdio.h")
    int printWideUpTo(Processor processor, long to, long count, long format) {
        return upTo(processor, Target.WIDE, to, count, format, after(processor, 3));
    }

    @Ddi(value = "_vsnwprintf", header = "stdio.h")
    int printWideListUpTo(Processor processor, long to, long count, long format, long list) {
        return upTo(processor, Target.WIDE, to, count, format, listed(processor, list));
    }

    @Ddi(value = "sprintf_s", header = "stdio.h")
    int printChecked(Processor processor, long to, long capacity, long format) {
        return checked(
                processor, Target.NARROW, to, capacity, capacity, format, after(processor, 3));
    }

    @Ddi(value = "vsprintf_s", header = "stdio.h")
    int printListChecked(Processor processor, long to, long capacity, long format, long list) {
        return checked(
                processor, Target.NARROW, to, capacity, capacity, format, listed(processor, list));
    }

    @Ddi(value = "swprintf_s", header = "stdio.h")
    int printWideChecked(Processor processor, long to, long capacity, long format) {
        return checked(processor, Target.WIDE, to, capacity, capacity, format, after(processor, 3));
    }

    @Ddi(value = "vswprintf_s", header = "stdio.h")
    int printWideListChecked(Processor processor, long to, long capacity, long format, long list) {
        return checked(
                processor, Target.WIDE, to, capacity, capacity, format, listed(processor, list));
    }

    @Ddi(value = "_snprintf_s", header = "stdio.h")
    int printUpToChecked(Processor processor, long to, long capacity, long count, long format) {
        return checked(processor, Target.NARROW, to, capacity, count, format, after(processor, 4));
    }

    @Ddi(value = "_vsnprintf_s", header = "stdio.h")
    int printListUpToChecked(
            Processor processor, long to, long capacity, long count, long format, long list) {
        return checked(
                processor, Target.NARROW, to, capacity, count, format, listed(processor, list));
    }

    @Ddi(value = "_snwprintf_s", header = "stdio.h")
    int printWideUpToChecked(Processor processor, long to, long capacity, long count, long format) {
        return checked(processor, Target.WIDE, to, capacity, count, format, after(processor, 4));
    }

    @Ddi(value = "_vsnwprintf_s", header = "stdio.h")
    int printWideListUpToChecked(
            Processor processor, long to, long capacity, long count, long format, long list) {
        return checked(
                processor, Target.WIDE, to, capacity, count, format, listed(processor, list));
    }

    /** The arguments of a call from an index on. */
    static LongSupplier after(Processor processor, int first) {
        int[] next = {first};
        return () -> Arguments.argument(processor, next[0]++);
    }

    /** The arguments that a va_list leads to. */
    static LongSupplier listed(Processor processor, long list) {
        long[] next = {list};
        return () -> {
            next[0] += 8;
            return processor.memory().load64(next[0] - 8);
        };
    }

    private static char[] text(
            Processor processor, Target target, long format, LongSupplier arguments) {
        return new PrintFormat(target, processor.memory(), arguments).format(format).toCharArray();
    }

    private static CharacterSize size(Target target) {
        return target == Target.WIDE ? CharacterSize.WIDE : CharacterSize.NARROW;
    }

    private static int whole(
            Processor processor, Target target, long to, long format, LongSupplier arguments) {
        char[] text = text(processor, target, format, arguments);
        size(target).storeTerminated(processor.memory(), to, text);
        return text.length;
    }

    /** A zero follows only if there is room for it. Without a buffer, the length is told. */
    private static int upTo(
            Processor processor,
            Target target,
            long to,
            long count,
            long format,
            LongSupplier arguments) {
        CharacterSize size = size(target);
        ProcessorMemory memory = processor.memory();
        char[] text = text(processor, target, format, arguments);
        if (to == 0 && count == 0) {
            return text.length;
        }
        int order = Long.compareUnsigned(text.length, count);
        if (order < 0) {
            size.storeTerminated(memory, to, text);
        } else {
            size.store(memory, to, Arrays.copyOf(text, (int) count));
        }
        return order > 0 ? TOO_LONG : text.length;
    }

    /** Always ends with a zero; what does not fit is an error unless it may be cut. */
    private static int checked(
            Processor processor,
            Target target,
            long to,
            long capacity,
            long count,
            long format,
            LongSupplier arguments) {
        CharacterSize size = size(target);
        ProcessorMemory memory = processor.memory();
        if (to == 0 || capacity == 0 || format == 0) {
            return TOO_LONG;
        }
        char[] text = text(processor, target, format, arguments);
        boolean counted = Long.compareUnsigned(count, text.length) < 0;
        long wanted = counted ? count : text.length;
        if (Long.compareUnsigned(wanted, capacity) < 0) {
            size.storeTerminated(memory, to, Arrays.copyOf(text, (int) wanted));
            return counted ? TOO_LONG : text.length;
        }
        long kept = count == TRUNCATE ? capacity - 1 : 0;
        size.storeTerminated(memory, to, Arrays.copyOf(text, (int) kept));
        return TOO_LONG;
    }
}
