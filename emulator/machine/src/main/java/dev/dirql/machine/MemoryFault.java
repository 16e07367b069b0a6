package dev.dirql.machine;

/**
 * A memory access that the page tables do not allow. It carries no stack trace and is reused:
 * whoever catches it reads its fields before the next access.
 */
public final class MemoryFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What was tried. */
    public enum Access {
        READ,
        WRITE,
        EXECUTE
    }

    /** Why it failed. */
    public enum Reason {
        /** Bits 63 to 47 of the address are not all equal. */
        NOT_CANONICAL,
        /** No page is mapped there. */
        NOT_MAPPED,
        /** A page was mapped there and has been freed. */
        FREED,
        /** A pageable page that is not in memory now. */
        NOT_RESIDENT,
        /** A guard page, as below a kernel stack. */
        GUARD,
        READ_ONLY,
        NOT_EXECUTABLE
    }

    private long address;
    private Access access = Access.READ;
    private Reason reason = Reason.NOT_MAPPED;

    MemoryFault() {
        super("memory fault", null, false, false);
    }

    MemoryFault set(long newAddress, Access newAccess, Reason newReason) {
        address = newAddress;
        access = newAccess;
        reason = newReason;
        return this;
    }

    /** The first virtual address that could not be accessed. */
    public long address() {
        return address;
    }

    public Access access() {
        return access;
    }

    public Reason reason() {
        return reason;
    }

    @Override
    public String getMessage() {
        return "%s of 0x%x: %s".formatted(access, address, reason);
    }
}
