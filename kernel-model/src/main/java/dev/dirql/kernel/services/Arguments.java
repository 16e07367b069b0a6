package dev.dirql.kernel.services;

import static dev.dirql.machine.Processor.R8;
import static dev.dirql.machine.Processor.R9;
import static dev.dirql.machine.Processor.RCX;
import static dev.dirql.machine.Processor.RDX;
import static dev.dirql.machine.Processor.RSP;

import dev.dirql.machine.Processor;

/**
 * The integer arguments of a call by the x64 calling convention, as the called code finds them at
 * its first instruction.
 */
public final class Arguments {
    private Arguments() {}

    /** An argument by its index from 0; for routines with a variable number of them. */
    public static long argument(Processor processor, int index) {
        return switch (index) {
            case 0 -> processor.registers[RCX];
            case 1 -> processor.registers[RDX];
            case 2 -> processor.registers[R8];
            case 3 -> processor.registers[R9];
            default -> processor.memory().load64(processor.registers[RSP] + 8 + 8L * index);
        };
    }

    static void set(Processor processor, long a1, long a2, long a3, long a4) {
        processor.registers[RCX] = a1;
        processor.registers[RDX] = a2;
        processor.registers[R8] = a3;
        processor.registers[R9] = a4;
    }
}
