package dev.dirql.x86;

import dev.dirql.machine.Flags;

/**
 * Shifts and rotations. The count is masked to 5 bits, or 6 for 64-bit operands; with a count of
 * zero no flag changes. Of operands and results only the low {@code bits} count.
 *
 * <p>Where the manual leaves flags undefined: AF is cleared by shifts; OF is set by the formula of
 * count 1 from the result for every count.
 */
final class Shifts {
    private Shifts() {}

    private static int masked(int bits, long count) {
        return (int) count & (bits == 64 ? 63 : 31);
    }

    private static long unsigned(int bits, long value) {
        return value << (64 - bits) >>> (64 - bits);
    }

    private static long signed(int bits, long value) {
        return value << (64 - bits) >> (64 - bits);
    }

    private static boolean bit(long value, int number) {
        return (value >>> number & 1) != 0;
    }

    private static boolean high(int bits, long value) {
        return bit(value, bits - 1);
    }

    /**
     * SHL. Intel SDM volume 2B. The second form (/6) is AMD's (AMD64 manual, volume 3). CF is
     * undefined for counts not below the operand size; the bit shifted out last is taken as zero
     * then.
     */
    @Encoding(
            value = {
                "C0 /4 Eb,Ib", "C1 /4 Ev,Ib", "D0 /4 Eb,1", "D1 /4 Ev,1", "D2 /4 Eb,CL",
                "D3 /4 Ev,CL", "C0 /6 Eb,Ib", "C1 /6 Ev,Ib", "D0 /6 Eb,1", "D1 /6 Ev,1",
                "D2 /6 Eb,CL", "D3 /6 Ev,CL"
            },
            undefined = "AF OF>1")
    static long shl(Flags flags, int bits, long destination, long count) {
        int n = masked(bits, count);
        if (n == 0) {
            return destination;
        }
        long result = destination << n;
        boolean carry = n <= bits && bit(destination, bits - n);
        flags.afterShift(bits, result, carry, high(bits, result) != carry);
        return result;
    }

    /** SHR. Intel SDM volume 2B. */
    @Encoding(
            value = {
                "C0 /5 Eb,Ib",
                "C1 /5 Ev,Ib",
                "D0 /5 Eb,1",
                "D1 /5 Ev,1",
                "D2 /5 Eb,CL",
                "D3 /5 Ev,CL"
            },
            undefined = "AF OF>1")
    static long shr(Flags flags, int bits, long destination, long count) {
        int n = masked(bits, count);
        if (n == 0) {
            return destination;
        }
        long value = unsigned(bits, destination);
        long result = value >>> n;
        flags.afterShift(bits, result, bit(value, n - 1), high(bits, value));
        return result;
    }

    /** SAR. Intel SDM volume 2B. */
    @Encoding(
            value = {
                "C0 /7 Eb,Ib",
                "C1 /7 Ev,Ib",
                "D0 /7 Eb,1",
                "D1 /7 Ev,1",
                "D2 /7 Eb,CL",
                "D3 /7 Ev,CL"
            },
            undefined = "AF OF>1")
    static long sar(Flags flags, int bits, long destination, long count) {
        int n = masked(bits, count);
        if (n == 0) {
            return destination;
        }
        long value = signed(bits, destination);
        flags.afterShift(bits, value >> n, bit(value, n - 1), false);
        return value >> n;
    }

    /** ROL. Intel SDM volume 2B. */
    @Encoding(
            value = {
                "C0 /0 Eb,Ib",
                "C1 /0 Ev,Ib",
                "D0 /0 Eb,1",
                "D1 /0 Ev,1",
                "D2 /0 Eb,CL",
                "D3 /0 Ev,CL"
            },
            undefined = "OF>1")
    static long rol(Flags flags, int bits, long destination, long count) {
        int n = masked(bits, count);
        if (n == 0) {
            return destination;
        }
        long result = rotated(bits, destination, n);
        boolean carry = bit(result, 0);
        flags.setCarryAndOverflow(carry, high(bits, result) != carry);
        return result;
    }

