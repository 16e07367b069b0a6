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
 *   +0x3210 DpcStack         +0x3218 MaximumDpcQueueDepth       +0x321C DpcRequestRate
 *   +0x3220 MinimumDpcRate   +0x3224 DpcLastCount               +0x3228 ThreadDpcEnable
 *   +0x322A DpcRoutineActive +0x322C DpcRequestSummary
 * </pre>
 *
 * Behind the KPRCB lies what only this kernel uses.
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
    private static final int DPC_STACK = 0x3210;
    private static final int MAXIMUM_DEPTH = 0x3218;
    private static final int REQUEST_RATE = 0x321C;
    private static final int MINIMUM_RATE = 0x3220;
    private static final int LAST_COUNT = 0x3224;
    private static final int THREAD_DPC_ENABLE = 0x3228;
    private static final int DPC_ROUTINE_ACTIVE = 0x322A;
    private static final int DPC_REQUEST_SUMMARY = 0x322C;

    /** Bits of DpcRequestSummary. */
    private static final long TIMER_EXPIRATION = 0x0000_0008;

    private static final long THREAD_REQUESTED = 0x0002_0000;

    /** Behind the KPRCB: what KeIpiGenericCall and KeGenericCallDpc keep, and a KDPC of theirs. */
    private static final int GENERIC_CALL = 0xBF00;

    private static final int GENERIC_CALL_SIZE = 0x80;
    private static final int GENERIC_DPC = GENERIC_CALL + GENERIC_CALL_SIZE;

    public static long addressOf(int processor) {
        return FIRST + (long) SIZE * processor;
    }

    /** Fills in the region of a processor that is about to start. */
    public void initialize(
            int number,
            long idleThread,
            long dpcStack,
            int dpcDepthMaximum,
            int dpcRateMinimum,
            boolean threadedDpcs) {
        memory.store64(address + SELF, address);
        memory.store64(address + CURRENT_PRCB, address + PRCB);
        memory.store8(address + LEGACY_NUMBER, number);
        memory.store64(address + CURRENT_THREAD, idleThread);
        memory.store64(address + NEXT_THREAD, 0);
        memory.store64(address + IDLE_THREAD, idleThread);
        memory.store8(address + NESTING_LEVEL, 0);
        memory.store32(address + NUMBER, number);
        dpcs().initialize();
        threadedDpcs().initialize();
        memory.store64(address + DPC_STACK, dpcStack);
        memory.store32(address + MAXIMUM_DEPTH, dpcDepthMaximum);
        memory.store32(address + REQUEST_RATE, 0);
        memory.store32(address + MINIMUM_RATE, dpcRateMinimum);
        memory.store32(address + LAST_COUNT, 0);
        memory.store8(address + THREAD_DPC_ENABLE, threadedDpcs ? 1 : 0);
        memory.store8(address + DPC_ROUTINE_ACTIVE, 0);
        memory.store32(address + DPC_REQUEST_SUMMARY, 0);
        for (int i = 0; i < GENERIC_CALL_SIZE; i += 8) {
            memory.store64(address + GENERIC_CALL + i, 0);
        }
    }

    /** Address of the KPRCB. */
    public long prcb() {
        return address + PRCB;
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

    /** Whether fewer DPCs are queued in a clock tick than make it worth to gather them. */
    public boolean isDpcRateLow() {
        return memory.load32(address + REQUEST_RATE) < memory.load32(address + MINIMUM_RATE);
    }

    /** A clock tick: the rate is the mean of the DPCs queued since the last one and of before. */
    public void adjustDpcRate() {
        long count = dpcs().count();
        long queued = (count - memory.load32(address + LAST_COUNT)) & 0xFFFF_FFFFL;
        long rate = memory.load32(address + REQUEST_RATE);
        memory.store32(address + REQUEST_RATE, (queued + rate) >>> 1);
        memory.store32(address + LAST_COUNT, count);
    }

    /** DpcData[0]: the queue of ordinary DPCs. */
    public KDpcData dpcs() {
        return new KDpcData(memory, address + DPC_DATA);
    }

    /** DpcData[1]: the queue of threaded DPCs. */
    public KDpcData threadedDpcs() {
        return new KDpcData(memory, address + DPC_DATA + KDpcData.SIZE);
    }

    /** Whether threaded DPCs run in a thread, and not as ordinary ones. */
    public boolean isThreadDpcEnabled() {
        return memory.load8(address + THREAD_DPC_ENABLE) != 0;
    }

    /** Threaded DPCs run as ordinary ones from now on. */
    public void disableThreadDpc() {
        memory.store8(address + THREAD_DPC_ENABLE, 0);
    }

    /** Whether a timer is due that the next dispatch interrupt has to look for. */
    public boolean isTimerExpirationRequested() {
        return isRequested(TIMER_EXPIRATION);
    }

    public void setTimerExpirationRequested(boolean requested) {
        request(TIMER_EXPIRATION, requested);
    }

    /** Whether the next dispatch interrupt has to wake the thread of the threaded DPCs. */
    public boolean isThreadRequested() {
        return isRequested(THREAD_REQUESTED);
    }

    public void setThreadRequested(boolean requested) {
        request(THREAD_REQUESTED, requested);
    }

    private boolean isRequested(long bit) {
        return (memory.load32(address + DPC_REQUEST_SUMMARY) & bit) != 0;
    }

    private void request(long bit, boolean requested) {
        long summary = memory.load32(address + DPC_REQUEST_SUMMARY);
        memory.store32(address + DPC_REQUEST_SUMMARY, requested ? summary | bit : summary & ~bit);
    }

    /** Memory for a call on every processor, of which that of processor 0 is used. */
    public long genericCall() {
        return address + GENERIC_CALL;
    }

    /** The KDPC with which KeGenericCallDpc calls this processor. */
    public long genericDpc() {
        return address + GENERIC_DPC;
    }
}
