package dev.dirql.store;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Gives each string of a document a number, in order of first use. What was encoded once is kept
 * over documents, since the same few names come again and again, nearly always as the same object.
 */
final class StringTable {
    private static final int KEPT_MAXIMUM = 1 << 14;
    private static final int INDEX_MAXIMUM = 0xFFFF;

    private @Nullable Entry[] slots = new @Nullable Entry[1 << 10];
    private int kept;

    private Entry[] document = new Entry[64];
    private int documentCount;
    private int documentBytes;
    private int generation = 1;

    private static final class Entry {
        final String text;
        final int lengthField;
        final byte[] encoded;
        int generation;
        int index;

        Entry(String text, int lengthField, byte[] encoded) {
            this.text = text;
            this.lengthField = lengthField;
            this.encoded = encoded;
        }
    }

    /** The number of a string in this document. */
    int indexOf(String text) {
        Entry entry = find(text);
        if (entry.generation != generation) {
            addToDocument(entry);
        }
        return entry.index;
    }

    int count() {
        return documentCount;
    }

    /** Bytes that {@link #writeTo} takes. */
    int byteCount() {
        return documentBytes;
    }

    void writeTo(DocumentBytes out) {
        for (int i = 0; i < documentCount; i++) {
            out.i32(document[i].lengthField);
            out.bytes(document[i].encoded);
        }
    }

    /** Takes the strings back that were added after the first {@code count}. */
    void shrinkTo(int count) {
        while (documentCount > count) {
            Entry entry = document[--documentCount];
            entry.generation = 0;
            documentBytes -= 4 + entry.encoded.length;
        }
    }

    /** Starts the next document. */
    void clear() {
        documentCount = 0;
        documentBytes = 0;
        generation++;
        if (kept > KEPT_MAXIMUM) {
            slots = new @Nullable Entry[1 << 10];
            kept = 0;
        }
    }

    private void addToDocument(Entry entry) {
        if (documentCount > INDEX_MAXIMUM
                || entry.encoded.length > TraceFormat.RECORD_BYTES_MAXIMUM) {
            throw new IllegalArgumentException(
                    "string of %d bytes, %d in the document: a record holds at most %d bytes"
                            .formatted(
                                    entry.encoded.length,
                                    documentCount,
                                    TraceFormat.RECORD_BYTES_MAXIMUM));
        }
        if (documentCount == document.length) {
            document = java.util.Arrays.copyOf(document, documentCount * 2);
        }
        entry.generation = generation;
        entry.index = documentCount;
        document[documentCount++] = entry;
        documentBytes += 4 + entry.encoded.length;
    }

    private Entry find(String text) {
        int mask = slots.length - 1;
        int slot = spread(text) & mask;
        while (true) {
            Entry entry = slots[slot];
            if (entry == null) {
                return insert(text, slot);
            }
            if (entry.text.equals(text)) {
                return entry;
            }
            slot = (slot + 1) & mask;
        }
    }

    private Entry insert(String text, int slot) {
        Entry entry = encode(text);
        slots[slot] = entry;
        kept++;
        if (kept * 2 > slots.length) {
            grow();
        }
        return entry;
    }

    private void grow() {
        @Nullable Entry[] old = slots;
        slots = new @Nullable Entry[old.length * 2];
        int mask = slots.length - 1;
        for (Entry entry : old) {
            if (entry != null) {
                int slot = spread(entry.text) & mask;
                while (slots[slot] != null) {
                    slot = (slot + 1) & mask;
                }
                slots[slot] = entry;
            }
        }
    }

    private static int spread(String text) {
        int hash = text.hashCode();
        return hash ^ (hash >>> 15);
    }

    private static Entry encode(String text) {
        try {
            ByteBuffer utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] encoded = new byte[utf8.remaining()];
            utf8.get(encoded);
            return new Entry(text, encoded.length, encoded);
        } catch (CharacterCodingException halfASurrogatePair) {
            byte[] encoded = new byte[text.length() * 2];
            for (int i = 0; i < text.length(); i++) {
                encoded[2 * i] = (byte) text.charAt(i);
                encoded[2 * i + 1] = (byte) (text.charAt(i) >> 8);
            }
            return new Entry(text, encoded.length | TraceFormat.STRING_UTF16, encoded);
        }
    }
}
