package dev.dirql.kernel.runtime;

import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;
import java.util.Arrays;

/** What UNICODE_STRING and STRING, which have the same layout, have in common. */
final class CountedStrings {
    private static final int LENGTH_MAXIMUM = 0xFFFE;

    private CountedStrings() {}

    static char[] text(CharacterSize size, UnicodeString string) {
        return size.text(string.memory(), string.buffer(), string.length() / size.bytes());
    }

    /** Describes a source that ends with a zero; one that is too long is refused. */
    static int initialize(
            Processor processor, CharacterSize size, UnicodeString destination, long source) {
        ProcessorMemory memory = processor.memory();
        long length = source == 0 ? 0 : size.length(memory, source, LENGTH_MAXIMUM) * size.bytes();
        memory.probe(destination.address(), UnicodeString.BYTES, true);
        if (length > LENGTH_MAXIMUM - size.bytes()) {
            return NtStatus.NAME_TOO_LONG;
        }
        destination.setLength((int) length);
        destination.setMaximumLength(source == 0 ? 0 : (int) length + size.bytes());
        destination.setBuffer(source);
        return NtStatus.SUCCESS;
    }

    /** As much as there is room for. */
    static void copy(
            Processor processor, CharacterSize size, UnicodeString destination, long source) {
        ProcessorMemory memory = processor.memory();
        memory.probe(destination.address(), UnicodeString.BYTES, true);
        if (source == 0) {
            destination.setLength(0);
            return;
        }
        char[] text = text(size, new UnicodeString(memory, source));
        int room = destination.maximumLength() / size.bytes();
        char[] kept = text.length <= room ? text : Arrays.copyOf(text, room);
        if (size == CharacterSize.WIDE && kept.length < room) {
            size.storeTerminated(memory, destination.buffer(), kept);
        } else {
            size.store(memory, destination.buffer(), kept);
        }
        destination.setLength(kept.length * size.bytes());
    }

    /** All or nothing. */
    static int append(
            Processor processor, CharacterSize size, UnicodeString destination, char[] text) {
        ProcessorMemory memory = processor.memory();
        int present = destination.length();
        int length = present + text.length * size.bytes();
        if (length > destination.maximumLength()) {
            return NtStatus.BUFFER_TOO_SMALL;
        }
        memory.probe(destination.address(), UnicodeString.BYTES, true);
        long end = destination.buffer() + present;
        if (size == CharacterSize.WIDE && length + size.bytes() <= destination.maximumLength()) {
            size.storeTerminated(memory, end, text);
        } else {
            size.store(memory, end, text);
        }
        destination.setLength(length);
        return NtStatus.SUCCESS;
    }

    /** The difference of the first characters that differ, or that of the lengths in bytes. */
    static int compare(CharacterSize size, char[] a, char[] b) {
        int mismatch = Arrays.mismatch(a, b);
        if (mismatch < 0) {
            return 0;
        }
        return mismatch < Math.min(a.length, b.length)
                ? a[mismatch] - b[mismatch]
                : (a.length - b.length) * size.bytes();
    }

    static boolean isPrefix(char[] prefix, char[] text) {
        int mismatch = Arrays.mismatch(prefix, text);
        return mismatch < 0 || mismatch == prefix.length;
    }
}
