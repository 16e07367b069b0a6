package dev.dirql.kernel.runtime;

import dev.dirql.kernel.services.Ddi;
import dev.dirql.machine.Processor;

/** The functions of C's {@code wchar.h} on strings that the kernel exports. */
public final class WideStringServices {
    private static final CStrings STRINGS = CStrings.WIDE;

    @Ddi(value = "wcslen", header = "wchar.h")
    long length(Processor processor, long string) {
        return STRINGS.length(processor, string, CStrings.ALL);
    }

    @Ddi(value = "wcsnlen", header = "wchar.h")
    long lengthUpTo(Processor processor, long string, long maximum) {
        return STRINGS.length(processor, string, maximum);
    }

    @Ddi(value = "wcscmp", header = "wchar.h")
    int compare(Processor processor, long a, long b) {
        return STRINGS.compare(processor, a, b, CStrings.ALL, false);
    }

    @Ddi(value = "wcsncmp", header = "wchar.h")
    int compareUpTo(Processor processor, long a, long b, long count) {
        return STRINGS.compare(processor, a, b, count, false);
    }

    @Ddi(value = "_wcsicmp", header = "wchar.h")
    int compareNoCase(Processor processor, long a, long b) {
        return STRINGS.compare(processor, a, b, CStrings.ALL, true);
    }

    @Ddi(value = "_wcsnicmp", header = "wchar.h")
    int compareNoCaseUpTo(Processor processor, long a, long b, long count) {
        return STRINGS.compare(processor, a, b, count, true);
    }

    @Ddi(value = "wcscpy", header = "wchar.h")
    long copy(Processor processor, long to, long from) {
        return STRINGS.copy(processor, to, from);
    }

    @Ddi(value = "wcsncpy", header = "wchar.h")
    long copyPadded(Processor processor, long to, long from, long count) {
        return STRINGS.copyPadded(processor, to, from, count);
    }

    @Ddi(value = "wcscat", header = "wchar.h")
    long append(Processor processor, long to, long from) {
        return STRINGS.append(processor, to, from, CStrings.ALL);
    }

    @Ddi(value = "wcsncat", header = "wchar.h")
    long appendUpTo(Processor processor, long to, long from, long count) {
        return STRINGS.append(processor, to, from, count);
    }

    @Ddi(value = "wcschr", header = "wchar.h")
    long find(Processor processor, long string, int character) {
        return STRINGS.find(processor, string, character & 0xFFFF);
    }

    @Ddi(value = "wcsrchr", header = "wchar.h")
    long findLast(Processor processor, long string, int character) {
        return STRINGS.findLast(processor, string, character & 0xFFFF);
    }

    @Ddi(value = "wcsstr", header = "wchar.h")
    long findString(Processor processor, long string, long wanted) {
        return STRINGS.find(processor, string, wanted);
    }

    @Ddi(value = "wcsspn", header = "wchar.h")
    long span(Processor processor, long string, long set) {
        return STRINGS.span(processor, string, set, true);
    }

    @Ddi(value = "wcscspn", header = "wchar.h")
    long spanOutside(Processor processor, long string, long set) {
        return STRINGS.span(processor, string, set, false);
    }

    @Ddi(value = "_wcsupr", header = "wchar.h")
    long toUpper(Processor processor, long string) {
        return STRINGS.change(processor, string, CStrings.ALL, CStrings::toUpper);
    }

    @Ddi(value = "_wcslwr", header = "wchar.h")
    long toLower(Processor processor, long string) {
        return STRINGS.change(processor, string, CStrings.ALL, CStrings::toLower);
    }

    @Ddi(value = "_wcsrev", header = "wchar.h")
    long reverse(Processor processor, long string) {
        return STRINGS.reverse(processor, string);
    }

    @Ddi(value = "_wcsnset", header = "wchar.h")
    long fillUpTo(Processor processor, long string, int character, long count) {
        return STRINGS.change(processor, string, count, _ -> character & 0xFFFF);
    }
}
