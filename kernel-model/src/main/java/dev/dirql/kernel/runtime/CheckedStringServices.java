package dev.dirql.kernel.runtime;

import dev.dirql.kernel.services.Ddi;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;
import java.util.Arrays;

/**
 * The functions of C that are told the size of their destination. The kernel has no handler of
 * invalid parameters that ends a program: a function that cannot do its work says so by its result,
 * and leaves an empty string. Source: Microsoft C run-time library reference, "strcpy_s" and the
 * others.
 */
public final class CheckedStringServices {
    /** {@code errno_t}. */
    private static final int EINVAL = 22;

    private static final int ERANGE = 34;
    private static final int STRUNCATE = 80;

    /** Count that lets a function cut what does not fit. */
    private static final long TRUNCATE = -1;

    @Ddi(value = "strcpy_s", header = "string.h")
    int copyNarrow(Processor processor, long to, long capacity, long from) {
        return copy(processor, CharacterSize.NARROW, to, capacity, from);
    }

    @Ddi(value = "wcscpy_s", header = "wchar.h")
    int copyWide(Processor processor, long to, long capacity, long from) {
        return copy(processor, CharacterSize.WIDE, to, capacity, from);
    }

    @Ddi(value = "strncpy_s", header = "string.h")
    int copyNarrowUpTo(Processor processor, long to, long capacity, long from, long count) {
        return append(processor, CharacterSize.NARROW, to, capacity, from, count, false);
    }

    @Ddi(value = "wcsncpy_s", header = "wchar.h")
    int copyWideUpTo(Processor processor, long to, long capacity, long from, long count) {
        return append(processor, CharacterSize.WIDE, to, capacity, from, count, false);
    }

    @Ddi(value = "strcat_s", header = "string.h")
    int appendNarrow(Processor processor, long to, long capacity, long from) {
        return appendAll(processor, CharacterSize.NARROW, to, capacity, from);
    }

    @Ddi(value = "wcscat_s", header = "wchar.h")
    int appendWide(Processor processor, long to, long capacity, long from) {
        return appendAll(processor, CharacterSize.WIDE, to, capacity, from);
    }

    @Ddi(value = "strncat_s", header = "string.h")
    int appendNarrowUpTo(Processor processor, long to, long capacity, long from, long count) {
        return append(processor, CharacterSize.NARROW, to, capacity, from, count, true);
    }

    @Ddi(value = "wcsncat_s", header = "wchar.h")
    int appendWideUpTo(Processor processor, long to, long capacity, long from, long count) {
        return append(processor, CharacterSize.WIDE, to, capacity, from, count, true);
    }

    @Ddi(value = "_strset_s", header = "string.h")
    int fillNarrow(Processor processor, long string, long capacity, int character) {
        return fill(processor, CharacterSize.NARROW, string, capacity, character & 0xFF);
    }

    @Ddi(value = "_wcsset_s", header = "wchar.h")
    int fillWide(Processor processor, long string, long capacity, int character) {
        return fill(processor, CharacterSize.WIDE, string, capacity, character & 0xFFFF);
    }

    private static int copy(
            Processor processor, CharacterSize size, long to, long capacity, long from) {
        ProcessorMemory memory = processor.memory();
        if (to == 0 || capacity == 0) {
            return EINVAL;
        }
        if (from == 0) {
            return failed(memory, size, to, EINVAL);
        }
        long length = size.length(memory, from, capacity);
        if (length == capacity) {
            return failed(memory, size, to, ERANGE);
        }
        size.storeTerminated(memory, to, size.text(memory, from, length));
        return 0;
    }

    /** With a limit that no string reaches, the whole source. */
    private static int appendAll(
            Processor processor, CharacterSize size, long to, long capacity, long from) {
        if (to != 0 && capacity != 0 && from == 0) {
            return failed(processor.memory(), size, to, EINVAL);
        }
        return append(processor, size, to, capacity, from, Long.MAX_VALUE, true);
    }

