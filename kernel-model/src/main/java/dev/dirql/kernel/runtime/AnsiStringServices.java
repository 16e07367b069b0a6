package dev.dirql.kernel.runtime;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;
import java.util.Arrays;

/** STRING and ANSI_STRING: as UNICODE_STRING, with bytes. Source: WDK, the page of each routine. */
public final class AnsiStringServices {
    private static final CharacterSize NARROW = CharacterSize.NARROW;
    private static final int LENGTH_MAXIMUM = 0xFFFE;
    private static final long MASK = 0xFFFF_FFFFL;

    @Ddi("RtlInitString")
    void initialize(Processor processor, UnicodeString destination, long source) {
        initializeAnsi(processor, destination, source);
    }

    /** A string that is too long gets the greatest length there is. */
    @Ddi("RtlInitAnsiString")
    void initializeAnsi(Processor processor, UnicodeString destination, long source) {
        ProcessorMemory memory = processor.memory();
        long length = source == 0 ? 0 : NARROW.length(memory, source, LENGTH_MAXIMUM);
        memory.probe(destination.address(), UnicodeString.BYTES, true);
        destination.setLength((int) length);
        destination.setMaximumLength(source == 0 ? 0 : (int) length + 1);
        destination.setBuffer(source);
    }

    @Ddi(value = "RtlCopyString", header = "ntddk.h")
    void copy(Processor processor, UnicodeString destination, long source) {
        CountedStrings.copy(processor, NARROW, destination, source);
    }

    @Ddi(value = "RtlAppendStringToString", header = "ntifs.h", maximum = Irql.APC_LEVEL)
    int append(Processor processor, UnicodeString destination, UnicodeString source) {
        char[] text = CountedStrings.text(NARROW, source);
        return CountedStrings.append(processor, NARROW, destination, text);
    }

    @Ddi(value = "RtlCompareString", header = "ntddk.h", maximum = Irql.PASSIVE_LEVEL)
    int compare(Processor processor, UnicodeString a, UnicodeString b, boolean ignoreCase) {
        return CountedStrings.compare(NARROW, text(a, ignoreCase), text(b, ignoreCase));
    }

    @Ddi(value = "RtlEqualString", header = "ntddk.h", maximum = Irql.PASSIVE_LEVEL)
    boolean equal(Processor processor, UnicodeString a, UnicodeString b, boolean ignoreCase) {
        return compare(processor, a, b, ignoreCase) == 0;
    }

    private static char[] text(UnicodeString string, boolean upper) {
        char[] text = CountedStrings.text(NARROW, string);
        for (int i = 0; upper && i < text.length; i++) {
            text[i] = (char) LetterCase.upperAnsi(text[i]);
        }
        return text;
    }

    @Ddi(value = "RtlUpperChar", header = "ntddk.h", maximum = Irql.APC_LEVEL)
    int upper(Processor processor, int character) {
        return LetterCase.upperAnsi(character);
    }

    @Ddi(value = "RtlUpperString", header = "ntddk.h", maximum = Irql.APC_LEVEL)
    void upperString(Processor processor, UnicodeString destination, UnicodeString source) {
        ProcessorMemory memory = processor.memory();
        char[] text = text(source, true);
        int count = Math.min(text.length, destination.maximumLength());
        memory.probe(destination.address(), UnicodeString.BYTES, true);
        NARROW.store(memory, destination.buffer(), Arrays.copyOf(text, count));
        destination.setLength(count);
    }

    // ---- buffers of characters in the ANSI code page ----

    @Ddi(value = "RtlMultiByteToUnicodeSize", header = "ntifs.h", maximum = Irql.APC_LEVEL)
    int unicodeSize(Processor processor, long result, long source, int bytes) {
        processor.memory().store32(result, 2L * bytes);
        return NtStatus.SUCCESS;
    }

    @Ddi(value = "RtlMultiByteToUnicodeN", header = "ntifs.h", maximum = Irql.APC_LEVEL)
    int toUnicode(Processor processor, long to, int maximum, long stored, long source, int bytes) {
        char[] text = NARROW.text(processor.memory(), source, count(bytes, (maximum & MASK) / 2));
        return store(processor, CharacterSize.WIDE, to, stored, CodePage.toUnicode(text));
    }

    /** Characters of a source for which there is room. */
    private static long count(long source, long room) {
        return Math.min(source & MASK, room);
    }

    @Ddi(value = "RtlUnicodeToMultiByteSize", header = "ntifs.h", maximum = Irql.APC_LEVEL)
    int ansiSize(Processor processor, long result, long source, int bytes) {
        processor.memory().store32(result, (bytes & MASK) / 2);
        return NtStatus.SUCCESS;
    }

    @Ddi(value = "RtlUnicodeToMultiByteN", header = "ntifs.h", maximum = Irql.APC_LEVEL)
    int toAnsi(Processor processor, long to, int maximum, long stored, long source, int bytes) {
        char[] text = wide(processor, source, maximum, bytes);
        return store(processor, NARROW, to, stored, CodePage.toAnsi(text));
    }

    @Ddi(value = "RtlUpcaseUnicodeToMultiByteN", header = "ntifs.h", maximum = Irql.APC_LEVEL)
    int toUpperAnsi(
            Processor processor, long to, int maximum, long stored, long source, int bytes) {
        char[] text = wide(processor, source, maximum, bytes);
        for (int i = 0; i < text.length; i++) {
            text[i] = LetterCase.upper(text[i]);
        }
        return store(processor, NARROW, to, stored, CodePage.toAnsi(text));
    }

    private static char[] wide(Processor processor, long source, int maximum, int bytes) {
        long units = count((bytes & MASK) / 2, maximum & MASK);
        return CharacterSize.WIDE.text(processor.memory(), source, units);
    }

    private static int store(
            Processor processor, CharacterSize size, long to, long stored, char[] text) {
        ProcessorMemory memory = processor.memory();
        if (stored != 0) {
            memory.probe(stored, 4, true);
        }
        size.store(memory, to, text);
        if (stored != 0) {
            memory.store32(stored, (long) text.length * size.bytes());
        }
        return NtStatus.SUCCESS;
    }
}
