package dev.dirql.kernel.threads;

import dev.dirql.machine.GuestMemory;

/**
 * KUSER_SHARED_DATA, as far as kernel code reads it: the times and the version. Layout of Windows
 * 10 22H2. Times are in units of 100 ns.
 *
 * <pre>
 * +0x004 TickCountMultiplier  +0x008 InterruptTime  +0x014 SystemTime  +0x020 TimeZoneBias
 * +0x030 NtSystemRoot         +0x260 NtBuildNumber  +0x264 NtProductType  +0x268 ProductTypeIsValid
 * +0x26C NtMajorVersion       +0x270 NtMinorVersion +0x300 QpcFrequency   +0x320 TickCount
 * +0x3C0 ActiveProcessorCount
 * </pre>
 */
public final class SystemTime {
    public static final long SHARED_DATA = 0xFFFFF780_00000000L;

    /** The times lie below this offset, but for the tick count. */
    public static final long TIMES_END = 0x20;

    /** Where the tick count lies, and how long it is. */
    public static final int TICK_COUNT = 0x320;

    public static final int TICK_COUNT_SIZE = 12;

    /** 1 January 2024, 00:00 UTC, when every run begins. */
    public static final long START = 133_485_408_000_000_000L;

    private static final int TICK_COUNT_MULTIPLIER = 0x04;
    private static final int INTERRUPT_TIME = 0x08;
    private static final int SYSTEM_TIME = 0x14;
    private static final int TIME_ZONE_BIAS = 0x20;
    private static final int SYSTEM_ROOT = 0x30;
    private static final int BUILD_NUMBER = 0x260;
    private static final int PRODUCT_TYPE = 0x264;
    private static final int PRODUCT_TYPE_IS_VALID = 0x268;
    private static final int MAJOR_VERSION = 0x26C;
    private static final int MINOR_VERSION = 0x270;
    private static final int QPC_FREQUENCY = 0x300;
    private static final int PROCESSOR_COUNT = 0x3C0;

    private static final int WORKSTATION = 1;
    private static final long PERFORMANCE_FREQUENCY = 10_000_000;
    private static final String ROOT = "C:\\Windows";

    private SystemTime() {}

    /** Fills in what does not change, and the times at the start. */
    public static void initialize(
            GuestMemory memory, int buildNumber, int processors, long tickNs) {
        // Milliseconds a tick, as a fixed-point number with 24 bits of fraction.
        memory.store32(SHARED_DATA + TICK_COUNT_MULTIPLIER, (tickNs << 24) / 1_000_000);
        storeTime(memory, TIME_ZONE_BIAS, 0);
        for (int i = 0; i < ROOT.length(); i++) {
            memory.store16(SHARED_DATA + SYSTEM_ROOT + 2L * i, ROOT.charAt(i));
        }
        memory.store32(SHARED_DATA + BUILD_NUMBER, buildNumber);
        memory.store32(SHARED_DATA + PRODUCT_TYPE, WORKSTATION);
        memory.store8(SHARED_DATA + PRODUCT_TYPE_IS_VALID, 1);
        memory.store32(SHARED_DATA + MAJOR_VERSION, 10);
        memory.store32(SHARED_DATA + MINOR_VERSION, 0);
        memory.store64(SHARED_DATA + QPC_FREQUENCY, PERFORMANCE_FREQUENCY);
        memory.store32(SHARED_DATA + PROCESSOR_COUNT, processors);
        update(memory, 0, tickNs);
    }

    /**
     * Sets the times to those of the last clock interrupt. Ticks are counted as if the clock had
     * never been made faster.
     */
    static void update(GuestMemory memory, long lastNs, long tickNs) {
        long units = interruptTime(lastNs);
        storeTime(memory, INTERRUPT_TIME, units);
        storeTime(memory, SYSTEM_TIME, START + units);
        storeTime(memory, TICK_COUNT, lastNs / tickNs);
    }

    /** The interrupt time at a virtual time. */
    public static long interruptTime(long ns) {
        return ns / 100;
    }

    /** KSYSTEM_TIME: low part, high part, high part again. */
    private static void storeTime(GuestMemory memory, int offset, long value) {
        memory.store32(SHARED_DATA + offset + 8, value >>> 32);
        memory.store32(SHARED_DATA + offset, value);
        memory.store32(SHARED_DATA + offset + 4, value >>> 32);
    }

    /** The time at which a timeout ends: negative values are relative, others absolute. */
    public static long deadlineNs(long timeout, long nowNs) {
        long units = timeout < 0 ? -timeout : Math.max(0, timeout - START);
        if (Long.compareUnsigned(units, (Long.MAX_VALUE >>> 8) / 100) > 0) {
            return KernelThread.NEVER;
        }
        return timeout < 0 ? nowNs + units * 100 : units * 100;
    }

    /** The performance counter at a time. */
    public static long performanceCounter(long nowNs) {
        return nowNs / 100;
    }

    public static long performanceFrequency() {
        return PERFORMANCE_FREQUENCY;
    }
}
