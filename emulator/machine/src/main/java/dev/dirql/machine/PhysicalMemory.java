package dev.dirql.machine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * Physical memory in frames of 4 KiB, copied on write: a snapshot shares every frame with the
 * living machine until one of them is written. Whoever writes through {@link #forWrite} may keep
 * the array until the next {@link #share} or {@link #restore}; the machine tells those who do by
 * {@link ProcessorMemory#forget}.
 */
public final class PhysicalMemory {
    public static final int FRAME_SHIFT = 12;
    public static final int FRAME_SIZE = 1 << FRAME_SHIFT;
    static final int OFFSET_MASK = FRAME_SIZE - 1;

    static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int CHUNK_SHIFT = 6;
    private static final int CHUNK_FRAMES = 1 << CHUNK_SHIFT;
    private static final byte[] ZEROES = new byte[FRAME_SIZE];
    private static final long ZERO_HASH = contentHash(ZEROES);

    private final int frameCount;
    private byte[][][] chunks;
    private boolean[] chunkShared;

    /** Frames that this machine owns alone, because they were written since the last share. */
    private final long[] owned;

    private int[] ownedList = new int[64];
    private int ownedCount;

    private final long[] frameHash;
    private final long[] hashStale;
    private int[] staleList = new int[64];
    private int staleCount;
    private long totalHash;

    private byte[][] spare = new byte[64][];
    private int spareCount;

    /** Number of the last image that was kept and not given back. */
    private long lastImage;

    /** Number of the image that the contents were kept as, or restored from, the last time. */
    private long baseImage;

    private int firstUnused = 1;
    private int[] freed = new int[16];
    private int freedCount;

    /** Frames in which writes must be noticed one by one. */
    private final long[] watched;

    PhysicalMemory(long bytes) {
        frameCount = Math.toIntExact(bytes >>> FRAME_SHIFT);
        int chunkCount = (frameCount + CHUNK_FRAMES - 1) >>> CHUNK_SHIFT;
        chunks = new byte[chunkCount][][];
        chunkShared = new boolean[chunkCount];
        int words = (frameCount + 63) >>> 6;
        owned = new long[words];
        watched = new long[words];
        hashStale = new long[words];
        frameHash = new long[frameCount];
        Arrays.fill(frameHash, ZERO_HASH);
    }

    public int frameCount() {
        return frameCount;
    }

    /**
     * Takes a frame that is filled with zeroes, or gives -1 if none is left. Frame 0 is never given
     * out.
     */
    public int allocateFrame() {
        if (freedCount > 0) {
            return freed[--freedCount];
        }
        return firstUnused < frameCount ? firstUnused++ : -1;
    }

    /** Takes adjacent frames filled with zeroes and gives the first, or -1. */
    public int allocateFrames(int count) {
        if (firstUnused + count > frameCount) {
            return -1;
        }
        int first = firstUnused;
        firstUnused += count;
        return first;
    }

    /** As {@link #allocateFrame()}, one of certain frames: from one number to another. */
    public int allocateFrame(long from, long to) {
        for (int i = freedCount - 1; i >= 0; i--) {
            int frame = freed[i];
            if (frame >= from && frame <= to) {
                freedCount--;
                System.arraycopy(freed, i + 1, freed, i, freedCount - i);
                return frame;
            }
        }
        return allocateFrames(1, 1, from, to);
    }

    /**
     * Takes adjacent frames filled with zeroes, all of certain frames, and gives the first, or -1.
     *
     * @param alignment what the number of the first is a multiple of
     */
    public int allocateFrames(int count, int alignment, long from, long to) {
        long least = Math.max(firstUnused, from);
        long first = (least + alignment - 1) / alignment * alignment;
        if (first < least || first + count > frameCount || first + count - 1 > to) {
            return -1;
        }
        while (firstUnused < first) {
            putFreed(firstUnused++);
        }
        firstUnused += count;
        return (int) first;
    }

    /** Whether somebody has taken a frame and not given it back. */
    public boolean isAllocated(int frame) {
        if (frame <= 0 || frame >= firstUnused) {
            return false;
        }
        for (int i = 0; i < freedCount; i++) {
            if (freed[i] == frame) {
                return false;
            }
        }
        return true;
    }

    /** Gives a frame back; its contents are cleared. */
    public void freeFrame(int frame) {
        Arrays.fill(forWrite(frame), (byte) 0);
        putFreed(frame);
    }

    private void putFreed(int frame) {
        if (freedCount == freed.length) {
            freed = Arrays.copyOf(freed, 2 * freedCount);
        }
        freed[freedCount++] = frame;
    }

    /** The bytes of a frame, for reading only. */
    byte[] forRead(int frame) {
        byte[][] chunk = chunks[frame >>> CHUNK_SHIFT];
        if (chunk == null) {
            return ZEROES;
        }
        byte[] bytes = chunk[frame & (CHUNK_FRAMES - 1)];
        return bytes == null ? ZEROES : bytes;
    }

    /** Whether {@link #forWrite} would replace the array that {@link #forRead} gives. */
    boolean isShared(int frame) {
        return (owned[frame >>> 6] & (1L << frame)) == 0;
    }

    /** The bytes of a frame, for reading and writing; copies a shared frame first. */
    byte[] forWrite(int frame) {
        markStale(frame);
        int chunkIndex = frame >>> CHUNK_SHIFT;
        byte[][] chunk = chunks[chunkIndex];
        if (!isShared(frame)) {
            return chunk[frame & (CHUNK_FRAMES - 1)];
        }
        if (chunk == null) {
            chunk = new byte[CHUNK_FRAMES][];
            chunks[chunkIndex] = chunk;
            chunkShared[chunkIndex] = false;
        } else if (chunkShared[chunkIndex]) {
            chunk = chunk.clone();
            chunks[chunkIndex] = chunk;
            chunkShared[chunkIndex] = false;
        }
        byte[] source = chunk[frame & (CHUNK_FRAMES - 1)];
        byte[] copy = copyOf(source == null ? ZEROES : source);
        chunk[frame & (CHUNK_FRAMES - 1)] = copy;
        owned[frame >>> 6] |= 1L << frame;
        if (ownedCount == ownedList.length) {
            ownedList = Arrays.copyOf(ownedList, 2 * ownedCount);
        }
        ownedList[ownedCount++] = frame;
        return copy;
    }

    private byte[] copyOf(byte[] source) {
        if (spareCount == 0) {
            return source.clone();
        }
        byte[] copy = spare[--spareCount];
        System.arraycopy(source, 0, copy, 0, FRAME_SIZE);
        return copy;
    }

    private void markStale(int frame) {
        long bit = 1L << frame;
        if ((hashStale[frame >>> 6] & bit) == 0) {
            hashStale[frame >>> 6] |= bit;
            if (staleCount == staleList.length) {
                staleList = Arrays.copyOf(staleList, 2 * staleCount);
            }
            staleList[staleCount++] = frame;
        }
    }

    void watch(int frame, boolean on) {
        if (on) {
            watched[frame >>> 6] |= 1L << frame;
        } else {
            watched[frame >>> 6] &= ~(1L << frame);
        }
    }

    boolean isWatched(int frame) {
        return (watched[frame >>> 6] & (1L << frame)) != 0;
    }

    /** Contents and allocation of physical memory at one moment. */
    static final class Image {
        private final long number;
        private final byte[][][] chunks;

        /** Frames whose arrays no image before this one has. */
        private final int[] ownFrames;

        private final int firstUnused;
        private final int[] freed;
        private boolean givenBack;

        Image(long number, byte[][][] chunks, int[] ownFrames, int firstUnused, int[] freed) {
            this.number = number;
            this.chunks = chunks;
            this.ownFrames = ownFrames;
            this.firstUnused = firstUnused;
            this.freed = freed;
        }

        int[] ownFrames() {
            return ownFrames.clone();
        }
    }

    /** Keeps the contents as they are now. Afterwards every frame is shared. */
    Image share() {
        int[] ownFrames = Arrays.copyOf(ownedList, ownedCount);
        for (int i = 0; i < ownedCount; i++) {
            int frame = ownedList[i];
            owned[frame >>> 6] &= ~(1L << frame);
            chunkShared[frame >>> CHUNK_SHIFT] = true;
        }
        ownedCount = 0;
        Arrays.fill(chunkShared, true);
        baseImage = ++lastImage;
        return new Image(
                lastImage,
                chunks.clone(),
                ownFrames,
                firstUnused,
                Arrays.copyOf(freed, freedCount));
    }

    /**
     * Takes an image back that is not restored any more. If it is the last one and the contents are
     * those of an older one, then nobody else has the arrays that came with it, and the next frames
     * that are written get them; otherwise they are left to the garbage collector.
     */
    void giveBack(Image image) {
        mustBeKept(image);
        image.givenBack = true;
        if (image.number != lastImage || baseImage >= image.number) {
            return;
        }
        lastImage--;
        for (int frame : image.ownFrames) {
            addSpare(image.chunks[frame >>> CHUNK_SHIFT][frame & (CHUNK_FRAMES - 1)]);
        }
    }

    private static void mustBeKept(Image image) {
        if (image.givenBack) {
            throw new IllegalStateException("the moment was given back");
        }
    }

    private void addSpare(byte[] bytes) {
        if (spareCount == spare.length) {
            spare = Arrays.copyOf(spare, 2 * spareCount);
        }
        spare[spareCount++] = bytes;
    }

    /** Goes back to contents that {@link #share} kept. */
    void restore(Image image) {
        mustBeKept(image);
        baseImage = image.number;
        for (int i = 0; i < ownedCount; i++) {
            int frame = ownedList[i];
            owned[frame >>> 6] &= ~(1L << frame);
            addSpare(chunks[frame >>> CHUNK_SHIFT][frame & (CHUNK_FRAMES - 1)]);
        }
        ownedCount = 0;
        for (int c = 0; c < chunks.length; c++) {
            if (chunks[c] != image.chunks[c]) {
                markDifferent(c, image.chunks[c]);
            }
        }
        System.arraycopy(image.chunks, 0, chunks, 0, chunks.length);
        Arrays.fill(chunkShared, true);
        firstUnused = image.firstUnused;
        freedCount = image.freed.length;
        if (freed.length < freedCount) {
            freed = new int[freedCount];
        }
        System.arraycopy(image.freed, 0, freed, 0, freedCount);
        Arrays.fill(watched, 0);
    }

    private void markDifferent(int chunkIndex, byte[][] target) {
        byte[][] current = chunks[chunkIndex];
        for (int i = 0; i < CHUNK_FRAMES; i++) {
            byte[] mine = current == null ? null : current[i];
            byte[] theirs = target == null ? null : target[i];
            if (mine != theirs) {
                markStale((chunkIndex << CHUNK_SHIFT) + i);
            }
        }
    }

    /**
     * A hash of all contents. Only frames written since the last call are read; whoever holds
     * arrays from {@link #forWrite} must ask for them again afterwards.
     */
    long hash() {
        for (int i = 0; i < staleCount; i++) {
            int frame = staleList[i];
            hashStale[frame >>> 6] &= ~(1L << frame);
            long hash = contentHash(forRead(frame));
            totalHash += placed(frame, hash) - placed(frame, frameHash[frame]);
            frameHash[frame] = hash;
        }
        staleCount = 0;
        return totalHash;
    }

    /**
     * The hash as it would be with some parts filled with zeroes. Right after {@link #hash}.
     *
     * @param parts by frame
     */
    long hashWithout(List<UnusedMemory.Part> parts) {
        long total = totalHash;
        byte[] copy = new byte[FRAME_SIZE];
        int i = 0;
        while (i < parts.size()) {
            int frame = parts.get(i).frame();
            System.arraycopy(forRead(frame), 0, copy, 0, FRAME_SIZE);
            while (i < parts.size() && parts.get(i).frame() == frame) {
                Arrays.fill(copy, parts.get(i).from(), parts.get(i).to(), (byte) 0);
                i++;
            }
            total += placed(frame, contentHash(copy)) - placed(frame, frameHash[frame]);
        }
        return total;
    }

    /**
     * What a frame adds to the total: nothing while it is zero, so that memory size does not
     * matter.
     */
    private static long placed(int frame, long hash) {
        return hash == ZERO_HASH ? 0 : StateWriter.mix(hash, frame);
    }

    private static long contentHash(byte[] bytes) {
        long a = 0x9E3779B97F4A7C15L;
        long b = 0xC2B2AE3D27D4EB4FL;
        for (int i = 0; i < FRAME_SIZE; i += 16) {
            a = (a ^ (long) LONGS.get(bytes, i)) * 0xBF58476D1CE4E5B9L;
            b = (b ^ (long) LONGS.get(bytes, i + 8)) * 0x94D049BB133111EBL;
            a ^= a >>> 31;
            b ^= b >>> 29;
        }
        return StateWriter.mix(a, b);
    }

    // ---- access by physical address, for devices and the loader ----

    /** Whether all of the range is memory. */
    public boolean contains(long physical, long size) {
        long end = (long) frameCount << FRAME_SHIFT;
        return physical >= 0 && size >= 0 && physical <= end && size <= end - physical;
    }

    /** Looks at bytes within one frame as a person does: nobody sees that. */
    public void read(long physical, byte[] target) {
        int offset = (int) physical & OFFSET_MASK;
        byte[] bytes = forRead((int) (physical >>> FRAME_SHIFT));
        System.arraycopy(bytes, offset, target, 0, target.length);
    }

    int readByte(long physical) {
        return forRead((int) (physical >>> FRAME_SHIFT))[(int) physical & OFFSET_MASK];
    }
}
