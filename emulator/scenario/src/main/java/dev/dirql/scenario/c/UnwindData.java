package dev.dirql.scenario.c;

import dev.dirql.scenario.c.Operand.Register;
import java.util.ArrayList;
import java.util.List;

/** Writes UNWIND_INFO, version 1 (Microsoft, "x64 exception handling"). */
final class UnwindData {
    private static final int PUSH_NONVOLATILE = 0;
    private static final int ALLOCATE_LARGE = 1;
    private static final int ALLOCATE_SMALL = 2;

    private UnwindData() {}

    /** The UNWIND_INFO of a function that is no leaf; its length is a multiple of four. */
    static byte[] of(CompiledFunction function) {
        FrameLayout frame = function.frame();
        List<Integer> ends = function.prologueEnds();
        int prologue = ends.getLast();
        // The codes go from the last instruction of the prologue to the first.
        List<Integer> slots = new ArrayList<>();
        if (frame.size > 0) {
            allocation(slots, prologue, frame.size);
        }
        for (int i = frame.saved.size() - 1; i >= 0; i--) {
            Register register = frame.saved.get(i);
            slots.add(slot(ends.get(i), PUSH_NONVOLATILE, register.ordinal()));
        }
        byte[] bytes = new byte[4 + (slots.size() + 1) / 2 * 4];
        bytes[0] = 1;
        bytes[1] = (byte) prologue;
        bytes[2] = (byte) slots.size();
        for (int i = 0; i < slots.size(); i++) {
            bytes[4 + 2 * i] = (byte) (int) slots.get(i);
            bytes[5 + 2 * i] = (byte) (slots.get(i) >> 8);
        }
        return bytes;
    }

    private static void allocation(List<Integer> slots, int offset, long size) {
        if (size <= 128) {
            slots.add(slot(offset, ALLOCATE_SMALL, (int) (size / 8 - 1)));
        } else if (size < 512 * 1024) {
            slots.add(slot(offset, ALLOCATE_LARGE, 0));
            slots.add((int) (size / 8));
        } else {
            slots.add(slot(offset, ALLOCATE_LARGE, 1));
            slots.add((int) size & 0xFFFF);
            slots.add((int) (size >> 16));
        }
    }

    private static int slot(int offset, int operation, int information) {
        return offset | (operation | information << 4) << 8;
    }
}
