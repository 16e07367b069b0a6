package dev.dirql.kernel.runtime;

import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;
import java.util.function.IntUnaryOperator;

/**
 * The string functions of C, for strings of one size of characters. Upper and lower case are those
 * of the "C" locale: the letters of ASCII. Source: Microsoft C run-time library reference, the page
 * of each function.
 *
 * @param size of the characters
 */
record CStrings(CharacterSize size) {
    static final CStrings NARROW = new CStrings(CharacterSize.NARROW);
    static final CStrings WIDE = new CStrings(CharacterSize.WIDE);

    /** No limit of a count, which is unsigned. */
    static final long ALL = -1;

    static int toLower(int character) {
        return character >= 'A' && character <= 'Z' ? character + 0x20 : character;
    }

    static int toUpper(int character) {
        return character >= 'a' && character <= 'z' ? character - 0x20 : character;
    }

    long length(Processor processor, long string, long maximum) {
        return size.length(processor.memory(), string, maximum);
    }

    /** Negative, 0 or positive. */
    int compare(Processor processor, long a, long b, long maximum, boolean ignoreCase) {
        GuestMemory memory = processor.memory();
        for (long i = 0; i != maximum; i++) {
            int x = size.load(memory, a, i);
            int y = size.load(memory, b, i);
            if (ignoreCase) {
                x = toLower(x);
                y = toLower(y);
            }
            if (x != y || x == 0) {
                return ignoreCase ? x - y : Integer.compare(x, y);
            }
        }
        return 0;
    }

    long copy(Processor processor, long to, long from) {
        ProcessorMemory memory = processor.memory();
        size.storeTerminated(memory, to, size.text(memory, from));
        return to;
    }

    /** Exactly {@code count} characters: zeroes after the end of a shorter string. */
    long copyPadded(Processor processor, long to, long from, long count) {
        ProcessorMemory memory = processor.memory();
        size.probe(memory, to, count);
        char[] text = size.text(memory, from, size.length(memory, from, count));
        size.store(memory, to, text);
        for (long i = text.length; i != count; i++) {
            size.store(memory, to, i, 0);
        }
        return to;
    }

    /** Appends at most {@code maximum} characters, and a zero. */
    long append(Processor processor, long to, long from, long maximum) {
        ProcessorMemory memory = processor.memory();
        long end = to + size.length(memory, to, ALL) * size.bytes();
        char[] text = size.text(memory, from, size.length(memory, from, maximum));
        size.storeTerminated(memory, end, text);
        return to;
    }

    /** The first occurrence of a character, which may be the zero; 0 if there is none. */
    long find(Processor processor, long string, int character) {
        GuestMemory memory = processor.memory();
        for (long i = 0; ; i++) {
            int found = size.load(memory, string, i);
            if (found == character) {
                return string + i * size.bytes();
            }
            if (found == 0) {
                return 0;
            }
        }
    }

    /** The last occurrence of a character. */
    long findLast(Processor processor, long string, int character) {
        GuestMemory memory = processor.memory();
        long last = 0;
        for (long i = 0; ; i++) {
            int found = size.load(memory, string, i);
            if (found == character) {
                last = string + i * size.bytes();
            }
            if (found == 0) {
                return last;
            }
        }
    }

    /** The first occurrence of a string; that of an empty one is the beginning. */
    long find(Processor processor, long string, long wanted) {
        GuestMemory memory = processor.memory();
        String text = new String(size.text(memory, wanted));
        int found = new String(size.text(memory, string)).indexOf(text);
        return found < 0 ? 0 : string + (long) found * size.bytes();
    }

    /** Characters at the beginning that are, or are not, in a set. */
    long span(Processor processor, long string, long set, boolean inside) {
        GuestMemory memory = processor.memory();
        String members = new String(size.text(memory, set));
        long length = 0;
        for (; ; length++) {
            int found = size.load(memory, string, length);
            if (found == 0 || members.indexOf(found) >= 0 != inside) {
                return length;
            }
        }
    }

    /** Replaces every character by what becomes of it. */
    long change(Processor processor, long string, long maximum, IntUnaryOperator change) {
        ProcessorMemory memory = processor.memory();
        char[] text = size.text(memory, string, size.length(memory, string, maximum));
        for (int i = 0; i < text.length; i++) {
            text[i] = (char) change.applyAsInt(text[i]);
        }
        size.store(memory, string, text);
        return string;
    }

    long reverse(Processor processor, long string) {
        ProcessorMemory memory = processor.memory();
        char[] text = size.text(memory, string);
        for (int i = 0, j = text.length - 1; i < j; i++, j--) {
            char first = text[i];
            text[i] = text[j];
            text[j] = first;
        }
        size.store(memory, string, text);
        return string;
    }
}
