package dev.dirql.kernel.runtime;

import dev.dirql.kernel.services.Ddi;
import dev.dirql.machine.Processor;

/** Kinds of characters, and their case, in the "C" locale: those of ASCII. */
public final class CharacterServices {
    @Ddi(value = "tolower", header = "ctype.h")
    int toLower(Processor processor, int character) {
        return CStrings.toLower(character);
    }

    @Ddi(value = "toupper", header = "ctype.h")
    int toUpper(Processor processor, int character) {
        return CStrings.toUpper(character);
    }

    @Ddi(value = "towlower", header = "wchar.h")
    int toWideLower(Processor processor, int character) {
        return CStrings.toLower(character & 0xFFFF);
    }

    @Ddi(value = "towupper", header = "wchar.h")
    int toWideUpper(Processor processor, int character) {
        return CStrings.toUpper(character & 0xFFFF);
    }

    /** Nonzero results are those of Microsoft's table of characters. */
    private static final int UPPER = 0x1;

    private static final int LOWER = 0x2;
    private static final int DIGIT = 0x4;
    private static final int SPACE = 0x8;
    private static final int PUNCTUATION = 0x10;
    private static final int BLANK = 0x40;
    private static final int HEXADECIMAL = 0x80;
    private static final int ALPHABETIC = 0x100;

    private static int kinds(int character) {
        if (character >= '0' && character <= '9') {
            return DIGIT | HEXADECIMAL;
        }
        int upper = CStrings.toUpper(character);
        if (upper >= 'A' && upper <= 'Z') {
            int letter = ALPHABETIC | (upper == character ? UPPER : LOWER);
            return upper <= 'F' ? letter | HEXADECIMAL : letter;
        }
        if (character == ' ') {
            return SPACE | BLANK;
        }
        if (character >= '\t' && character <= '\r') {
            return SPACE;
        }
        return character > ' ' && character < 0x7F ? PUNCTUATION : 0;
    }

    @Ddi(value = "isupper", header = "ctype.h")
    int isUpper(Processor processor, int character) {
        return kinds(character) & UPPER;
    }

    @Ddi(value = "islower", header = "ctype.h")
    int isLower(Processor processor, int character) {
        return kinds(character) & LOWER;
    }

    @Ddi(value = "isdigit", header = "ctype.h")
    int isDigit(Processor processor, int character) {
        return kinds(character) & DIGIT;
    }

    @Ddi(value = "isxdigit", header = "ctype.h")
    int isHexadecimalDigit(Processor processor, int character) {
        return kinds(character) & HEXADECIMAL;
    }

    @Ddi(value = "isspace", header = "ctype.h")
    int isSpace(Processor processor, int character) {
        return kinds(character) & SPACE;
    }

    @Ddi(value = "isprint", header = "ctype.h")
    int isPrint(Processor processor, int character) {
        return kinds(character) & (BLANK | PUNCTUATION | ALPHABETIC | DIGIT);
    }
}
