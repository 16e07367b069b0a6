package dev.dirql.x86;

import static dev.dirql.machine.Processor.RAX;
import static dev.dirql.machine.Processor.RDX;

import dev.dirql.machine.Flags;
import dev.dirql.machine.InstructionEngine.Stop;
import dev.dirql.machine.Processor;
import dev.dirql.machine.Trap;
import org.jspecify.annotations.Nullable;

/** Multiplication and division, and the sign extensions that go with them. */
final class Multiplication {
    private Multiplication() {}

    private static long signed(int bits, long value) {
        return value << (64 - bits) >> (64 - bits);
    }

    private static long unsigned(int bits, long value) {
        return value << (64 - bits) >>> (64 - bits);
    }

    /** IMUL with two operands. Intel SDM volume 2A. Undefined flags are those of the result. */
    @Encoding(value = "0F AF /r Gv,Ev", undefined = "SF ZF AF PF")
    static long imul(Flags flags, int bits, long destination, long source) {
        long a = signed(bits, destination);
        long b = signed(bits, source);
        long product = a * b;
        boolean lost =
                bits == 64
                        ? Math.multiplyHigh(a, b) != product >> 63
                        : signed(bits, product) != product;
        flags.afterShift(bits, product, lost, lost);
        return product;
    }

    /** IMUL with three operands: the product of the second and third. */
    @Encoding(
            value = {"69 /r Gv,Ev,Iz", "6B /r Gv,Ev,Ib"},
            name = "imul",
            first = Encoding.First.WRITE,
            undefined = "SF ZF AF PF")
    static long imulByImmediate(Flags flags, int bits, long multiplicand, long multiplier) {
        return imul(flags, bits, multiplicand, multiplier);
    }

    /** MUL. Intel SDM volume 2B. */
    @Encoding(
            value = {"F6 /4 Eb", "F7 /4 Ev"},
            first = Encoding.First.READ,
            undefined = "SF ZF AF PF")
    static void mul(Processor processor, Operation operation) {
        int bits = operation.bits(0);
        long a = unsigned(bits, processor.registers[RAX]);
        long b = Operands.read(processor, operation, 0);
        long low = a * b;
        long high =
                bits == 64 ? Math.unsignedMultiplyHigh(a, b) : unsigned(bits, low >>> bits % 64);
        boolean wide = high != 0;
        putProduct(processor, bits, low, high);
        processor.flags.afterShift(bits, low, wide, wide);
    }

    /** IMUL with one operand. Intel SDM volume 2A. */
    @Encoding(
            value = {"F6 /5 Eb", "F7 /5 Ev"},
            name = "imul",
            first = Encoding.First.READ,
            undefined = "SF ZF AF PF")
    static void imulWide(Processor processor, Operation operation) {
        int bits = operation.bits(0);
        long a = signed(bits, processor.registers[RAX]);
        long b = signed(bits, Operands.read(processor, operation, 0));
        long low = a * b;
        long high = bits == 64 ? Math.multiplyHigh(a, b) : low >> bits % 64;
        boolean wide = high != signed(bits, low) >> 63;
        putProduct(processor, bits, low, high);
        processor.flags.afterShift(bits, low, wide, wide);
    }

    private static void putProduct(Processor processor, int bits, long low, long high) {
        if (bits == 8) {
            Operands.writeRegister(processor, 16, RAX, low);
        } else {
            Operands.writeRegister(processor, bits, RAX, low);
            Operands.writeRegister(processor, bits, RDX, high);
        }
    }

    /** DIV. Intel SDM volume 2A. The flags, which are undefined, stay. */
    @Encoding(
            value = {"F6 /6 Eb", "F7 /6 Ev"},
            first = Encoding.First.READ,
            undefined = "CF PF AF ZF SF OF")
    static @Nullable Stop div(Processor processor, Operation operation) {
        int bits = operation.bits(0);
        long divisor = Operands.read(processor, operation, 0);
        long rax = processor.registers[RAX];
        long rdx = processor.registers[RDX];
        if (bits == 64) {
            return divideWide(processor, rdx, rax, divisor);
        }
        long dividend =
                bits == 8 ? unsigned(16, rax) : unsigned(bits, rdx) << bits | unsigned(bits, rax);
        if (divisor == 0) {
            return divideError(processor);
        }
        long quotient = Long.divideUnsigned(dividend, divisor);
        if (unsigned(bits, quotient) != quotient) {
            return divideError(processor);
        }
        putQuotient(processor, bits, quotient, Long.remainderUnsigned(dividend, divisor));
        return null;
    }

