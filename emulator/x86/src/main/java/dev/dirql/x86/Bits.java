package dev.dirql.x86;

import dev.dirql.machine.Flags;

/**
 * Bit tests, scans and counts. With a memory operand and a register offset the decoder moves the
 * address to the operand that holds the bit, so that an offset here is below {@code bits}.
 */
final class Bits {
    private Bits() {}

    private static long mask(int bits, long offset) {
        return 1L << (offset & (bits - 1));
    }

    /** BT. Intel SDM volume 2A. Undefined flags stay. */
    @Encoding(
            value = {"0F A3 /r Ev,Gv", "0F BA /4 Ev,Ib"},
            first = Encoding.First.READ,
            undefined = "OF SF AF PF")
    static long bt(Flags flags, int bits, long destination, long offset) {
        flags.setCarry((destination & mask(bits, offset)) != 0);
        return destination;
    }

    /** BTS. Intel SDM volume 2A. Undefined flags stay. */
    @Encoding(
            value = {"0F AB /r Ev,Gv lock", "0F BA /5 Ev,Ib lock"},
            undefined = "OF SF AF PF")
    static long bts(Flags flags, int bits, long destination, long offset) {
        flags.setCarry((destination & mask(bits, offset)) != 0);
        return destination | mask(bits, offset);
    }

    /** BTR. Intel SDM volume 2A. Undefined flags stay. */
    @Encoding(
            value = {"0F B3 /r Ev,Gv lock", "0F BA /6 Ev,Ib lock"},
            undefined = "OF SF AF PF")
    static long btr(Flags flags, int bits, long destination, long offset) {
        flags.setCarry((destination & mask(bits, offset)) != 0);
        return destination & ~mask(bits, offset);
    }

    /** BTC. Intel SDM volume 2A. Undefined flags stay. */
    @Encoding(
            value = {"0F BB /r Ev,Gv lock", "0F BA /7 Ev,Ib lock"},
            undefined = "OF SF AF PF")
    static long btc(Flags flags, int bits, long destination, long offset) {
        flags.setCarry((destination & mask(bits, offset)) != 0);
        return destination ^ mask(bits, offset);
    }

    /**
     * BSF. Intel SDM volume 2A. A source of zero leaves the destination as it is, as AMD documents
     * and Intel processors do, the upper half included; undefined flags stay.
     */
    @Encoding(value = "0F BC /r Gv,Ev", undefined = "CF OF SF AF PF")
    static long bsf(Flags flags, int bits, long destination, long source) {
        long value = source << (64 - bits) >>> (64 - bits);
        flags.setZero(value == 0);
        return value == 0 ? destination : Long.numberOfTrailingZeros(value);
    }

    /** BSR. Intel SDM volume 2A. As {@link #bsf} for a source of zero. */
    @Encoding(value = "0F BD /r Gv,Ev", undefined = "CF OF SF AF PF")
    static long bsr(Flags flags, int bits, long destination, long source) {
        long value = source << (64 - bits) >>> (64 - bits);
        flags.setZero(value == 0);
        return value == 0 ? destination : 63 - Long.numberOfLeadingZeros(value);
    }

    /** TZCNT. Intel SDM volume 2B. Undefined flags are cleared or those of the result. */
    @Encoding(value = "F3 0F BC /r Gv,Ev", first = Encoding.First.WRITE, undefined = "OF SF AF PF")
    static long tzcnt(Flags flags, int bits, long source) {
        long value = source << (64 - bits) >>> (64 - bits);
        long count = value == 0 ? bits : Long.numberOfTrailingZeros(value);
        flags.afterShift(bits, count, value == 0, false);
        return count;
    }

    /** LZCNT. Intel SDM volume 2A. Undefined flags are cleared or those of the result. */
    @Encoding(value = "F3 0F BD /r Gv,Ev", first = Encoding.First.WRITE, undefined = "OF SF AF PF")
    static long lzcnt(Flags flags, int bits, long source) {
        long value = source << (64 - bits) >>> (64 - bits);
        long count = (long) Long.numberOfLeadingZeros(value) - (64 - bits);
        flags.afterShift(bits, count, value == 0, false);
        return count;
    }

    /** POPCNT: flags other than ZF are cleared. Intel SDM volume 2B. */
    @Encoding(value = "F3 0F B8 /r Gv,Ev", first = Encoding.First.WRITE)
    static long popcnt(Flags flags, int bits, long source) {
        long count = Long.bitCount(source << (64 - bits));
        flags.setRflags((flags.rflags() & ~Flags.STATUS) | (count == 0 ? Flags.ZERO : 0));
        return count;
    }

    /** BSWAP. Intel SDM volume 2A. With 16 bits, which is undefined, the register is cleared. */
    @Encoding("0F C8+r Zv")
    static long bswap(int bits, long destination) {
        return bits == 16 ? 0 : Long.reverseBytes(destination) >>> (64 - bits);
    }
}
