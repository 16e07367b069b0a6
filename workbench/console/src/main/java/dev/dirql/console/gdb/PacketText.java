package dev.dirql.console.gdb;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes, numbers and texts as packets have them. Text is Latin-1: a character is a byte. */
final class PacketText {
    private static final String DIGITS = "0123456789abcdef";
    private static final int ESCAPE = '}';
    private static final int ESCAPED_BY = 0x20;

    private PacketText() {}

    /** {@code $BODY#CHECKSUM}. */
    static byte[] packet(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        byte[] packet = new byte[bytes.length + 4];
        packet[0] = '$';
        System.arraycopy(bytes, 0, packet, 1, bytes.length);
        int sum = checksum(bytes);
        packet[bytes.length + 1] = '#';
        packet[bytes.length + 2] = (byte) DIGITS.charAt(sum >> 4);
        packet[bytes.length + 3] = (byte) DIGITS.charAt(sum & 15);
        return packet;
    }

    /** Sum of the bytes, modulo 256. */
    static int checksum(byte[] bytes) {
        int sum = 0;
        for (byte b : bytes) {
            sum += b;
        }
        return sum & 0xFF;
    }

    static String hex(byte[] bytes) {
        StringBuilder text = new StringBuilder(2 * bytes.length);
        for (byte b : bytes) {
            text.append(DIGITS.charAt((b >> 4) & 15)).append(DIGITS.charAt(b & 15));
        }
        return text.toString();
    }

    /** The bytes of a text in UTF-8, in hex. */
    static String hex(String text) {
        return hex(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A register of the machine: little-endian. */
    static String little(long value, int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (value >>> (8 * i));
        }
        return hex(bytes);
    }

    /**
     * @throws Refused if it is not pairs of hex digits
     */
    static byte[] bytes(String hex) {
        if (hex.length() % 2 != 0) {
            throw new Refused();
        }
        byte[] bytes = new byte[hex.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            int high = Character.digit(hex.charAt(2 * i), 16);
            int low = Character.digit(hex.charAt(2 * i + 1), 16);
            if (high < 0 || low < 0) {
                throw new Refused();
            }
            bytes[i] = (byte) (high << 4 | low);
        }
        return bytes;
    }

    /** A little-endian number of up to 8 bytes. */
    static long number(byte[] bytes) {
        long value = 0;
        for (int i = 0; i < bytes.length; i++) {
            value |= (bytes[i] & 0xFFL) << (8 * i);
        }
        return value;
    }

    /**
     * An address or another number of up to 64 bits.
     *
     * @throws Refused if it is none
     */
    static long number(String hex) {
        if (hex.isEmpty() || hex.length() > 16) {
            throw new Refused();
        }
        long value = 0;
        for (int i = 0; i < hex.length(); i++) {
            int digit = Character.digit(hex.charAt(i), 16);
            if (digit < 0) {
                throw new Refused();
            }
            value = value << 4 | digit;
        }
        return value;
    }

    /** A number from 0 to a maximum. */
    static int number(String hex, int maximum) {
        long value = number(hex);
        if (value < 0 || value > maximum) {
            throw new Refused();
        }
        return (int) value;
    }

    /** Binary data as a packet carries it. */
    static String escaped(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) {
            int value = b & 0xFF;
            if (value == '#' || value == '$' || value == '*' || value == ESCAPE) {
                text.append((char) ESCAPE).append((char) (value ^ ESCAPED_BY));
            } else {
                text.append((char) value);
            }
        }
        return text.toString();
    }

    /**
     * The counterpart of {@link #escaped}.
     *
     * @throws Refused if an escape is the last byte
     */
    static byte[] unescaped(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            int value = text.charAt(i);
            if (value == ESCAPE) {
                if (++i == text.length()) {
                    throw new Refused();
                }
                value = text.charAt(i) ^ ESCAPED_BY;
            }
            bytes.write(value);
        }
        return bytes.toByteArray();
    }

    /**
     * A part of a document: {@code m} and the part, {@code l} if it is the last one.
     *
     * @param range {@code OFFSET,LENGTH}
     */
    static String part(String document, String range) {
        String[] numbers = fields(range, ',', 2);
        byte[] all = document.getBytes(StandardCharsets.UTF_8);
        int from = Math.min(number(numbers[0], Integer.MAX_VALUE), all.length);
        int size = Math.min(number(numbers[1], Integer.MAX_VALUE), GdbLimits.DATA_MAXIMUM);
        int to = Math.min(all.length, from + size);
        return (to == all.length ? "l" : "m") + escaped(Arrays.copyOfRange(all, from, to));
    }

    /**
     * Exactly so many fields.
     *
     * @throws Refused if there are more or fewer
     */
    static String[] fields(String text, char between, int count) {
        String[] fields = new String[count];
        int from = 0;
        for (int i = 0; i < count; i++) {
            int to = text.indexOf(between, from);
            if (i == count - 1) {
                if (to >= 0) {
                    throw new Refused();
                }
                to = text.length();
            } else if (to < 0) {
                throw new Refused();
            }
            fields[i] = text.substring(from, to);
            from = to + 1;
        }
        return fields;
    }
}
