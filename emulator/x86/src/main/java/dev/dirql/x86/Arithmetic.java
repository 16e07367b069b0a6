package dev.dirql.x86;

import dev.dirql.machine.Flags;

/** Integer arithmetic and logic. Of operands and results only the low {@code bits} count. */
final class Arithmetic {
    private Arithmetic() {}

    /** ADD. Intel SDM volume 2A. */
    @Encoding({
        "00 /r Eb,Gb lock",
        "01 /r Ev,Gv lock",
        "02 /r Gb,Eb",
        "03 /r Gv,Ev",
        "04 AL,Ib",
        "05 rAX,Iz",
        "80 /0 Eb,Ib lock",
        "81 /0 Ev,Iz lock",
        "83 /0 Ev,Ib lock"
    })
    static long add(Flags flags, int bits, long destination, long source) {
        long sum = destination + source;
        flags.afterAdd(bits, destination, source, sum);
        return sum;
    }

    /** OR. Intel SDM volume 2B. AF, which is undefined, is cleared. */
    @Encoding(
            value = {
                "08 /r Eb,Gb lock",
                "09 /r Ev,Gv lock",
                "0A /r Gb,Eb",
                "0B /r Gv,Ev",
                "0C AL,Ib",
                "0D rAX,Iz",
                "80 /1 Eb,Ib lock",
                "81 /1 Ev,Iz lock",
                "83 /1 Ev,Ib lock"
            },
            undefined = "AF")
    static long or(Flags flags, int bits, long destination, long source) {
        long value = destination | source;
        flags.afterLogic(bits, value);
        return value;
    }

    /** ADC. Intel SDM volume 2A. */
    @Encoding({
        "10 /r Eb,Gb lock",
        "11 /r Ev,Gv lock",
        "12 /r Gb,Eb",
        "13 /r Gv,Ev",
        "14 AL,Ib",
        "15 rAX,Iz",
        "80 /2 Eb,Ib lock",
        "81 /2 Ev,Iz lock",
        "83 /2 Ev,Ib lock"
    })
    static long adc(Flags flags, int bits, long destination, long source) {
        long sum = destination + source + (flags.carry() ? 1 : 0);
        flags.afterAdd(bits, destination, source, sum);
        return sum;
    }

    /** SBB. Intel SDM volume 2B. */
    @Encoding({
        "18 /r Eb,Gb lock",
        "19 /r Ev,Gv lock",
        "1A /r Gb,Eb",
        "1B /r Gv,Ev",
        "1C AL,Ib",
        "1D rAX,Iz",
        "80 /3 Eb,Ib lock",
        "81 /3 Ev,Iz lock",
        "83 /3 Ev,Ib lock"
    })
    static long sbb(Flags flags, int bits, long destination, long source) {
        long difference = destination - source - (flags.carry() ? 1 : 0);
        flags.afterSubtract(bits, destination, source, difference);
        return difference;
    }

    /** AND. Intel SDM volume 2A. AF, which is undefined, is cleared. */
    @Encoding(
            value = {
                "20 /r Eb,Gb lock",
                "21 /r Ev,Gv lock",
                "22 /r Gb,Eb",
                "23 /r Gv,Ev",
                "24 AL,Ib",
                "25 rAX,Iz",
                "80 /4 Eb,Ib lock",
                "81 /4 Ev,Iz lock",
                "83 /4 Ev,Ib lock"
            },
            undefined = "AF")
    static long and(Flags flags, int bits, long destination, long source) {
        long value = destination & source;
        flags.afterLogic(bits, value);
        return value;
    }

    /** SUB. Intel SDM volume 2B. */
    @Encoding({
        "28 /r Eb,Gb lock",
        "29 /r Ev,Gv lock",
        "2A /r Gb,Eb",
        "2B /r Gv,Ev",
        "2C AL,Ib",
        "2D rAX,Iz",
        "80 /5 Eb,Ib lock",
        "81 /5 Ev,Iz lock",
        "83 /5 Ev,Ib lock"
    })
    static long sub(Flags flags, int bits, long destination, long source) {
        long difference = destination - source;
        flags.afterSubtract(bits, destination, source, difference);
        return difference;
    }

