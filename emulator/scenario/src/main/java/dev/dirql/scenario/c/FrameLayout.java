package dev.dirql.scenario.c;

import dev.dirql.scenario.c.Operand.Register;
import dev.dirql.scenario.c.Operand.Slot;
import java.util.List;

/**
 * A function's frame behind its prologue, upwards from RSP: arguments of calls, variables and
 * temporaries, saved registers, return address, homes of the parameters.
 */
final class FrameLayout {
    final List<Register> saved;

    /** Bytes that the prologue takes from RSP after the pushes. */
    final long size;

    FrameLayout(List<Slot> slots, List<Register> saved, int outgoing) {
        this.saved = List.copyOf(saved);
        long used = outgoing;
        for (Slot slot : slots) {
            if (slot.parameter < 0) {
                used = StructureLayout.align(used, Math.max(1, slot.alignment));
                slot.offset = used;
                used += slot.size;
            }
        }
        long above = 8 + 8L * saved.size();
        boolean frame = used > 0;
        size = frame ? StructureLayout.align(used + above, 16) - above : 0;
        for (Slot slot : slots) {
            if (slot.parameter >= 0) {
                slot.offset = size + above + 8L * slot.parameter;
            }
        }
    }

    /** Whether the function needs neither a frame nor unwind data. */
    boolean isLeaf() {
        return size == 0 && saved.isEmpty();
    }
}
