package dev.dirql.store;

import static dev.dirql.store.TraceFormat.NO_PROCESSOR;

import dev.dirql.events.Stamp;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The records of one document while they are written: little endian, with strings as indexes into a
 * table.
 */
final class DocumentBytes {
    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes = new byte[TraceFormat.DOCUMENT_BYTES_MAXIMUM];
    private final StringTable strings;
    private int position = TraceFormat.DOCUMENT_HEADER_BYTES;

    DocumentBytes(StringTable strings) {
        this.strings = strings;
    }

    byte[] array() {
        return bytes;
    }

    int position() {
        return position;
    }

    void position(int newPosition) {
        position = newPosition;
    }

    /** Writes what every event's record begins with. */
    void begin(RecordKind kind, Stamp stamp) {
        int at = position;
        bytes[at] = (byte) kind.code;
        bytes[at + 1] = irqlByte(stamp.irql());
        bytes[at + 2] = processorByte(stamp.processor());
        LONG.set(bytes, at + 3, stamp.timeNs());
        LONG.set(bytes, at + 11, stamp.thread());
        position = at + 19;
    }

    void u8(int value) {
        bytes[position++] = (byte) value;
    }

    void u16(int value) {
        SHORT.set(bytes, position, (short) value);
        position += 2;
    }

    void i32(int value) {
        INT.set(bytes, position, value);
        position += 4;
    }

    void i64(long value) {
        LONG.set(bytes, position, value);
        position += 8;
    }

    void bool(boolean value) {
        bytes[position++] = value ? (byte) 1 : 0;
    }

    void irql(int value) {
        bytes[position++] = irqlByte(value);
    }

    void processor(int value) {
        bytes[position++] = processorByte(value);
    }

    /** The header names the constants in the order of these codes: {@link RecordedEnums}. */
    @SuppressWarnings("EnumOrdinal")
    void enumeration(Enum<?> value) {
        bytes[position++] = (byte) value.ordinal();
    }

    void string(String value) {
        u16(strings.indexOf(value));
    }

    void bytes(byte[] value) {
        System.arraycopy(value, 0, bytes, position, value.length);
        position += value.length;
    }

    void i32At(int offset, int value) {
        INT.set(bytes, offset, value);
    }

    void i64At(int offset, long value) {
        LONG.set(bytes, offset, value);
    }

    private static byte irqlByte(int irql) {
        if ((irql & ~0xFF) != 0) {
            throw new IllegalArgumentException("IRQL %d: a KIRQL is a byte".formatted(irql));
        }
        return (byte) irql;
    }

    private static byte processorByte(int processor) {
        if (processor < Stamp.NO_PROCESSOR || processor >= NO_PROCESSOR) {
            throw new IllegalArgumentException(
                    "processor %d: a trace counts them from 0 to 254".formatted(processor));
        }
        return (byte) processor;
    }
}