    /** ROR. Intel SDM volume 2B. */
    @Encoding(
            value = {
                "C0 /1 Eb,Ib",
                "C1 /1 Ev,Ib",
                "D0 /1 Eb,1",
                "D1 /1 Ev,1",
                "D2 /1 Eb,CL",
                "D3 /1 Ev,CL"
            },
            undefined = "OF>1")
    static long ror(Flags flags, int bits, long destination, long count) {
        int n = masked(bits, count);
        if (n == 0) {
            return destination;
        }
        long result = rotated(bits, destination, bits - n % bits);
        boolean carry = high(bits, result);
        flags.setCarryAndOverflow(carry, carry != bit(result, bits - 2));
        return result;
    }

    /** Rotated left by any count. */
    private static long rotated(int bits, long value, int count) {
        int n = count % bits;
        return n == 0 ? value : value << n | unsigned(bits, value) >>> (bits - n);
    }

    /** RCL. Intel SDM volume 2B. */
    @Encoding(
            value = {
                "C0 /2 Eb,Ib",
                "C1 /2 Ev,Ib",
                "D0 /2 Eb,1",
                "D1 /2 Ev,1",
                "D2 /2 Eb,CL",
                "D3 /2 Ev,CL"
            },
            undefined = "OF>1")
    static long rcl(Flags flags, int bits, long destination, long count) {
        int n = masked(bits, count) % (bits + 1);
        if (n == 0) {
            return destination;
        }
        long value = unsigned(bits, destination);
        long carryIn = flags.carry() ? 1 : 0;
        long result = (n == 64 ? 0 : value << n) | carryIn << (n - 1);
        if (n > 1) {
            result |= value >>> (bits + 1 - n);
        }
        boolean carry = bit(value, bits - n);
        flags.setCarryAndOverflow(carry, high(bits, result) != carry);
        return result;
    }

    /** RCR. Intel SDM volume 2B. */
    @Encoding(
            value = {
                "C0 /3 Eb,Ib",
                "C1 /3 Ev,Ib",
                "D0 /3 Eb,1",
                "D1 /3 Ev,1",
                "D2 /3 Eb,CL",
                "D3 /3 Ev,CL"
            },
            undefined = "OF>1")
    static long rcr(Flags flags, int bits, long destination, long count) {
        int n = masked(bits, count) % (bits + 1);
        if (n == 0) {
            return destination;
        }
        long value = unsigned(bits, destination);
        long carryIn = flags.carry() ? 1 : 0;
        long result = (n == 64 ? 0 : value >>> n) | carryIn << (bits - n);
        if (n > 1) {
            result |= value << (bits + 1 - n);
        }
        boolean carry = bit(value, n - 1);
        flags.setCarryAndOverflow(carry, high(bits, result) != bit(result, bits - 2));
        return result;
    }

    /**
     * SHLD. Intel SDM volume 2B. With a count above the operand size, which is undefined, a 16-bit
     * operand is filled from the destination again.
     */
    @Encoding(
            value = {"0F A4 /r Ev,Gv,Ib", "0F A5 /r Ev,Gv,CL"},
            undefined = "AF OF>1")
    static long shld(Flags flags, int bits, long destination, long source, long count) {
        int n = masked(bits, count);
        if (n == 0) {
            return destination;
        }
        long result;
        boolean carry;
        if (n > bits) {
            result = rotated(bits, source, n - bits);
            carry = bit(source, 2 * bits - n);
        } else {
            result = (n == 64 ? 0 : destination << n) | unsigned(bits, source) >>> (bits - n);
            carry = bit(destination, bits - n);
        }
        flags.afterShift(bits, result, carry, high(bits, result) != high(bits, destination));
        return result;
    }

    /** SHRD. Intel SDM volume 2B. Counts above the operand size as for {@link #shld}. */
    @Encoding(
            value = {"0F AC /r Ev,Gv,Ib", "0F AD /r Ev,Gv,CL"},
            undefined = "AF OF>1")
    static long shrd(Flags flags, int bits, long destination, long source, long count) {
        int n = masked(bits, count);
        if (n == 0) {
            return destination;
        }
        long result;
        boolean carry;
        if (n > bits) {
            result = rotated(bits, source, 2 * bits - n);
            carry = bit(source, n - bits - 1);
        } else {
            result = unsigned(bits, destination) >>> n | source << (bits - n);
            carry = bit(destination, n - 1);
        }
        flags.afterShift(bits, result, carry, high(bits, result) != high(bits, destination));
        return result;
    }
}
