package dev.dirql.kernel.processors;

import dev.dirql.machine.GuestMemory;

/**
 * KPCR with the KPRCB in it: the control region of a processor, at its gs base. Layout of Windows
 * 10 22H2, x64; only fields that something here or in a driver uses are named.
 *
 * <pre>
 * +0x0018 Self               +0x0020 CurrentPrcb        +0x0050 Irql
 * +0x0180 Prcb:
 *   +0x0184 LegacyNumber     +0x0188 CurrentThread      +0x0190 NextThread
 *   +0x0198 IdleThread       +0x01A0 NestingLevel       +0x01A4 Number
 *   +0x31C0 DpcData[0]:  +0x00 ListHead.Next  +0x08 LastEntry  +0x10 DpcLock
 *                        +0x18 DpcQueueDepth  +0x1C DpcCount   +0x20 ActiveDpc
 *   +0x31E8 DpcData[1] (threaded)
 *   +0x3210 DpcStack         +0x3218 MaximumDpcQueueDepth       +0x322A DpcRoutineActive
 * </pre>
 */
public record KPcr(GuestMemory memory, long address) {
    /** Where the region of processor 0 begins; the others follow. */
    public static final long FIRST = 0xFFFFF780_00010000L;

    /** Bytes from one region to the next. */
    public static final int SIZE = 0xC000;

    private static final int SELF = 0x18;
    private static final int CURRENT_PRCB = 0x20;
    private static final int PRCB = 0x180;
    private static final int LEGACY_NUMBER = 0x184;
    private static final int CURRENT_THREAD = 0x188;
    private static final int NEXT_THREAD = 0x190;
    private static final int IDLE_THREAD = 0x198;
    private static final int NESTING_LEVEL = 0x1A0;
    private static final int NUMBER = 0x1A4;
    private static final int DPC_DATA = 0x31C0;
    private static final int LAST_ENTRY = 0x08;
    private static final int DPC_LOCK = 0x10;
    private static final int QUEUE_DEPTH = 0x18;
    private static final int DPC_COUNT = 0x1C;
    private static final int ACTIVE_DPC = 0x20;
    private static final int DPC_DATA_SIZE = 0x28;
    private static final int DPC_STACK = 0x3210;
    private static final int MAXIMUM_DEPTH = 0x3218;
    private static final int DPC_ROUTINE_ACTIVE = 0x322A;

    public static long addressOf(int processor) {
        return FIRST + (long) SIZE * processor;
    }

    /** Fills in the region of a processor that is about to start. */
    public void initialize(int number, long idleThread, long dpcStack, int dpcDepthMaximum) {
        memory.store64(address + SELF, address);
        memory.store64(address + CURRENT_PRCB, address + PRCB);
        memory.store8(address + LEGACY_NUMBER, number);
        memory.store64(address + CURRENT_THREAD, idleThread);
        memory.store64(address + NEXT_THREAD, 0);
        memory.store64(address + IDLE_THREAD, idleThread);
        memory.store8(address + NESTING_LEVEL, 0);
        memory.store32(address + NUMBER, number);
        for (int kind = 0; kind < 2; kind++) {
            long data = address + DPC_DATA + (long) kind * DPC_DATA_SIZE;
            memory.store64(data, 0);
            memory.store64(data + LAST_ENTRY, data);
            memory.store64(data + DPC_LOCK, 0);
            memory.store32(data + QUEUE_DEPTH, 0);
            memory.store32(data + DPC_COUNT, 0);
            memory.store64(data + ACTIVE_DPC, 0);
        }
        memory.store64(address + DPC_STACK, dpcStack);
        memory.store32(address + MAXIMUM_DEPTH, dpcDepthMaximum);
        memory.store8(address + DPC_ROUTINE_ACTIVE, 0);
    }

    public long currentThread() {
        return memory.load64(address + CURRENT_THREAD);
    }

    public void setCurrentThread(long thread) {
        memory.store64(address + CURRENT_THREAD, thread);
    }

    /** How many device and clock interrupts are being handled, one in another. */
    public int nestingLevel() {
        return (int) memory.load8(address + NESTING_LEVEL);
    }

    public void setNestingLevel(int level) {
        memory.store8(address + NESTING_LEVEL, level);
    }

    /** Address behind the highest byte of the DPC stack. */
    public long dpcStack() {
        return memory.load64(address + DPC_STACK);
    }

    public boolean isDpcRoutineActive() {
        return memory.load8(address + DPC_ROUTINE_ACTIVE) != 0;
    }

    public void setDpcRoutineActive(boolean active) {
        memory.store8(address + DPC_ROUTINE_ACTIVE, active ? 1 : 0);
    }

    /** Address of DpcData[0], the queue of ordinary DPCs: its list head is its first field. */
    public long dpcData() {
        return address + DPC_DATA;
    }

    /** Address of the next pointer of the last entry, or of the head itself. */
    public long lastDpcEntry() {
        return memory.load64(dpcData() + LAST_ENTRY);
    }

    public void setLastDpcEntry(long entry) {
        memory.store64(dpcData() + LAST_ENTRY, entry);
    }

    public int dpcQueueDepth() {
        return (int) memory.load32(dpcData() + QUEUE_DEPTH);
    }

    public void setDpcQueueDepth(int depth) {
        memory.store32(dpcData() + QUEUE_DEPTH, depth);
    }

    /** DPCs queued since the start. */
    public void countDpc() {
        memory.store32(dpcData() + DPC_COUNT, memory.load32(dpcData() + DPC_COUNT) + 1);
    }

    /** The DPC whose routine runs now, or 0. */
    public long activeDpc() {
        return memory.load64(dpcData() + ACTIVE_DPC);
    }

    public void setActiveDpc(long dpc) {
        memory.store64(dpcData() + ACTIVE_DPC, dpc);
    }
}
