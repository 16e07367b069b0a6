package dev.dirql.debugger;

/** How far a step goes. Other processors run as they do. */
public enum StepKind {
    /** One step of the processor, whatever it does; into calls and interrupts. */
    INSTRUCTION,
    /** One instruction of the thread; a call, and an interrupt before it, is done as a whole. */
    OVER,
    /** To where the routine of the thread returns to; backwards to the call of it. */
    OUT,
    /** To another source line of the thread, in a routine that it calls as well. */
    LINE_INTO,
    /** To another source line of the thread, calls done as a whole. */
    LINE_OVER
}
