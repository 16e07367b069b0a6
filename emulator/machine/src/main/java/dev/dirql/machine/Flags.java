package dev.dirql.machine;

/** RFLAGS of one processor. */
public final class Flags implements StatePart {
    public static final long CARRY = 1;
    public static final long PARITY = 1 << 2;
    public static final long ADJUST = 1 << 4;
    public static final long ZERO = 1 << 6;
    public static final long SIGN = 1 << 7;
    public static final long TRAP = 1 << 8;
    public static final long INTERRUPT = 1 << 9;
    public static final long DIRECTION = 1 << 10;
    public static final long OVERFLOW = 1 << 11;

    /** Bit 1 reads as one always. */
    public static final long ALWAYS_ONE = 1 << 1;

    private long bits = ALWAYS_ONE | INTERRUPT;

    Flags() {}

    /** The flags as {@code pushfq} stores them. */
    public long rflags() {
        return bits;
    }

    /** Replaces all flags, as {@code popfq} does. */
    public void setRflags(long value) {
        bits = value | ALWAYS_ONE;
    }

    /** Whether maskable interrupts are taken (IF). */
    public boolean interruptsEnabled() {
        return (bits & INTERRUPT) != 0;
    }

    public void setInterruptsEnabled(boolean enabled) {
        bits = enabled ? bits | INTERRUPT : bits & ~INTERRUPT;
    }

    @Override
    public void save(StateWriter out) {
        out.value(rflags());
    }

    @Override
    public void restore(StateReader in) {
        setRflags(in.value());
    }
}