    /** XOR. Intel SDM volume 2D. AF, which is undefined, is cleared. */
    @Encoding(
            value = {
                "30 /r Eb,Gb lock",
                "31 /r Ev,Gv lock",
                "32 /r Gb,Eb",
                "33 /r Gv,Ev",
                "34 AL,Ib",
                "35 rAX,Iz",
                "80 /6 Eb,Ib lock",
                "81 /6 Ev,Iz lock",
                "83 /6 Ev,Ib lock"
            },
            undefined = "AF")
    static long xor(Flags flags, int bits, long destination, long source) {
        long value = destination ^ source;
        flags.afterLogic(bits, value);
        return value;
    }

    /** CMP. Intel SDM volume 2A. */
    @Encoding(
            value = {
                "38 /r Eb,Gb",
                "39 /r Ev,Gv",
                "3A /r Gb,Eb",
                "3B /r Gv,Ev",
                "3C AL,Ib",
                "3D rAX,Iz",
                "80 /7 Eb,Ib",
                "81 /7 Ev,Iz",
                "83 /7 Ev,Ib"
            },
            first = Encoding.First.READ)
    static long cmp(Flags flags, int bits, long destination, long source) {
        flags.afterSubtract(bits, destination, source, destination - source);
        return destination;
    }

    /**
     * TEST. Intel SDM volume 2B. AF, which is undefined, is cleared. F6 /1 and F7 /1 are AMD's
     * second form (AMD64 manual, volume 3), which Intel processors execute too.
     */
    @Encoding(
            value = {
                "84 /r Eb,Gb",
                "85 /r Ev,Gv",
                "A8 AL,Ib",
                "A9 rAX,Iz",
                "F6 /0 Eb,Ib",
                "F7 /0 Ev,Iz",
                "F6 /1 Eb,Ib",
                "F7 /1 Ev,Iz"
            },
            first = Encoding.First.READ,
            undefined = "AF")
    static long test(Flags flags, int bits, long destination, long source) {
        flags.afterLogic(bits, destination & source);
        return destination;
    }

    /** INC. Intel SDM volume 2A. */
    @Encoding({"FE /0 Eb lock", "FF /0 Ev lock"})
    static long inc(Flags flags, int bits, long destination) {
        long sum = destination + 1;
        flags.afterIncrement(bits, destination, sum);
        return sum;
    }

    /** DEC. Intel SDM volume 2A. */
    @Encoding({"FE /1 Eb lock", "FF /1 Ev lock"})
    static long dec(Flags flags, int bits, long destination) {
        long difference = destination - 1;
        flags.afterDecrement(bits, destination, difference);
        return difference;
    }

    /** NEG. Intel SDM volume 2B. */
    @Encoding({"F6 /3 Eb lock", "F7 /3 Ev lock"})
    static long neg(Flags flags, int bits, long destination) {
        flags.afterSubtract(bits, 0, destination, -destination);
        return -destination;
    }

    /** NOT. Intel SDM volume 2B. */
    @Encoding({"F6 /2 Eb lock", "F7 /2 Ev lock"})
    static long not(long destination) {
        return ~destination;
    }

    /** XADD: the sum; the register gets what was in the destination. Intel SDM volume 2D. */
    @Encoding({"0F C0 /r Eb,Gb lock", "0F C1 /r Ev,Gv lock"})
    static long xadd(Flags flags, int bits, long destination, long source) {
        return add(flags, bits, destination, source);
    }

    /**
     * CMPXCHG: what is written to the destination, the source if the accumulator was equal (ZF),
     * else what was there, which the accumulator gets then. Intel SDM volume 2A.
     */
    @Encoding({"0F B0 /r Eb,Gb lock", "0F B1 /r Ev,Gv lock"})
    static long cmpxchg(Flags flags, int bits, long destination, long source, long accumulator) {
        flags.afterSubtract(bits, accumulator, destination, accumulator - destination);
        return flags.zero() ? source : destination;
    }
}
