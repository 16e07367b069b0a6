package dev.dirql.store;

import dev.dirql.events.DecisionKind;
import dev.dirql.events.LockKind;
import dev.dirql.events.RunEnd;
import dev.dirql.events.Severity;
import dev.dirql.events.Stamp;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A document while it is read. Every length in it is checked before it is used; what does not fit
 * is an {@link IllegalArgumentException} or {@link IndexOutOfBoundsException}, for the reader to
 * say where.
 */
final class DocumentFields {
    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;
    private final RecordedEnums enums;
    private final @Nullable String[] strings;
    private final int[] stringOffsets;
    private final int end;
    private int position = TraceFormat.DOCUMENT_HEADER_BYTES;

    /**
     * @param bytes holds the document at its start
     * @param length bytes of the document, as its frame says
     */
    DocumentFields(byte[] bytes, int length, RecordedEnums enums) {
        this.bytes = bytes;
        this.enums = enums;
        checkSum(length);
        int recordBytes = intAt(TraceFormat.RECORD_BYTES_OFFSET);
        int stringCount = intAt(TraceFormat.STRINGS_OFFSET);
        int room = length - TraceFormat.DOCUMENT_HEADER_BYTES;
        require(recordBytes >= 0 && recordBytes <= room, "its records reach beyond its end");
        require(
                stringCount >= 0 && stringCount <= (room - recordBytes) / 4,
                "its strings reach beyond its end");
        end = position + recordBytes;
        strings = new @Nullable String[stringCount];
        stringOffsets = new int[stringCount];
        int at = end;
        for (int i = 0; i < stringCount; i++) {
            require(at <= length - 4, "its strings reach beyond its end");
            int size = intAt(at) & ~TraceFormat.STRING_UTF16;
            require(size <= length - at - 4, "its strings reach beyond its end");
            stringOffsets[i] = at;
            at += 4 + size;
        }
    }

    private void checkSum(int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, TraceFormat.LENGTH_OFFSET, length - TraceFormat.LENGTH_OFFSET);
        require(
                (int) checksum.getValue() == intAt(TraceFormat.CHECKSUM_OFFSET),
                "its checksum is wrong");
    }

    boolean hasNext() {
        return position < end;
    }

    int events() {
        return intAt(TraceFormat.EVENTS_OFFSET);
    }

    int decisions() {
        return intAt(TraceFormat.DECISIONS_OFFSET);
    }

    /** Whether the next record is a decision; only where there is a next one. */
    boolean isAtDecision() {
        return (bytes[position] & 0xFF) == RecordKind.DECISION.code;
    }

    /** Whether these bytes come next; then they are passed. */
    boolean pass(byte[] other, int from, int to) {
        int next = position + to - from;
        boolean same = next <= end && Arrays.equals(bytes, position, next, other, from, to);
        if (same) {
            position = next;
        }
        return same;
    }

    RecordKind kind() {
        int code = u8();
        RecordKind kind = RecordKind.of(code);
        if (kind == null) {
            throw new IllegalArgumentException("it holds a record of the unknown kind " + code);
        }
        return kind;
    }

    int u8() {
        return bytes[advance(1)] & 0xFF;
    }

    int u16() {
        return (short) SHORT.get(bytes, advance(2)) & 0xFFFF;
    }

    int i32() {
        return (int) INT.get(bytes, advance(4));
    }

    long i64() {
        return (long) LONG.get(bytes, advance(8));
    }

    boolean bool() {
        return u8() != 0;
    }

    int irql() {
        return u8();
    }

    int processor() {
        int number = u8();
        return number == TraceFormat.NO_PROCESSOR ? Stamp.NO_PROCESSOR : number;
    }

    LockKind lockKind() {
        return enums.lockKinds().get(u8());
    }

    RunEnd runEnd() {
        return enums.runEnds().get(u8());
    }

    Severity severity() {
        return enums.severities().get(u8());
    }

    DecisionKind decisionKind() {
        return enums.decisionKinds().get(u8());
    }

    String string() {
        return string(u16());
    }

    /** How many strings the document has. */
    int strings() {
        return strings.length;
    }

    /** The string with that number. */
    String string(int index) {
        String known = strings[index];
        if (known == null) {
            known = decode(stringOffsets[index]);
            strings[index] = known;
        }
        return known;
    }

    private String decode(int offset) {
        int field = intAt(offset);
        int size = field & ~TraceFormat.STRING_UTF16;
        int start = offset + 4;
        if (field >= 0) {
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(java.nio.ByteBuffer.wrap(bytes, start, size))
                        .toString();
            } catch (CharacterCodingException e) {
                throw new IllegalArgumentException("it holds a string that is not UTF-8", e);
            }
        }
        char[] characters = new char[size / 2];
        for (int i = 0; i < characters.length; i++) {
            characters[i] = (char) (short) SHORT.get(bytes, start + 2 * i);
        }
        return new String(characters);
    }

    private int advance(int size) {
        int at = position;
        require(at + size <= end, "its last record is cut off");
        position = at + size;
        return at;
    }

    private int intAt(int offset) {
        return (int) INT.get(bytes, offset);
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
