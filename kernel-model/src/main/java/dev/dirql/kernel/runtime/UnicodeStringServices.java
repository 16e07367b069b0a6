package dev.dirql.kernel.runtime;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;

/**
 * UNICODE_STRING: copies, comparisons and concatenations. Source: WDK, the page of each routine. A
 * zero follows a result where there is room for one.
 */
public final class UnicodeStringServices {
    private static final CharacterSize WIDE = CharacterSize.WIDE;
    private static final int HASH_DEFAULT = 0;
    private static final int HASH_X65599 = 1;
    private static final int X65599 = 65599;

    @Ddi(value = "RtlInitUnicodeStringEx", header = "ntifs.h", maximum = Irql.DISPATCH_LEVEL)
    int initialize(Processor processor, UnicodeString destination, long source) {
        return CountedStrings.initialize(processor, WIDE, destination, source);
    }

    @Ddi("RtlCopyUnicodeString")
    void copy(Processor processor, UnicodeString destination, long source) {
        CountedStrings.copy(processor, WIDE, destination, source);
    }

    @Ddi("RtlAppendUnicodeStringToString")
    int appendString(Processor processor, UnicodeString destination, UnicodeString source) {
        return append(processor, destination, CountedStrings.text(WIDE, source));
    }

    @Ddi("RtlAppendUnicodeToString")
    int append(Processor processor, UnicodeString destination, long source) {
        return source == 0
                ? NtStatus.SUCCESS
                : append(processor, destination, WIDE.text(processor.memory(), source));
    }

    private static int append(Processor processor, UnicodeString destination, char[] text) {
        return CountedStrings.append(processor, WIDE, destination, text);
    }

    @Ddi(value = "RtlCompareUnicodeString", maximum = Irql.PASSIVE_LEVEL)
    int compare(Processor processor, UnicodeString a, UnicodeString b, boolean ignoreCase) {
        char[] first = text(a, ignoreCase);
        char[] second = text(b, ignoreCase);
        return CountedStrings.compare(WIDE, first, second);
    }

    @Ddi(value = "RtlEqualUnicodeString", maximum = Irql.PASSIVE_LEVEL)
    boolean equal(Processor processor, UnicodeString a, UnicodeString b, boolean ignoreCase) {
        return CountedStrings.compare(WIDE, text(a, ignoreCase), text(b, ignoreCase)) == 0;
    }

    @Ddi(value = "RtlPrefixUnicodeString", header = "ntddk.h", maximum = Irql.PASSIVE_LEVEL)
    boolean isPrefix(
            Processor processor, UnicodeString prefix, UnicodeString string, boolean ignoreCase) {
        return CountedStrings.isPrefix(text(prefix, ignoreCase), text(string, ignoreCase));
    }

    @Ddi(value = "RtlHashUnicodeString", maximum = Irql.APC_LEVEL)
    int hash(Processor processor, long string, boolean ignoreCase, int algorithm, long result) {
        if (string == 0 || result == 0 || (algorithm != HASH_DEFAULT && algorithm != HASH_X65599)) {
            return NtStatus.INVALID_PARAMETER;
        }
        int hash = 0;
        for (char unit : text(new UnicodeString(processor.memory(), string), ignoreCase)) {
            hash = hash * X65599 + unit;
        }
        processor.memory().store32(result, hash);
        return NtStatus.SUCCESS;
    }

    private static char[] text(UnicodeString string, boolean upper) {
        char[] text = CountedStrings.text(WIDE, string);
        for (int i = 0; upper && i < text.length; i++) {
            text[i] = LetterCase.upper(text[i]);
        }
        return text;
    }

    @Ddi(value = "RtlUpcaseUnicodeChar", maximum = Irql.APC_LEVEL)
    int upper(Processor processor, int unit) {
        return LetterCase.upper((char) unit);
    }

    @Ddi(value = "RtlDowncaseUnicodeChar", maximum = Irql.PASSIVE_LEVEL)
    int lower(Processor processor, int unit) {
        return LetterCase.lower((char) unit);
    }

    @Ddi(value = "RtlUnicodeStringToInteger", maximum = Irql.PASSIVE_LEVEL)
    int toInteger(Processor processor, UnicodeString string, int base, long result) {
        return IntegerText.read(processor, CountedStrings.text(WIDE, string), base, result);
    }

    @Ddi(value = "RtlCharToInteger", header = "ntddk.h", maximum = Irql.PASSIVE_LEVEL)
    int narrowToInteger(Processor processor, long string, int base, long result) {
        char[] text = CharacterSize.NARROW.text(processor.memory(), string);
        return IntegerText.read(processor, text, base, result);
    }

    @Ddi(value = "RtlIntegerToUnicodeString", maximum = Irql.PASSIVE_LEVEL)
    int ofInteger(Processor processor, int value, int base, UnicodeString string) {
        return integer(processor, value & 0xFFFF_FFFFL, base, string);
    }

    @Ddi(value = "RtlInt64ToUnicodeString", maximum = Irql.PASSIVE_LEVEL)
    int ofInteger64(Processor processor, long value, int base, UnicodeString string) {
        return integer(processor, value, base, string);
    }

    private static int integer(Processor processor, long value, int base, UnicodeString string) {
        if (!IntegerText.isBase(base)) {
            return NtStatus.INVALID_PARAMETER;
        }
        char[] text = IntegerText.of(value, base);
        if (2 * (text.length + 1) > string.maximumLength()) {
            return NtStatus.BUFFER_OVERFLOW;
        }
        ProcessorMemory memory = processor.memory();
        memory.probe(string.address(), UnicodeString.BYTES, true);
        WIDE.storeTerminated(memory, string.buffer(), text);
        string.setLength(2 * text.length);
        return NtStatus.SUCCESS;
    }
}
