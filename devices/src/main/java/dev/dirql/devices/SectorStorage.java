package dev.dirql.devices;

import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.Arrays;
import java.util.function.IntFunction;

/**
 * The medium of a disk. Only sectors that were written take memory; a saved moment shares all of
 * them until they are written again.
 */
final class SectorStorage implements StatePart {
    static final int SECTOR_SIZE = 512;

    private static final int CHUNK_SHIFT = 8;
    private static final int CHUNK_SECTORS = 1 << CHUNK_SHIFT;

    private final int sectors;
    private final IntFunction<byte[]> initial;

    /** Sectors by chunk; a chunk or sector that is null was never written. No sector is changed. */
    private byte[][][] chunks;

    private boolean shared;
    private final boolean[] chunkShared;
    private long hash;

    /**
     * @param initial contents of a sector before it is written
     */
    SectorStorage(int sectors, IntFunction<byte[]> initial) {
        this.sectors = sectors;
        this.initial = initial;
        int count = (sectors + CHUNK_SECTORS - 1) >>> CHUNK_SHIFT;
        chunks = new byte[count][][];
        chunkShared = new boolean[count];
    }

    int sectors() {
        return sectors;
    }

    /** The bytes of a sector, not to be changed. */
    byte[] read(int sector) {
        byte[][] chunk = chunks[sector >>> CHUNK_SHIFT];
        byte[] bytes = chunk == null ? null : chunk[sector & (CHUNK_SECTORS - 1)];
        return bytes == null ? initial.apply(sector) : bytes;
    }

    /** Replaces a sector; the bytes are kept and not to be changed. */
    void write(int sector, byte[] bytes) {
        int index = sector >>> CHUNK_SHIFT;
        if (shared) {
            chunks = chunks.clone();
            shared = false;
        }
        byte[][] chunk = chunks[index];
        if (chunk == null) {
            chunk = new byte[CHUNK_SECTORS][];
        } else if (chunkShared[index]) {
            chunk = chunk.clone();
        }
        chunkShared[index] = false;
        chunks[index] = chunk;
        byte[] old = chunk[sector & (CHUNK_SECTORS - 1)];
        chunk[sector & (CHUNK_SECTORS - 1)] = bytes;
        hash += contribution(sector, bytes) - (old == null ? 0 : contribution(sector, old));
    }

    /** A hash of all contents. */
    long hash() {
        return hash;
    }

    /** What a sector adds to the hash; the sum does not depend on the order of writes. */
    private long contribution(int sector, byte[] bytes) {
        if (Arrays.equals(bytes, initial.apply(sector))) {
            return 0;
        }
        long mixed = sector * 0x9E3779B97F4A7C15L;
        for (byte b : bytes) {
            mixed = (mixed ^ b) * 0xBF58476D1CE4E5B9L;
            mixed ^= mixed >>> 29;
        }
        return mixed;
    }

    @Override
    public void save(StateWriter out) {
        shared = true;
        Arrays.fill(chunkShared, true);
        out.value(hash);
        out.reference(chunks);
    }

    @Override
    public void restore(StateReader in) {
        shared = true;
        Arrays.fill(chunkShared, true);
        hash = in.value();
        chunks = in.reference(byte[][][].class);
    }
}
