package dev.dirql.debugger;

import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/**
 * What a processor is about to execute.
 *
 * @param position the step boundary before it
 * @param interrupt whether it takes an interrupt instead
 * @param secondHalf whether it is the store of an instruction whose load is done
 * @param ordinal steps that the processor did before
 */
record Moment(
        long position,
        int processor,
        long thread,
        long rip,
        long stackPointer,
        boolean interrupt,
        boolean secondHalf,
        long ordinal) {
    static Moment of(Machine machine, Processor processor, boolean interrupt) {
        return new Moment(
                machine.steps(),
                processor.number(),
                processor.thread,
                processor.rip,
                processor.registers[Processor.RSP],
                interrupt,
                processor.halfDone.pending,
                processor.steps);
    }

    /** Whether the same thread is there at the same place of its stack. */
    boolean isSameFrame(Moment other) {
        return thread == other.thread && stackPointer == other.stackPointer;
    }
}