    private static @Nullable Stop divideWide(
            Processor processor, long high, long low, long divisor) {
        if (Long.compareUnsigned(high, divisor) >= 0) {
            return divideError(processor);
        }
        long remainder = remainder(high, low, divisor);
        putQuotient(processor, 64, quotient(high, low, divisor), remainder);
        return null;
    }

    /** {@code high:low / divisor} where {@code high < divisor}, by long division bit by bit. */
    private static long quotient(long high, long low, long divisor) {
        if (high == 0) {
            return Long.divideUnsigned(low, divisor);
        }
        long rest = high;
        long quotient = low;
        for (int i = 0; i < 64; i++) {
            boolean carry = rest < 0;
            rest = rest << 1 | quotient >>> 63;
            quotient <<= 1;
            if (carry || Long.compareUnsigned(rest, divisor) >= 0) {
                rest -= divisor;
                quotient |= 1;
            }
        }
        return quotient;
    }

    private static long remainder(long high, long low, long divisor) {
        return low - quotient(high, low, divisor) * divisor;
    }

    /** IDIV. Intel SDM volume 2A. The flags, which are undefined, stay. */
    @Encoding(
            value = {"F6 /7 Eb", "F7 /7 Ev"},
            first = Encoding.First.READ,
            undefined = "CF PF AF ZF SF OF")
    static @Nullable Stop idiv(Processor processor, Operation operation) {
        int bits = operation.bits(0);
        long divisor = signed(bits, Operands.read(processor, operation, 0));
        long rax = processor.registers[RAX];
        long rdx = processor.registers[RDX];
        if (divisor == 0) {
            return divideError(processor);
        }
        if (bits == 64) {
            return divideWideSigned(processor, rdx, rax, divisor);
        }
        long dividend =
                bits == 8 ? signed(16, rax) : signed(bits, rdx) << bits | unsigned(bits, rax);
        if (dividend == Long.MIN_VALUE && divisor == -1) {
            return divideError(processor);
        }
        long quotient = dividend / divisor;
        if (signed(bits, quotient) != quotient) {
            return divideError(processor);
        }
        putQuotient(processor, bits, quotient, dividend % divisor);
        return null;
    }

    private static @Nullable Stop divideWideSigned(
            Processor processor, long high, long low, long divisor) {
        boolean negative = high < 0;
        long lowMagnitude = negative ? -low : low;
        long highMagnitude = negative ? ~high + (low == 0 ? 1 : 0) : high;
        long divisorMagnitude = Math.abs(divisor);
        if (Long.compareUnsigned(highMagnitude, divisorMagnitude) >= 0) {
            return divideError(processor);
        }
        long quotient = quotient(highMagnitude, lowMagnitude, divisorMagnitude);
        long remainder = remainder(highMagnitude, lowMagnitude, divisorMagnitude);
        boolean opposite = negative != divisor < 0;
        boolean fits = quotient >= 0 || (opposite && quotient == Long.MIN_VALUE);
        if (!fits) {
            return divideError(processor);
        }
        putQuotient(
                processor, 64, opposite ? -quotient : quotient, negative ? -remainder : remainder);
        return null;
    }

    private static void putQuotient(Processor processor, int bits, long quotient, long remainder) {
        if (bits == 8) {
            Operands.writeRegister(
                    processor, 16, RAX, (remainder << 8 & 0xFF00) | (quotient & 0xFF));
        } else {
            Operands.writeRegister(processor, bits, RAX, quotient);
            Operands.writeRegister(processor, bits, RDX, remainder);
        }
    }

    private static Stop divideError(Processor processor) {
        processor.trap.exception(Trap.DIVIDE_ERROR);
        return Stop.TRAP;
    }

    /** CBW, CWDE and CDQE: extends the sign of half of the accumulator. Intel SDM volume 2A. */
    @Encoding(value = "98", name = "cbw")
    static void extendAccumulator(Processor processor, Operation operation) {
        int bits = operation.operandBits;
        Operands.writeRegister(processor, bits, RAX, signed(bits / 2, processor.registers[RAX]));
    }

    /** CWD, CDQ and CQO: fills rdx with the sign of the accumulator. Intel SDM volume 2A. */
    @Encoding(value = "99", name = "cwd")
    static void extendToData(Processor processor, Operation operation) {
        int bits = operation.operandBits;
        Operands.writeRegister(processor, bits, RDX, signed(bits, processor.registers[RAX]) >> 63);
    }
}
