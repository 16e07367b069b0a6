package dev.dirql.kernel.services;

import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;

/**
 * How arguments, components and results become numbers and back; {@link StepCompiler} uses them.
 */
final class Conversions {
    private Conversions() {}

    static long result(Processor processor) {
        return processor.registers[Processor.RAX];
    }

    static GuestMemory memory(Processor processor) {
        return processor.memory();
    }

    static boolean toBoolean(long value) {
        return (value & 0xFF) != 0;
    }

    /** A stack that guest code wrote over may hold any number: it still names a constant. */
    static Object toEnum(Object[] constants, long ordinal) {
        return constants[(int) Long.remainderUnsigned(ordinal, constants.length)];
    }

    static long ordinal(Enum<?> constant) {
        return constant.ordinal();
    }

    static long unsigned(int value) {
        return value & 0xFFFF_FFFFL;
    }
}
