package dev.dirql.kernel.memory;

import dev.dirql.machine.PageFlags;

/** The pools a driver allocates from. */
public enum PoolKind {
    /** Always in memory, and not executable. */
    NONPAGED("nonpaged", KernelLayout.NONPAGED_POOL, PageFlags.WRITABLE, 512),
    /** Always in memory. */
    NONPAGED_EXECUTE(
            "nonpaged executable",
            KernelLayout.NONPAGED_POOL + KernelLayout.POOL_SIZE / 2,
            PageFlags.WRITABLE | PageFlags.EXECUTABLE,
            0),
    /** May be paged out. */
    PAGED("paged", KernelLayout.PAGED_POOL, PageFlags.WRITABLE | PageFlags.PAGEABLE, 1);

    private final String text;
    private final long start;
    private final int pageFlags;
    private final int poolType;

    PoolKind(String text, long start, int pageFlags, int poolType) {
        this.text = text;
        this.start = start;
        this.pageFlags = pageFlags;
        this.poolType = poolType;
    }

    /** The words a report uses, without "pool". */
    public String text() {
        return text;
    }

    /** Address of its first page. */
    public long start() {
        return start;
    }

    int pageFlags() {
        return pageFlags;
    }

    /** Its POOL_TYPE, as bug checks show it. */
    public int poolType() {
        return poolType;
    }

    /** What the header of an allocated block says. */
    int headerType() {
        return ((poolType & 1) + 1) | 2;
    }

    public boolean isPaged() {
        return this == PAGED;
    }
}
