package dev.dirql.devices;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Scan codes of a PC keyboard. A key is named by its code in set 1, which is also what Windows
 * counts keys by. IBM, Personal System/2 Hardware Interface Technical Reference, "Keyboards".
 */
final class ScanCodes {
    static final int EXTENDED = 0xE0;
    static final int LEFT_SHIFT = 0x2A;

    private static final int RELEASED = 0xF0;
    private static final int PRINT_SCREEN = 0x37;

    /** What the controller makes of codes 0x00 to 0x7F of set 2. */
    private static final byte[] TRANSLATION =
            HexFormat.of()
                    .parseHex(
                            "ff43413f3d3b3c58644442403e0f2959"
                                    + "65382a701d10025a66712c1f1e11035b"
                                    + "672e2d201205045c68392f211413065d"
                                    + "693130232215075e6a7232241608095f"
                                    + "6b332517180b0a606c34352627190c61"
                                    + "6d7328741a0d626e3a361c1b752b6376"
                                    + "55567778797a0e7b7c4f7d4b477e7f6f"
                                    + "5253504c4d480145574e514a37494654");

    /** Keys of a US keyboard that print, by code of set 1 from 0x02, without and with shift. */
    private static final String PLAIN =
            "\0\0" + "1234567890-=\b\tqwertyuiop[]\n\0asdfghjkl;'`\0\\zxcvbnm,./\0\0\0 ";

    private static final String SHIFTED =
            "\0\0" + "!@#$%^&*()_+\0\0QWERTYUIOP{}\0\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0\0\0\0";

    /** Every character that a key or a key with shift prints. */
    static final String TYPED = (PLAIN + SHIFTED).replace("\0", "");

    private ScanCodes() {}

    /** What the controller hands software for a byte of set 2 other than the prefix 0xF0. */
    static int translate(int code) {
        return switch (code) {
            case 0x83 -> 0x41;
            case 0x84 -> 0x54;
            default -> code < 0x80 ? TRANSLATION[code] & 0xFF : code;
        };
    }

    /** The code in set 2 of a key whose code in set 1 is below 0x80. */
    private static int inSetTwo(int key) {
        if (key == 0x41) {
            return 0x83;
        }
        if (key == 0x54) {
            return 0x84;
        }
        for (int code = 0; code < TRANSLATION.length; code++) {
            if ((TRANSLATION[code] & 0xFF) == key) {
                return code;
            }
        }
        throw new IllegalArgumentException("no key has the code 0x%x".formatted(key));
    }

    /** What the keyboard sends when a key goes down or up. */
    static List<Integer> of(int set, int key, boolean extended, boolean down) {
        if (extended && key == PRINT_SCREEN) {
            // Its code is that of a shifted key: the keyboard sends a shift with it.
            List<Integer> both = new ArrayList<>(plain(set, down ? LEFT_SHIFT : key, true, down));
            both.addAll(plain(set, down ? key : LEFT_SHIFT, true, down));
            return both;
        }
        return plain(set, key, extended, down);
    }

    private static List<Integer> plain(int set, int key, boolean extended, boolean down) {
        List<Integer> codes = new ArrayList<>();
        if (extended) {
            codes.add(EXTENDED);
        }
        if (set == 1) {
            codes.add(down ? key : key | 0x80);
        } else {
            if (!down) {
                codes.add(RELEASED);
            }
            codes.add(inSetTwo(key));
        }
        return codes;
    }

    /** What the keyboard sends for the Pause key, which never goes up. */
    static List<Integer> pause(int set) {
        return set == 1
                ? List.of(0xE1, 0x1D, 0x45, 0xE1, 0x9D, 0xC5)
                : List.of(0xE1, 0x14, 0x77, 0xE1, 0xF0, 0x14, 0xF0, 0x77);
    }

    /** The key that prints a character, perhaps with shift. */
    static int keyOf(char character) {
        int plain = PLAIN.indexOf(character);
        int key = plain >= 0 ? plain : SHIFTED.indexOf(character);
        if (key < 0 || character == 0) {
            throw new IllegalArgumentException("no key prints '%s'".formatted(character));
        }
        return key;
    }

    static boolean needsShift(char character) {
        return PLAIN.indexOf(character) < 0;
    }
}
