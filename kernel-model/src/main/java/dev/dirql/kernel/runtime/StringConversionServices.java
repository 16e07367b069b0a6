package dev.dirql.kernel.runtime;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Routines that make strings of others, in a buffer that the caller has or that they allocate from
 * paged pool, and those that free such a buffer. Source: WDK, the page of each routine.
 */
public final class StringConversionServices {
    /** Exported variable: whether characters of the ANSI code page may have two bytes. */
    public static final String MULTI_BYTE_CODE_PAGE = "NlsMbCodePageTag";

    private static final CharacterSize NARROW = CharacterSize.NARROW;
    private static final CharacterSize WIDE = CharacterSize.WIDE;
    private static final int TAG = 'S' | 't' << 8 | 'r' << 16 | 'g' << 24;
    private static final int ALIGNMENT = 16;
    private static final int LENGTH_MAXIMUM = 0xFFFF;
    private static final int GUID_BYTES = 16;
    private static final int GUID_TEXT = 38;
    private static final Pattern GUID =
            Pattern.compile("\\{\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}\\}");

    private final ServiceEngine engine;
    private final Pool pool;

    /**
     * @param pool where buffers come from
     */
    public StringConversionServices(ServiceEngine engine, Pool pool) {
        this.engine = engine;
        this.pool = pool;
    }

    @Ddi(value = "RtlAnsiStringToUnicodeString", maximum = Irql.PASSIVE_LEVEL)
    int toUnicode(
            Processor processor,
            UnicodeString destination,
            UnicodeString source,
            boolean allocate) {
        char[] text = CodePage.toUnicode(CountedStrings.text(NARROW, source));
        return make(processor, WIDE, destination, text, true, allocate);
    }

    @Ddi(value = "RtlUnicodeStringToAnsiString", maximum = Irql.PASSIVE_LEVEL)
    int toAnsi(
            Processor processor,
            UnicodeString destination,
            UnicodeString source,
            boolean allocate) {
        char[] text = CodePage.toAnsi(CountedStrings.text(WIDE, source));
        return make(processor, NARROW, destination, text, true, allocate);
    }

    @Ddi(value = "RtlUpcaseUnicodeString", header = "ntddk.h", maximum = Irql.APC_LEVEL)
    int toUpper(
            Processor processor,
            UnicodeString destination,
            UnicodeString source,
            boolean allocate) {
        return changed(processor, destination, source, allocate, LetterCase::upper);
    }

    @Ddi(value = "RtlDowncaseUnicodeString", header = "ntifs.h", maximum = Irql.APC_LEVEL)
    int toLower(
            Processor processor,
            UnicodeString destination,
            UnicodeString source,
            boolean allocate) {
        return changed(processor, destination, source, allocate, LetterCase::lower);
    }

    private int changed(
            Processor processor,
            UnicodeString destination,
            UnicodeString source,
            boolean allocate,
            UnaryOperator<Character> change) {
        char[] text = CountedStrings.text(WIDE, source);
        for (int i = 0; i < text.length; i++) {
            text[i] = change.apply(text[i]);
        }
        return make(processor, WIDE, destination, text, false, allocate);
    }

    @Ddi(value = "RtlxAnsiStringToUnicodeSize", header = "wdm.h", maximum = Irql.PASSIVE_LEVEL)
    int unicodeSize(Processor processor, UnicodeString string) {
        return 2 * (string.length() + 1);
    }

    @Ddi(value = "RtlxUnicodeStringToAnsiSize", header = "wdm.h", maximum = Irql.PASSIVE_LEVEL)
    int ansiSize(Processor processor, UnicodeString string) {
        return string.length() / 2 + 1;
    }

    @Ddi(value = "RtlCreateUnicodeString", header = "ntifs.h", maximum = Irql.PASSIVE_LEVEL)
    boolean create(Processor processor, UnicodeString destination, long source) {
        char[] text = WIDE.text(processor.memory(), source);
        return make(processor, WIDE, destination, text, true, true) == NtStatus.SUCCESS;
    }

