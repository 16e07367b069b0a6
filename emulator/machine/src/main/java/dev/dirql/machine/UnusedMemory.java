package dev.dirql.machine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Ranges of guest memory on whose contents nothing that follows depends: below the stack pointers,
 * and where absolute time is kept. The reduced hash leaves them out.
 */
public final class UnusedMemory {
    /** Bytes {@code from} to {@code to} (exclusive) of one frame. */
    record Part(int frame, int from, int to) {}

    private final AddressSpace space;
    private final List<Part> parts = new ArrayList<>();

    UnusedMemory(AddressSpace space) {
        this.space = space;
    }

    /** Adds a range of virtual addresses; what of it is not mapped is passed over. */
    public void add(long start, long size) {
        long at = start;
        long end = start + size;
        while (at < end) {
            int offset = (int) at & PhysicalMemory.OFFSET_MASK;
            int length = (int) Math.min(end - at, PhysicalMemory.FRAME_SIZE - offset);
            long entry = space.find(at);
            if (entry != AddressSpace.NONE && (AddressSpace.flags(entry) & PageFlags.DEVICE) == 0) {
                parts.add(new Part((int) AddressSpace.frame(entry), offset, offset + length));
            }
            at += length;
        }
    }

    /** The parts by frame and place. */
    List<Part> parts() {
        return parts.stream()
                .sorted(Comparator.comparingInt(Part::frame).thenComparingInt(Part::from))
                .toList();
    }
}
