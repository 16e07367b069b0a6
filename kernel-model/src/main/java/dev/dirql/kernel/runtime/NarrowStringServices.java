package dev.dirql.kernel.runtime;

import dev.dirql.kernel.services.Ddi;
import dev.dirql.machine.Processor;

/** The functions of C's {@code string.h} that the kernel exports. */
public final class NarrowStringServices {
    private static final CStrings STRINGS = CStrings.NARROW;

    @Ddi(value = "strlen", header = "string.h")
    long length(Processor processor, long string) {
        return STRINGS.length(processor, string, CStrings.ALL);
    }

    @Ddi(value = "strnlen", header = "string.h")
    long lengthUpTo(Processor processor, long string, long maximum) {
        return STRINGS.length(processor, string, maximum);
    }

    @Ddi(value = "strcmp", header = "string.h")
    int compare(Processor processor, long a, long b) {
        return STRINGS.compare(processor, a, b, CStrings.ALL, false);
    }

    @Ddi(value = "strncmp", header = "string.h")
    int compareUpTo(Processor processor, long a, long b, long count) {
        return STRINGS.compare(processor, a, b, count, false);
    }

    @Ddi(value = "_stricmp", header = "string.h")
    int compareNoCase(Processor processor, long a, long b) {
        return STRINGS.compare(processor, a, b, CStrings.ALL, true);
    }

    @Ddi(value = "_strnicmp", header = "string.h")
    int compareNoCaseUpTo(Processor processor, long a, long b, long count) {
        return STRINGS.compare(processor, a, b, count, true);
    }

    @Ddi(value = "strcpy", header = "string.h")
    long copy(Processor processor, long to, long from) {
        return STRINGS.copy(processor, to, from);
    }

    @Ddi(value = "strncpy", header = "string.h")
    long copyPadded(Processor processor, long to, long from, long count) {
        return STRINGS.copyPadded(processor, to, from, count);
    }

    @Ddi(value = "strcat", header = "string.h")
    long append(Processor processor, long to, long from) {
        return STRINGS.append(processor, to, from, CStrings.ALL);
    }

    @Ddi(value = "strncat", header = "string.h")
    long appendUpTo(Processor processor, long to, long from, long count) {
        return STRINGS.append(processor, to, from, count);
    }

    @Ddi(value = "strchr", header = "string.h")
    long find(Processor processor, long string, int character) {
        return STRINGS.find(processor, string, character & 0xFF);
    }

    @Ddi(value = "strrchr", header = "string.h")
    long findLast(Processor processor, long string, int character) {
        return STRINGS.findLast(processor, string, character & 0xFF);
    }

    @Ddi(value = "strstr", header = "string.h")
    long findString(Processor processor, long string, long wanted) {
        return STRINGS.find(processor, string, wanted);
    }

    @Ddi(value = "strspn", header = "string.h")
    long span(Processor processor, long string, long set) {
        return STRINGS.span(processor, string, set, true);
    }

    @Ddi(value = "_strupr", header = "string.h")
    long toUpper(Processor processor, long string) {
        return STRINGS.change(processor, string, CStrings.ALL, CStrings::toUpper);
    }

    @Ddi(value = "_strlwr", header = "string.h")
    long toLower(Processor processor, long string) {
        return STRINGS.change(processor, string, CStrings.ALL, CStrings::toLower);
    }

    @Ddi(value = "_strrev", header = "string.h")
    long reverse(Processor processor, long string) {
        return STRINGS.reverse(processor, string);
    }

    @Ddi(value = "_strset", header = "string.h")
    long fill(Processor processor, long string, int character) {
        return STRINGS.change(processor, string, CStrings.ALL, _ -> character & 0xFF);
    }

    @Ddi(value = "_strnset", header = "string.h")
    long fillUpTo(Processor processor, long string, int character, long count) {
        return STRINGS.change(processor, string, count, _ -> character & 0xFF);
    }

    /** The search ends at the first occurrence: memory after it need not be there. */
    @Ddi(value = "memchr", header = "string.h")
    long findByte(Processor processor, long buffer, int value, long count) {
        for (long i = 0; i != count; i++) {
            if (processor.memory().load8(buffer + i) == (value & 0xFF)) {
                return buffer + i;
            }
        }
        return 0;
    }
}
