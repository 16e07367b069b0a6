package dev.dirql.kernel.runtime;

import dev.dirql.kernel.services.Ddi;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;

/**
 * C's conversions between integers and strings. Source: Microsoft C run-time library reference, the
 * page of each function. There is no errno in the kernel.
 */
public final class NumberServices {
    private static final int EINVAL = 22;
    private static final int ERANGE = 34;
    private static final int RADIX_MAXIMUM = 36;

    @Ddi(value = "atoi", header = "stdlib.h")
    int toInt(Processor processor, long string) {
        return decimal(processor, CharacterSize.NARROW, string);
    }

    @Ddi(value = "atol", header = "stdlib.h")
    int toLong(Processor processor, long string) {
        return decimal(processor, CharacterSize.NARROW, string);
    }

    @Ddi(value = "_wtoi", header = "stdlib.h")
    int wideToInt(Processor processor, long string) {
        return decimal(processor, CharacterSize.WIDE, string);
    }

    @Ddi(value = "_wtol", header = "stdlib.h")
    int wideToLong(Processor processor, long string) {
        return decimal(processor, CharacterSize.WIDE, string);
    }

    /** A number that is too large becomes the greatest or smallest that there is. */
    private static int decimal(Processor processor, CharacterSize size, long string) {
        Prefix number = Prefix.read(processor.memory(), size, string, 10);
        long limit = number.negative ? 1L << 31 : Integer.MAX_VALUE;
        boolean over = number.overflow || Long.compareUnsigned(number.magnitude, limit) > 0;
        long magnitude = over ? limit : number.magnitude;
        return (int) (number.negative ? -magnitude : magnitude);
    }

    @Ddi(value = "wcstoul", header = "stdlib.h")
    int wideToUnsigned(Processor processor, long string, long endPointer, int radix) {
        Prefix number = unsigned(processor, CharacterSize.WIDE, string, endPointer, radix);
        if (number.overflow || Long.compareUnsigned(number.magnitude, 0xFFFF_FFFFL) > 0) {
            return -1;
        }
        return (int) number.signed();
    }

    @Ddi(value = "_strtoui64", header = "stdlib.h")
    long toUnsigned(Processor processor, long string, long endPointer, int radix) {
        Prefix number = unsigned(processor, CharacterSize.NARROW, string, endPointer, radix);
        return number.overflow ? -1 : number.signed();
    }

    private static Prefix unsigned(
            Processor processor, CharacterSize size, long string, long endPointer, int radix) {
        ProcessorMemory memory = processor.memory();
        Prefix number =
                radix == 1 || radix < 0 || radix > RADIX_MAXIMUM
                        ? new Prefix(0, false, false, string)
                        : Prefix.read(memory, size, string, radix);
        if (endPointer != 0) {
            memory.store64(endPointer, number.end);
        }
        return number;
    }

    /**
     * What a string begins with.
     *
     * @param overflow whether it is not below 2 to the 64
     * @param end where the number ends; the beginning of the string if there is none
     */
    private record Prefix(long magnitude, boolean negative, boolean overflow, long end) {
        long signed() {
            return negative ? -magnitude : magnitude;
        }

        static Prefix read(GuestMemory memory, CharacterSize size, long string, int radix) {
            long at = 0;
            while (isSpace(size.load(memory, string, at))) {
                at++;
            }
            int sign = size.load(memory, string, at);
            if (sign == '-' || sign == '+') {
                at++;
            }
            int base = radix;
            if (size.load(memory, string, at) == '0' && (base == 0 || base == 16)) {
                boolean hexadecimal =
                        CStrings.toLower(size.load(memory, string, at + 1)) == 'x'
                                && Character.digit(size.load(memory, string, at + 2), 16) >= 0;
                at += hexadecimal ? 2 : 0;
                base = hexadecimal || base == 16 ? 16 : 8;
            }
            base = base == 0 ? 10 : base;
            return digits(memory, size, string, at, base, sign == '-');
        }

        private static Prefix digits(
                GuestMemory memory,
                CharacterSize size,
                long string,
                long first,
                int base,
                boolean negative) {
            long at = first;
            long magnitude = 0;
            boolean overflow = false;
            for (; ; at++) {
                int character = size.load(memory, string, at);
                int digit = character < 0x80 ? Character.digit(character, base) : -1;
                if (digit < 0) {
                    break;
                }
                long most = Long.divideUnsigned(-1L - digit, base);
                overflow |= Long.compareUnsigned(magnitude, most) > 0;
                magnitude = magnitude * base + digit;
            }
            return new Prefix(
                    magnitude,
                    negative,
                    overflow,
                    at == first ? string : string + at * size.bytes());
        }

        private static boolean isSpace(int character) {
            return character == ' ' || (character >= '\t' && character <= '\r');
        }
    }

    @Ddi(value = "_itoa", header = "stdlib.h")
    long toText(Processor processor, int value, long to, int radix) {
        return text(processor, CharacterSize.NARROW, value, to, radix);
    }

    @Ddi(value = "_itow", header = "stdlib.h")
    long toWideText(Processor processor, int value, long to, int radix) {
        return text(processor, CharacterSize.WIDE, value, to, radix);
    }

    private static long text(
            Processor processor, CharacterSize size, int value, long to, int radix) {
        if (to == 0 || radix < 2 || radix > RADIX_MAXIMUM) {
            return to;
        }
        size.storeTerminated(processor.memory(), to, digits(value, radix, false));
        return to;
    }

    @Ddi(value = "_itoa_s", header = "stdlib.h")
    int intToText(Processor processor, int value, long to, long capacity, int radix) {
        return checked(processor, CharacterSize.NARROW, digits(value, radix, false), to, capacity);
    }

