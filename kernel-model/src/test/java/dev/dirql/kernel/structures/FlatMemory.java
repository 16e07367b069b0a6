package dev.dirql.kernel.structures;

import dev.dirql.machine.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory for tests: some bytes from an address on, and nothing elsewhere. */
public final class FlatMemory implements GuestMemory {
    private final long start;
    private final ByteBuffer bytes;

    public FlatMemory(long start, int size) {
        this.start = start;
        bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private int at(long address) {
        return Math.toIntExact(address - start);
    }

    @Override
    public long load8(long address) {
        return bytes.get(at(address)) & 0xFF;
    }

    @Override
    public long load16(long address) {
        return bytes.getShort(at(address)) & 0xFFFF;
    }

    @Override
    public long load32(long address) {
        return bytes.getInt(at(address)) & 0xFFFF_FFFFL;
    }

    @Override
    public long load64(long address) {
        return bytes.getLong(at(address));
    }

    @Override
    public void store8(long address, long value) {
        bytes.put(at(address), (byte) value);
    }

    @Override
    public void store16(long address, long value) {
        bytes.putShort(at(address), (short) value);
    }

    @Override
    public void store32(long address, long value) {
        bytes.putInt(at(address), (int) value);
    }

    @Override
    public void store64(long address, long value) {
        bytes.putLong(at(address), value);
    }

    @Override
    public void probe(long address, long size, boolean write) {
        if (address < start || address + size > start + bytes.capacity()) {
            throw new IndexOutOfBoundsException("0x%x, %d bytes".formatted(address, size));
        }
    }
}
