package dev.dirql.machine;

/**
 * RFLAGS of one processor. The six status flags are not kept as bits but as what they are made
 * from, because most of them are overwritten before anybody asks:
 *
 * <ul>
 *   <li>{@code result}: the last result, sign-extended. ZF is {@code result == 0}; SF is the sign
 *       of {@code result ^ delta}, PF the parity of its low byte.
 *   <li>{@code carries}: bit 63 is the carry out of the operand's highest bit (CF), bit 62 the
 *       carry into it (OF is their difference), bit 3 the carry out of bit 3 (AF).
 * </ul>
 */
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

    /** CF, PF, AF, ZF, SF and OF. */
    public static final long STATUS = CARRY | PARITY | ADJUST | ZERO | SIGN | OVERFLOW;

    /** Bit 1 reads as one always. */
    public static final long ALWAYS_ONE = 1 << 1;

    private static final long ADJUST_CARRY = 1 << 3;

    /** A result that is neither zero nor negative and whose low byte is zero. */
    private static final long PLAIN = 0x100;

    private long system = ALWAYS_ONE | INTERRUPT;
    private long result = PLAIN;
    private long delta = 1;
    private long carries;

    Flags() {}

    /** The flags as {@code pushfq} stores them. */
    public long rflags() {
        return system
                | (carry() ? CARRY : 0)
                | (parity() ? PARITY : 0)
                | (adjust() ? ADJUST : 0)
                | (zero() ? ZERO : 0)
                | (sign() ? SIGN : 0)
                | (overflow() ? OVERFLOW : 0);
    }

    /** Replaces all flags, as {@code popfq} does. */
    public void setRflags(long value) {
        system = (value & ~STATUS) | ALWAYS_ONE;
        result = (value & ZERO) != 0 ? 0 : PLAIN;
        delta = ((value & SIGN) != 0 ? Long.MIN_VALUE : 0) | ((value & PARITY) != 0 ? 0 : 1);
        setCarries((value & CARRY) != 0, (value & OVERFLOW) != 0, (value & ADJUST) != 0);
    }

    /** Whether maskable interrupts are taken (IF). */
    public boolean interruptsEnabled() {
        return (system & INTERRUPT) != 0;
    }

    public void setInterruptsEnabled(boolean enabled) {
        system = enabled ? system | INTERRUPT : system & ~INTERRUPT;
    }

    /** Whether string instructions go towards lower addresses (DF). */
    public boolean direction() {
        return (system & DIRECTION) != 0;
    }

    public void setDirection(boolean down) {
        system = down ? system | DIRECTION : system & ~DIRECTION;
    }

    public boolean carry() {
        return carries < 0;
    }

    public boolean parity() {
        return (Integer.bitCount((int) (result ^ delta) & 0xFF) & 1) == 0;
    }

    public boolean adjust() {
        return (carries & ADJUST_CARRY) != 0;
    }

    public boolean zero() {
        return result == 0;
    }

    public boolean sign() {
        return (result ^ delta) < 0;
    }

    public boolean overflow() {
        return (carries ^ carries << 1) < 0;
    }

    /**
     * Whether a condition holds.
     *
     * @param condition its number in the encodings of jcc, setcc and cmovcc (Intel SDM volume 1,
     *     appendix B), 0 to 15
     */
    public boolean condition(int condition) {
        boolean holds =
                switch (condition >> 1) {
                    case 0 -> overflow();
                    case 1 -> carry();
                    case 2 -> zero();
                    case 3 -> carry() || zero();
                    case 4 -> sign();
                    case 5 -> parity();
                    case 6 -> sign() != overflow();
                    default -> zero() || sign() != overflow();
                };
        return holds == ((condition & 1) == 0);
    }

    // ---- what instructions leave; bits is the operand size in bits, and only so many bits of the
    // operands and results count ----

    // The methods are short so that HotSpot inlines them wherever they are called.

    /** After {@code a + b} or {@code a + b + CF}. */
    public void afterAdd(int bits, long a, long b, long sum) {
        keep(bits, sum);
        carry(bits, (a & b) | ((a | b) & ~sum));
    }

    /** After {@code a - b} or {@code a - b - CF}. */
    public void afterSubtract(int bits, long a, long b, long difference) {
        keep(bits, difference);
        carry(bits, (~a & b) | ((~a | b) & difference));
    }

    private void keep(int bits, long newResult) {
        result = newResult << (64 - bits) >> (64 - bits);
        delta = 0;
    }

    private void carry(int bits, long carryOut) {
        carries = carryOut << (64 - bits) | (carryOut & ADJUST_CARRY);
    }

    /** After a logical operation: CF, OF and AF are clear. */
    public void afterLogic(int bits, long newResult) {
        keep(bits, newResult);
        carries = 0;
    }

    /** After an operation that gives CF and OF by itself; AF is clear. */
    public void afterShift(int bits, long newResult, boolean carry, boolean overflow) {
        afterLogic(bits, newResult);
        setCarries(carry, overflow, false);
    }

    /** After {@code a + 1}: as an addition, but CF stays. */
    public void afterIncrement(int bits, long a, long sum) {
        boolean carry = carry();
        afterAdd(bits, a, 1, sum);
        setCarry(carry);
    }

    /** After {@code a - 1}: as a subtraction, but CF stays. */
    public void afterDecrement(int bits, long a, long difference) {
        boolean carry = carry();
        afterSubtract(bits, a, 1, difference);
        setCarry(carry);
    }

    /** Sets CF alone. */
    public void setCarry(boolean carry) {
        setCarries(carry, overflow(), adjust());
    }

    /** Sets CF and OF alone. */
    public void setCarryAndOverflow(boolean carry, boolean overflow) {
        setCarries(carry, overflow, adjust());
    }

    /** Sets ZF alone. */
    public void setZero(boolean zero) {
        setRflags(zero ? rflags() | ZERO : rflags() & ~ZERO);
    }

    private void setCarries(boolean carry, boolean overflow, boolean adjust) {
        carries =
                (carry ? Long.MIN_VALUE : 0)
                        | (carry != overflow ? 1L << 62 : 0)
                        | (adjust ? ADJUST_CARRY : 0);
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
