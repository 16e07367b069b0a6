package dev.dirql.machine;

/** An exception, as the instruction engine hands it over. One per processor, reused. */
public final class Trap {
    /** Vectors of the exceptions that the Intel manual defines. */
    public static final int DIVIDE_ERROR = 0;

    public static final int DEBUG = 1;
    public static final int BREAKPOINT = 3;
    public static final int OVERFLOW = 4;
    public static final int INVALID_OPCODE = 6;
    public static final int DOUBLE_FAULT = 8;
    public static final int GENERAL_PROTECTION = 13;
    public static final int PAGE_FAULT = 14;

    /** Vector 0 to 255; for {@code int n} the n. */
    public int vector;

    /** For {@link #PAGE_FAULT}: the address, access and reason. */
    public long address;

    public MemoryFault.Access access = MemoryFault.Access.READ;
    public MemoryFault.Reason reason = MemoryFault.Reason.NOT_MAPPED;

    /** Whether an {@code int n} instruction asked for it, rather than a fault. */
    public boolean software;

    /** For an instruction that is not modelled: its bytes, address and name. */
    public String text = "";

    /** Makes this a page fault. */
    public void pageFault(MemoryFault fault) {
        vector = PAGE_FAULT;
        software = false;
        address = fault.address();
        access = fault.access();
        reason = fault.reason();
    }

    /** Makes this another exception without parameters. */
    public void exception(int newVector) {
        vector = newVector;
        software = false;
        address = 0;
    }

    /** Makes this the software interrupt {@code int vector}. */
    public void softwareInterrupt(int newVector) {
        vector = newVector;
        software = true;
        address = 0;
    }
}
