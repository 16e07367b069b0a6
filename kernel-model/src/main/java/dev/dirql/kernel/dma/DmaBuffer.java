package dev.dirql.kernel.dma;

import dev.dirql.kernel.memory.Mdls;
import dev.dirql.kernel.services.Walk;
import dev.dirql.kernel.structures.Mdl;
import dev.dirql.machine.GuestMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * A part of the buffer that a chain of MDLs describes.
 *
 * @param mdl the first list that holds a byte of it
 * @param offset bytes from the begin of that list's buffer
 * @param bytes how many
 */
record DmaBuffer(Mdl mdl, long offset, long bytes) {
    /** MdlFlags of lists whose frames are known and stay. */
    private static final int RESIDENT =
            Mdls.PAGES_LOCKED | Mdls.SOURCE_IS_NONPAGED_POOL | Mdls.PARTIAL | Mdls.IO_SPACE;

    /** A range of physical addresses. */
    record Piece(long physical, long bytes) {}

    /** A part that begins at a virtual address of the first list, or beyond it in the chain. */
    static DmaBuffer of(GuestMemory memory, long mdl, long currentVa, long bytes) {
        Mdl first = new Mdl(memory, mdl);
        return new DmaBuffer(first, currentVa - first.startVa() - first.byteOffset(), bytes);
    }

    /** The first list of the part whose pages are neither locked nor nonpaged, 0 for none. */
    long unlocked() {
        long skip = offset;
        long left = bytes;
        Walk walk = new Walk(Mdls.CHAIN);
        for (long at = mdl.address(); at != 0 && left > 0; at = new Mdl(mdl.memory(), at).next()) {
            Mdl list = new Mdl(mdl.memory(), at);
            at(walk, list);
            long part = Math.min(left, list.byteCount() - skip);
            if (part > 0) {
                if ((list.mdlFlags() & RESIDENT) == 0) {
                    return at;
                }
                left -= part;
            }
            skip = Math.max(0, skip - list.byteCount());
        }
        return 0;
    }

    /** A list with bytes brings the end of the part nearer, however often it comes. */
    private static void at(Walk walk, Mdl list) {
        if (list.byteCount() > 0) {
            walk.restart();
        } else {
            walk.at(list.address());
        }
    }

    /** Whether all of it is described. */
    boolean isDescribed() {
        if (offset < 0) {
            return false;
        }
        long described = 0;
        Walk walk = new Walk(Mdls.CHAIN);
        for (long at = mdl.address();
                at != 0 && described < offset + bytes;
                at = new Mdl(mdl.memory(), at).next()) {
            Mdl list = new Mdl(mdl.memory(), at);
            at(walk, list);
            described += list.byteCount();
        }
        return offset + bytes <= described;
    }

    /** Its ranges: pages that follow each other are one. */
    List<Piece> pieces() {
        List<Piece> pieces = new ArrayList<>();
        long skip = offset;
        long left = bytes;
        Walk walk = new Walk(Mdls.CHAIN);
        for (long at = mdl.address(); at != 0 && left > 0; at = new Mdl(mdl.memory(), at).next()) {
            Mdl list = new Mdl(mdl.memory(), at);
            at(walk, list);
            long count = list.byteCount();
            while (skip < count && left > 0) {
                long inList = list.byteOffset() + skip;
                long inPage = inList & 0xFFF;
                long part = Math.min(Math.min(0x1000 - inPage, count - skip), left);
                add(pieces, (list.frame((int) (inList >>> 12)) << 12) + inPage, part);
                skip += part;
                left -= part;
            }
            skip -= count;
            skip = Math.max(0, skip);
        }
        return pieces;
    }

    private static void add(List<Piece> pieces, long physical, long bytes) {
        if (!pieces.isEmpty()) {
            Piece last = pieces.getLast();
            if (last.physical + last.bytes == physical) {
                pieces.set(pieces.size() - 1, new Piece(last.physical, last.bytes + bytes));
                return;
            }
        }
        pieces.add(new Piece(physical, bytes));
    }

    /** Pages that it touches: the map registers it takes. */
    int pages() {
        return Mdl.pages(mdl.byteOffset() + offset, bytes);
    }
}
