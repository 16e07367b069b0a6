package dev.dirql.kernel.services;

/** What lies at RSP while RIP is in a slot of the service window, as its unwind data says. */
public enum FrameShape {
    /** The return address: the slot is an export that was just called. */
    RETURN_ADDRESS,
    /** A frame with a pending record, and the return address above it. */
    PENDING,
    /** A KTRAP_FRAME. */
    TRAP_FRAME,
    /** RIP, CS, EFLAGS, RSP and SS, as the processor pushes them. */
    MACHINE_FRAME,
    /** A return address of zero: the first frame of a stack. */
    BOTTOM
}