    @Ddi(value = "_ltoa_s", header = "stdlib.h")
    int longToText(Processor processor, int value, long to, long capacity, int radix) {
        return checked(processor, CharacterSize.NARROW, digits(value, radix, false), to, capacity);
    }

    @Ddi(value = "_ultoa_s", header = "stdlib.h")
    int unsignedToText(Processor processor, int value, long to, long capacity, int radix) {
        char[] digits = digits(value & 0xFFFF_FFFFL, radix, true);
        return checked(processor, CharacterSize.NARROW, digits, to, capacity);
    }

    @Ddi(value = "_i64toa_s", header = "stdlib.h")
    int int64ToText(Processor processor, long value, long to, long capacity, int radix) {
        char[] digits = digits64(value, radix);
        return checked(processor, CharacterSize.NARROW, digits, to, capacity);
    }

    @Ddi(value = "_ui64toa_s", header = "stdlib.h")
    int unsigned64ToText(Processor processor, long value, long to, long capacity, int radix) {
        return checked(processor, CharacterSize.NARROW, digits(value, radix, true), to, capacity);
    }

    @Ddi(value = "_itow_s", header = "stdlib.h")
    int intToWideText(Processor processor, int value, long to, long capacity, int radix) {
        return checked(processor, CharacterSize.WIDE, digits(value, radix, false), to, capacity);
    }

    @Ddi(value = "_ltow_s", header = "stdlib.h")
    int longToWideText(Processor processor, int value, long to, long capacity, int radix) {
        return checked(processor, CharacterSize.WIDE, digits(value, radix, false), to, capacity);
    }

    @Ddi(value = "_ultow_s", header = "stdlib.h")
    int unsignedToWideText(Processor processor, int value, long to, long capacity, int radix) {
        char[] digits = digits(value & 0xFFFF_FFFFL, radix, true);
        return checked(processor, CharacterSize.WIDE, digits, to, capacity);
    }

    @Ddi(value = "_i64tow_s", header = "stdlib.h")
    int int64ToWideText(Processor processor, long value, long to, long capacity, int radix) {
        return checked(processor, CharacterSize.WIDE, digits64(value, radix), to, capacity);
    }

    @Ddi(value = "_ui64tow_s", header = "stdlib.h")
    int unsigned64ToWideText(Processor processor, long value, long to, long capacity, int radix) {
        return checked(processor, CharacterSize.WIDE, digits(value, radix, true), to, capacity);
    }

    private static char[] digits64(long value, int radix) {
        return digits(value, radix, radix != 10);
    }

    /** A sign is for base 10 only; none for a base that there is not. */
    private static char[] digits(long value, int radix, boolean unsigned) {
        if (radix < 2 || radix > RADIX_MAXIMUM) {
            return new char[0];
        }
        if (unsigned) {
            return Long.toUnsignedString(value, radix).toCharArray();
        }
        return (radix == 10
                        ? Long.toString(value)
                        : Long.toUnsignedString(value & 0xFFFF_FFFFL, radix))
                .toCharArray();
    }

    private static int checked(
            Processor processor, CharacterSize size, char[] digits, long to, long capacity) {
        ProcessorMemory memory = processor.memory();
        if (to == 0 || capacity == 0) {
            return EINVAL;
        }
        if (digits.length == 0 || Long.compareUnsigned(digits.length, capacity) >= 0) {
            size.store(memory, to, 0, 0);
            return digits.length == 0 ? EINVAL : ERANGE;
        }
        size.storeTerminated(memory, to, digits);
        return 0;
    }

    @Ddi(value = "mbstowcs", header = "stdlib.h")
    long toWide(Processor processor, long to, long from, long count) {
        ProcessorMemory memory = processor.memory();
        if (to == 0) {
            return CharacterSize.NARROW.length(memory, from, -1);
        }
        long length = CharacterSize.NARROW.length(memory, from, count);
        char[] text = CodePage.toUnicode(CharacterSize.NARROW.text(memory, from, length));
        return converted(memory, CharacterSize.WIDE, to, text, count);
    }

    /** A character that the code page does not have is an error. */
    @Ddi(value = "wcstombs", header = "stdlib.h")
    long toNarrow(Processor processor, long to, long from, long count) {
        ProcessorMemory memory = processor.memory();
        long limit = to == 0 ? -1 : count;
        long length = CharacterSize.WIDE.length(memory, from, limit);
        char[] text = CharacterSize.WIDE.text(memory, from, length);
        for (int i = 0; i < text.length; i++) {
            int found = CodePage.find(text[i]);
            if (found < 0) {
                return -1;
            }
            text[i] = (char) found;
        }
        return to == 0 ? length : converted(memory, CharacterSize.NARROW, to, text, count);
    }

    private static long converted(
            ProcessorMemory memory, CharacterSize size, long to, char[] text, long count) {
        if (text.length == count) {
            size.store(memory, to, text);
        } else {
            size.storeTerminated(memory, to, text);
        }
        return text.length;
    }

    @Ddi(value = "mbtowc", header = "stdlib.h")
    int toWideCharacter(Processor processor, long to, long from, long count) {
        if (from == 0 || count == 0) {
            return 0;
        }
        int value = (int) processor.memory().load8(from);
        if (to != 0) {
            processor.memory().store16(to, CodePage.toUnicode(value));
        }
        return value == 0 ? 0 : 1;
    }

    @Ddi(value = "wctomb", header = "stdlib.h")
    int toNarrowCharacter(Processor processor, long to, int character) {
        if (to == 0) {
            return 0;
        }
        int found = CodePage.find((char) character);
        if (found < 0) {
            return -1;
        }
        processor.memory().store8(to, found);
        return 1;
    }
}
