package dev.dirql.machine;

import java.util.Arrays;

/** Frames that the decoder has looked at, so that a write to one can tell it to forget. */
final class CodeFrames {
    private final PhysicalMemory memory;
    private final long[] marked;
    private int[] frames = new int[16];
    private int count;

    CodeFrames(PhysicalMemory memory) {
        this.memory = memory;
        marked = new long[(memory.frameCount() + 63) >>> 6];
    }

    boolean contains(int frame) {
        return (marked[frame >>> 6] & (1L << frame)) != 0;
    }

    /** Adds a frame and says whether it is new. */
    boolean add(int frame) {
        if (contains(frame)) {
            return false;
        }
        marked[frame >>> 6] |= 1L << frame;
        if (count == frames.length) {
            frames = Arrays.copyOf(frames, 2 * count);
        }
        frames[count++] = frame;
        return true;
    }

    void clear() {
        for (int i = 0; i < count; i++) {
            marked[frames[i] >>> 6] = 0;
        }
        count = 0;
    }

    /** The present arrays of all frames; another answer later means that code was written. */
    byte[][] contents() {
        byte[][] contents = new byte[count][];
        for (int i = 0; i < count; i++) {
            contents[i] = memory.forRead(frames[i]);
        }
        return contents;
    }
}
