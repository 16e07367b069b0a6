package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CodeBuffer.Temporary;
import dev.dirql.scenario.c.Operand.Register;

/** Where the code being made has a value. */
sealed interface Value {
    /** A constant, sign- or zero-extended to 64 bits. */
    record Fixed(long value) implements Value {}

    /** A variable that lives in a register; not to be changed. */
    record Kept(Register register) implements Value {}

    /** A temporary that the holder of this value owns. */
    record Owned(Temporary temporary) implements Value {}

    /** No value: void, or not wanted. */
    record Nothing() implements Value {}

    Value NOTHING = new Nothing();
}
