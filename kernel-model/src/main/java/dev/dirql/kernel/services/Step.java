package dev.dirql.kernel.services;

import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;

/**
 * The code of one slot, made of an annotated method. A class, because a call of an interface with
 * many implementations must search for its method at every call. The classes that {@link
 * StepCompiler} makes use the rest of what is here.
 */
public abstract class Step {
    protected Step() {}

    protected abstract void run(Processor processor);

    // ---- arguments and components ----

    protected static long argument(Processor processor, int index) {
        return Arguments.argument(processor, index);
    }

    protected static long component(Processor processor, int index) {
        return processor.memory().load64(PendingFrame.fieldAddress(processor, index));
    }

    /** What a called routine gave back. */
    protected static long result(Processor processor) {
        return processor.registers[Processor.RAX];
    }

    protected static GuestMemory memory(Processor processor) {
        return processor.memory();
    }

    protected static boolean toBoolean(long value) {
        return (value & 0xFF) != 0;
    }

    /** A stack that guest code wrote over may hold any number: it still names a constant. */
    protected static Enum<?> toEnum(Enum<?>[] constants, long ordinal) {
        return constants[(int) Long.remainderUnsigned(ordinal, constants.length)];
    }

    protected static long unsigned(int value) {
        return value & 0xFFFF_FFFFL;
    }

    // ---- the end of a step ----

    protected static void endCall(ServiceEngine engine, Processor processor) {
        engine.returnFromCall(processor, 0);
    }

    protected static void endFrame(ServiceEngine engine, Processor processor) {
        engine.returnFromFrame(processor, 0);
    }

    protected static void returnFromCall(ServiceEngine engine, Processor processor, long value) {
        engine.returnFromCall(processor, value);
    }

    protected static void returnFromFrame(ServiceEngine engine, Processor processor, long value) {
        engine.returnFromFrame(processor, value);
    }

    protected static void finishCall(ServiceEngine engine, Processor processor, Outcome outcome) {
        engine.finishCall(processor, outcome);
    }

    protected static void finishFrame(ServiceEngine engine, Processor processor, Outcome outcome) {
        engine.finishFrame(processor, outcome);
    }
}