    private static int append(
            Processor processor,
            CharacterSize size,
            long to,
            long capacity,
            long from,
            long count,
            boolean after) {
        ProcessorMemory memory = processor.memory();
        if (count == 0 && to == 0 && capacity == 0) {
            return 0;
        }
        if (to == 0 || capacity == 0) {
            return EINVAL;
        }
        long present = after ? size.length(memory, to, capacity) : 0;
        if (present == capacity || (from == 0 && count != 0)) {
            return failed(memory, size, to, EINVAL);
        }
        long room = capacity - present;
        long wanted = count == TRUNCATE ? room : Math.min(room, count);
        long length = count == 0 ? 0 : size.length(memory, from, wanted);
        if (length == room && count != TRUNCATE) {
            return failed(memory, size, to, ERANGE);
        }
        boolean cut = length == room;
        char[] text = size.text(memory, from, cut ? length - 1 : length);
        size.storeTerminated(memory, to + present * size.bytes(), text);
        return cut ? STRUNCATE : 0;
    }

    private static int fill(
            Processor processor, CharacterSize size, long string, long capacity, int character) {
        ProcessorMemory memory = processor.memory();
        if (string == 0 || capacity == 0) {
            return EINVAL;
        }
        long length = size.length(memory, string, capacity);
        if (length == capacity) {
            return failed(memory, size, string, EINVAL);
        }
        char[] text = new char[(int) length];
        Arrays.fill(text, (char) character);
        size.store(memory, string, text);
        return 0;
    }

    private static int failed(ProcessorMemory memory, CharacterSize size, long to, int error) {
        size.store(memory, to, 0, 0);
        return error;
    }

    @Ddi(value = "memcpy_s", header = "string.h")
    int copyMemory(Processor processor, long to, long capacity, long from, long count) {
        if (count == 0) {
            return 0;
        }
        if (to == 0) {
            return EINVAL;
        }
        if (from == 0 || Long.compareUnsigned(capacity, count) < 0) {
            ProcessorMemory memory = processor.memory();
            memory.probe(to, capacity, true);
            for (long i = 0; i != capacity; i++) {
                memory.store8(to + i, 0);
            }
            return from == 0 ? EINVAL : ERANGE;
        }
        return move(processor, to, from, count);
    }

    /** Unlike memcpy_s, it leaves a destination that is too small as it is. */
    @Ddi(value = "memmove_s", header = "string.h")
    int moveMemory(Processor processor, long to, long capacity, long from, long count) {
        if (count == 0) {
            return 0;
        }
        if (to == 0 || from == 0) {
            return EINVAL;
        }
        return Long.compareUnsigned(capacity, count) < 0
                ? ERANGE
                : move(processor, to, from, count);
    }

    private static int move(Processor processor, long to, long from, long count) {
        ProcessorMemory memory = processor.memory();
        memory.probe(to, count, true);
        memory.storeBytes(to, memory.loadBytes(from, Math.toIntExact(count)));
        return 0;
    }

    /**
     * The next token of a string. A call with NULL goes on where the last one ended, which is kept
     * in {@code *context}.
     */
    @Ddi(value = "strtok_s", header = "string.h")
    long token(Processor processor, long string, long delimiters, long context) {
        ProcessorMemory memory = processor.memory();
        if (context == 0 || delimiters == 0) {
            return 0;
        }
        long at = string != 0 ? string : memory.load64(context);
        if (at == 0) {
            return 0;
        }
        at += CStrings.NARROW.span(processor, at, delimiters, true);
        long end = at + CStrings.NARROW.span(processor, at, delimiters, false);
        memory.probe(context, 8, true);
        if (memory.load8(end) != 0) {
            memory.store8(end, 0);
            end++;
        }
        memory.store64(context, end);
        return end == at ? 0 : at;
    }
}
