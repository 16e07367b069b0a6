package dev.dirql.debugger;

/** How far a step goes. Other processors run as they do. */
public enum StepKind {
    /**
     * One step of the processor, whatever it does; into calls and interrupts. An unlocked
     * read-modify-write instruction is two, the load and the store.
     */
    INSTRUCTION,
    /**
     * One instruction of the thread; a call, and an interrupt before it, is done as a whole.
     * Backwards from behind a call it goes before the call, past every stop point.
     */
    OVER,
    /** To where the routine of the thread returns to; backwards to the call of it. */
    OUT,
    /** To another source line of the thread, in a routine that it calls as well. */
    LINE_INTO,
    /** To another source line of the thread, calls done as a whole. */
    LINE_OVER
}
