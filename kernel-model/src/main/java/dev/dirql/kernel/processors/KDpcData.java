package dev.dirql.kernel.processors;

import dev.dirql.machine.GuestMemory;

/**
 * KDPC_DATA: a DPC queue of a processor, in its KPRCB. Layout of Windows 10 22H2, x64.
 *
 * <pre>
 * +0x00 DpcList.ListHead.Next  +0x08 DpcList.LastEntry  +0x10 DpcLock
 * +0x18 DpcQueueDepth          +0x1C DpcCount           +0x20 ActiveDpc
 * </pre>
 */
public record KDpcData(GuestMemory memory, long address) {
    static final int SIZE = 0x28;

    private static final int LAST_ENTRY = 0x08;
    private static final int DPC_LOCK = 0x10;
    private static final int QUEUE_DEPTH = 0x18;
    private static final int DPC_COUNT = 0x1C;
    private static final int ACTIVE_DPC = 0x20;

    void initialize() {
        memory.store64(address, 0);
        setLastEntry(address);
        memory.store64(address + DPC_LOCK, 0);
        setDepth(0);
        memory.store32(address + DPC_COUNT, 0);
        setActiveDpc(0);
    }

    /** Address of the first entry, or 0; the head is the first field. */
    public long firstEntry() {
        return memory.load64(address);
    }

    public void setFirstEntry(long entry) {
        memory.store64(address, entry);
    }

    /** Address of the next pointer of the last entry, or of the head itself. */
    public long lastEntry() {
        return memory.load64(address + LAST_ENTRY);
    }

    public void setLastEntry(long entry) {
        memory.store64(address + LAST_ENTRY, entry);
    }

    public int depth() {
        return (int) memory.load32(address + QUEUE_DEPTH);
    }

    public void setDepth(int depth) {
        memory.store32(address + QUEUE_DEPTH, depth);
    }

    /** DPCs queued since the start. */
    long count() {
        return memory.load32(address + DPC_COUNT);
    }

    public void countDpc() {
        memory.store32(address + DPC_COUNT, count() + 1);
    }

    /** The DPC whose routine runs now, or 0. */
    public long activeDpc() {
        return memory.load64(activeDpcAddress());
    }

    public void setActiveDpc(long dpc) {
        memory.store64(activeDpcAddress(), dpc);
    }

    /** Where the active DPC is kept: who waits for its end watches this. */
    public long activeDpcAddress() {
        return address + ACTIVE_DPC;
    }
}