    @Ddi(value = "RtlStringFromGUID", maximum = Irql.PASSIVE_LEVEL)
    int ofGuid(Processor processor, long guid, UnicodeString destination) {
        ProcessorMemory memory = processor.memory();
        StringBuilder text = new StringBuilder(GUID_TEXT);
        text.append(
                String.format(
                        Locale.ROOT,
                        "{%08X-%04X-%04X-%02X%02X-",
                        memory.load32(guid),
                        memory.load16(guid + 4),
                        memory.load16(guid + 6),
                        memory.load8(guid + 8),
                        memory.load8(guid + 9)));
        for (int i = 10; i < GUID_BYTES; i++) {
            text.append(String.format(Locale.ROOT, "%02X", memory.load8(guid + i)));
        }
        char[] characters = text.append('}').toString().toCharArray();
        return make(processor, WIDE, destination, characters, true, true);
    }

    @Ddi(value = "RtlGUIDFromString", maximum = Irql.PASSIVE_LEVEL)
    int toGuid(Processor processor, UnicodeString string, long guid) {
        ProcessorMemory memory = processor.memory();
        String text = new String(CountedStrings.text(WIDE, string));
        if (!GUID.matcher(text).matches()) {
            return NtStatus.INVALID_PARAMETER;
        }
        String digits = text.replaceAll("[{}-]", "");
        memory.probe(guid, GUID_BYTES, true);
        memory.store32(guid, Long.parseLong(digits, 0, 8, 16));
        memory.store16(guid + 4, Long.parseLong(digits, 8, 12, 16));
        memory.store16(guid + 6, Long.parseLong(digits, 12, 16, 16));
        for (int i = 8; i < GUID_BYTES; i++) {
            memory.store8(guid + i, Long.parseLong(digits, 2 * i, 2 * i + 2, 16));
        }
        return NtStatus.SUCCESS;
    }

    /** Nothing changes unless all of it works. */
    private int make(
            Processor processor,
            CharacterSize size,
            UnicodeString destination,
            char[] text,
            boolean terminated,
            boolean allocate) {
        ProcessorMemory memory = processor.memory();
        memory.probe(destination.address(), UnicodeString.BYTES, true);
        int length = text.length * size.bytes();
        int bytes = terminated ? length + size.bytes() : length;
        if (bytes > LENGTH_MAXIMUM) {
            return NtStatus.INVALID_PARAMETER_2;
        }
        long buffer = destination.buffer();
        if (allocate) {
            buffer =
                    pool.allocateForDriver(
                            processor,
                            PoolKind.PAGED,
                            Math.max(1, bytes),
                            ALIGNMENT,
                            TAG,
                            false,
                            engine.caller(processor));
            if (buffer == 0) {
                return NtStatus.NO_MEMORY;
            }
            pool.store(
                    buffer, size.encoded(terminated ? Arrays.copyOf(text, text.length + 1) : text));
            destination.setBuffer(buffer);
            destination.setMaximumLength(bytes);
        } else if (bytes > destination.maximumLength()) {
            return NtStatus.BUFFER_OVERFLOW;
        } else if (terminated) {
            size.storeTerminated(memory, buffer, text);
        } else {
            size.store(memory, buffer, text);
        }
        destination.setLength(length);
        return NtStatus.SUCCESS;
    }

    @Ddi(value = "RtlFreeUnicodeString", maximum = Irql.APC_LEVEL)
    Outcome freeUnicode(Processor processor, UnicodeString string) {
        return free(processor, string);
    }

    @Ddi(value = "RtlFreeAnsiString", maximum = Irql.APC_LEVEL)
    Outcome freeAnsi(Processor processor, UnicodeString string) {
        return free(processor, string);
    }

    private Outcome free(Processor processor, UnicodeString string) {
        long buffer = string.buffer();
        if (buffer == 0) {
            return Outcome.done();
        }
        processor.memory().probe(string.address(), UnicodeString.BYTES, true);
        if (!pool.freeForDriver(processor, buffer, 0, engine.caller(processor))) {
            return Outcome.stay();
        }
        string.setLength(0);
        string.setMaximumLength(0);
        string.setBuffer(0);
        return Outcome.done();
    }
}
