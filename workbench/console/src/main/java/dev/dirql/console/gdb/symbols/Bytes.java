package dev.dirql.console.gdb.symbols;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Little-endian bytes that grow. */
final class Bytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    int size() {
        return out.size();
    }

    byte[] toArray() {
        return out.toByteArray();
    }

    Bytes number(long value, int size) {
        for (int i = 0; i < size; i++) {
            out.write((int) (value >>> (8 * i)));
        }
        return this;
    }

    Bytes one(int value) {
        return number(value, 1);
    }

    Bytes all(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    Bytes text(String text) {
        return all(text.getBytes(StandardCharsets.UTF_8)).one(0);
    }

    Bytes unsigned(long value) {
        long left = value;
        do {
            int part = (int) left & 0x7F;
            left >>>= 7;
            one(left == 0 ? part : part | 0x80);
        } while (left != 0);
        return this;
    }

    Bytes signed(long value) {
        long left = value;
        while (true) {
            int part = (int) left & 0x7F;
            left >>= 7;
            if ((left == 0 && (part & 0x40) == 0) || (left == -1 && (part & 0x40) != 0)) {
                return one(part);
            }
            one(part | 0x80);
        }
    }

    /** Fills up with zeros to a multiple. */
    Bytes align(int multiple) {
        while (size() % multiple != 0) {
            one(0);
        }
        return this;
    }

    /** A length of 4 bytes, and what it counts. */
    static byte[] counted(Bytes body) {
        return new Bytes().number(body.size(), 4).all(body.toArray()).toArray();
    }
}
