package dev.dirql.machine;

/** Attributes of a mapped page, as bits of an {@code int}. */
public final class PageFlags {
    /** May be written. */
    public static final int WRITABLE = 1;

    /** May be executed. */
    public static final int EXECUTABLE = 1 << 1;

    /** May be paged out; its residency is asked for at each access. */
    public static final int PAGEABLE = 1 << 2;

    /** Pageable, but locked in memory now. */
    public static final int LOCKED = 1 << 3;

    /** Pageable, and not in memory now. */
    public static final int ABSENT = 1 << 4;

    /** Was mapped and has been freed; any access faults. */
    public static final int FREED = 1 << 5;

    /** Guards the end of a stack; any access faults. */
    public static final int GUARD = 1 << 6;

    /** Device registers, not memory. */
    public static final int DEVICE = 1 << 7;

    /** Accessible to user mode. */
    public static final int USER = 1 << 8;

    private PageFlags() {}
}
