package dev.dirql.kernel.memory;

/** Where things are in the kernel's half of the address space. Every region begins on a page. */
public final class KernelLayout {
    public static final long PAGE_SIZE = 0x1000;

    /** The lowest address that belongs to the kernel. */
    public static final long SYSTEM_START = 0xFFFF8000_00000000L;

    /** What a process may use ends here: the last 64 KiB of its half are never mapped. */
    public static final long USER_END = 0x00007FFF_FFFF0000L;

    /** Where pages of MDLs are mapped for a process. */
    public static final long USER_MAPPINGS = 0x0000_0300_0000_0000L;

    public static final long DEVICE_REGISTERS = 0xFFFFA000_00000000L;
    public static final long LOCKED_PAGES = 0xFFFFA800_00000000L;

    /** Addresses that drivers reserve. */
    public static final long RESERVED_MAPPINGS = 0xFFFFAC00_00000000L;

    public static final long NONPAGED_POOL = 0xFFFFB800_00000000L;
    public static final long PAGED_POOL = 0xFFFFC400_00000000L;
    public static final long SHARED_USER_DATA = 0xFFFFF780_00000000L;
    public static final long DRIVERS = 0xFFFFF801_00000000L;

    /** Bytes that each of the two pools may grow to. */
    public static final long POOL_SIZE = 0x0000_0800_0000_0000L;

    private KernelLayout() {}

    /** The start of the page that holds an address. */
    public static long page(long address) {
        return address & -PAGE_SIZE;
    }

    /** Bytes rounded up to whole pages. */
    public static long pages(long bytes) {
        return (bytes + PAGE_SIZE - 1) & -PAGE_SIZE;
    }
}
