package dev.dirql.scenario.c;

import org.jspecify.annotations.Nullable;

/** What an instruction works on. */
sealed interface Operand {
    /** A general register, in the order of the processor's numbers. */
    enum Register implements Operand {
        RAX,
        RCX,
        RDX,
        RBX,
        RSP,
        RBP,
        RSI,
        RDI,
        R8,
        R9,
        R10,
        R11,
        R12,
        R13,
        R14,
        R15
    }

    /** A number that fits into 32 bits with its sign; only {@code mov} to a register takes any. */
    record Immediate(long value) implements Operand {
        /** Whether a number is one. */
        static boolean fits(long value) {
            return value == (int) value;
        }
    }

    /**
     * Memory.
     *
     * @param symbol if not null, the address is relative to RIP: the symbol's, or the import slot's
     *     if that is meant
     * @param slot if not null, the address is relative to the frame
     * @param gs whether the address is relative to GS
     */
    record Memory(
            @Nullable Register base,
            @Nullable Register index,
            int scale,
            long displacement,
            @Nullable Symbol symbol,
            boolean importSlot,
            @Nullable Slot slot,
            boolean gs)
            implements Operand {
        static Memory at(Register base, long displacement) {
            return new Memory(base, null, 1, displacement, null, false, null, false);
        }

        static Memory of(Slot slot, long displacement) {
            return new Memory(null, null, 1, displacement, null, false, slot, false);
        }

        static Memory of(Symbol symbol, long displacement) {
            return new Memory(null, null, 1, displacement, symbol, false, null, false);
        }

        static Memory importOf(Symbol symbol) {
            return new Memory(null, null, 1, 0, symbol, true, null, false);
        }

        Memory resolved(long frameOffset) {
            return at(Register.RSP, displacement + frameOffset);
        }
    }

    /** A place in a function's code. */
    final class Label implements Operand {
        int offset = -1;
    }

    /** A function that is called directly. */
    record Target(Symbol symbol) implements Operand {}

    /** A place in a function's frame. */
    final class Slot {
        final long size;
        final int alignment;

        /** The parameter whose home this is, -1 for none. */
        final int parameter;

        /** From RSP behind the prologue; set when the frame is laid out. */
        long offset;

        Slot(long size, int alignment, int parameter) {
            this.size = size;
            this.alignment = alignment;
            this.parameter = parameter;
        }
    }
}
