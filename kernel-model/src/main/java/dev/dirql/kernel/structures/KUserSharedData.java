package dev.dirql.kernel.structures;

import dev.dirql.machine.GuestMemory;

/**
 * What the kernel shows to everybody at 0xFFFFF780_00000000: times, version, processors. WDK,
 * ntddk.h.
 *
 * <pre>
 * +0x004  TickCountMultiplier
 * +0x008  InterruptTime
 * +0x014  SystemTime
 * +0x020  TimeZoneBias
 * +0x02C  ImageNumberLow
 * +0x02E  ImageNumberHigh
 * +0x030  NtSystemRoot
 * +0x260  NtBuildNumber
 * +0x264  NtProductType
 * +0x268  ProductTypeIsValid
 * +0x26A  NativeProcessorArchitecture
 * +0x26C  NtMajorVersion
 * +0x270  NtMinorVersion
 * +0x274  ProcessorFeatures
 * +0x2D0  SuiteMask
 * +0x2D4  KdDebuggerEnabled
 * +0x2E8  NumberOfPhysicalPages
 * +0x300  QpcFrequency
 * +0x320  TickCount
 * +0x3C0  ActiveProcessorCount
 * +0x3C4  ActiveGroupCount
 * </pre>
 */
@Layout(name = "KUSER_SHARED_DATA", size = KUserSharedData.BYTES)
public record KUserSharedData(GuestMemory memory, long address) {
    /** Bytes of the structure. */
    public static final int BYTES = 0x3D8;

    /** Where it is. */
    public static final long ADDRESS = 0xFFFFF780_00000000L;

    @Offset("TickCountMultiplier")
    private static final int TICK_COUNT_MULTIPLIER = 0x4;

    @Offset("InterruptTime")
    private static final int INTERRUPT_TIME = 0x8;

    @Offset("SystemTime")
    private static final int SYSTEM_TIME = 0x14;

    @Offset("TimeZoneBias")
    private static final int TIME_ZONE_BIAS = 0x20;

    @Offset("ImageNumberLow")
    private static final int IMAGE_NUMBER_LOW = 0x2C;

    @Offset("ImageNumberHigh")
    private static final int IMAGE_NUMBER_HIGH = 0x2E;

    @Offset("NtSystemRoot")
    private static final int NT_SYSTEM_ROOT = 0x30;

    @Offset("NtBuildNumber")
    private static final int NT_BUILD_NUMBER = 0x260;

    @Offset("NtProductType")
    private static final int NT_PRODUCT_TYPE = 0x264;

    @Offset("ProductTypeIsValid")
    private static final int PRODUCT_TYPE_IS_VALID = 0x268;

    @Offset("NativeProcessorArchitecture")
    private static final int NATIVE_PROCESSOR_ARCHITECTURE = 0x26A;

    @Offset("NtMajorVersion")
    private static final int NT_MAJOR_VERSION = 0x26C;

    @Offset("NtMinorVersion")
    private static final int NT_MINOR_VERSION = 0x270;

    @Offset("ProcessorFeatures")
    private static final int PROCESSOR_FEATURES = 0x274;

    @Offset("SuiteMask")
    private static final int SUITE_MASK = 0x2D0;

    @Offset("KdDebuggerEnabled")
    private static final int KD_DEBUGGER_ENABLED = 0x2D4;

    @Offset("NumberOfPhysicalPages")
    private static final int NUMBER_OF_PHYSICAL_PAGES = 0x2E8;

    @Offset("QpcFrequency")
    private static final int QPC_FREQUENCY = 0x300;

    @Offset("TickCount")
    private static final int TICK_COUNT = 0x320;

    @Offset("ActiveProcessorCount")
    private static final int ACTIVE_PROCESSOR_COUNT = 0x3C0;

    @Offset("ActiveGroupCount")
    private static final int ACTIVE_GROUP_COUNT = 0x3C4;

    public long tickCountMultiplier() {
        return memory.load32(address + TICK_COUNT_MULTIPLIER);
    }

    public void setTickCountMultiplier(long value) {
        memory.store32(address + TICK_COUNT_MULTIPLIER, value);
    }

    public long interruptTime() {
        return memory.load64(address + INTERRUPT_TIME);
    }

    /**
     * Writes the low part between the two high parts, so that no reader takes halves of two times.
     */
    public void setInterruptTime(long value) {
        memory.store32(address + INTERRUPT_TIME + 8, value >>> 32);
        memory.store64(address + INTERRUPT_TIME, value);
    }

    public long systemTime() {
        return memory.load64(address + SYSTEM_TIME);
    }

    /**
     * Writes the low part between the two high parts, so that no reader takes halves of two times.
     */
    public void setSystemTime(long value) {
        memory.store32(address + SYSTEM_TIME + 8, value >>> 32);
        memory.store64(address + SYSTEM_TIME, value);
    }

    public long timeZoneBias() {
        return memory.load64(address + TIME_ZONE_BIAS);
    }

    /**
     * Writes the low part between the two high parts, so that no reader takes halves of two times.
     */
    public void setTimeZoneBias(long value) {
        memory.store32(address + TIME_ZONE_BIAS + 8, value >>> 32);
        memory.store64(address + TIME_ZONE_BIAS, value);
    }

    public int imageNumberLow() {
        return (int) memory.load16(address + IMAGE_NUMBER_LOW);
    }

    public void setImageNumberLow(int value) {
        memory.store16(address + IMAGE_NUMBER_LOW, value);
    }

    public int imageNumberHigh() {
        return (int) memory.load16(address + IMAGE_NUMBER_HIGH);
    }

    public void setImageNumberHigh(int value) {
        memory.store16(address + IMAGE_NUMBER_HIGH, value);
    }

    /** Address of the embedded structure. */
    public long ntSystemRoot() {
        return address + NT_SYSTEM_ROOT;
    }

    public long ntBuildNumber() {
        return memory.load32(address + NT_BUILD_NUMBER);
    }

    public void setNtBuildNumber(long value) {
        memory.store32(address + NT_BUILD_NUMBER, value);
    }

    public long ntProductType() {
        return memory.load32(address + NT_PRODUCT_TYPE);
    }

    public void setNtProductType(long value) {
        memory.store32(address + NT_PRODUCT_TYPE, value);
    }

    public boolean productTypeIsValid() {
        return memory.load8(address + PRODUCT_TYPE_IS_VALID) != 0;
    }

    public void setProductTypeIsValid(boolean value) {
        memory.store8(address + PRODUCT_TYPE_IS_VALID, value ? 1 : 0);
    }

    public int nativeProcessorArchitecture() {
        return (int) memory.load16(address + NATIVE_PROCESSOR_ARCHITECTURE);
    }

    public void setNativeProcessorArchitecture(int value) {
        memory.store16(address + NATIVE_PROCESSOR_ARCHITECTURE, value);
    }

    public long ntMajorVersion() {
        return memory.load32(address + NT_MAJOR_VERSION);
    }

    public void setNtMajorVersion(long value) {
        memory.store32(address + NT_MAJOR_VERSION, value);
    }

    public long ntMinorVersion() {
        return memory.load32(address + NT_MINOR_VERSION);
    }

    public void setNtMinorVersion(long value) {
        memory.store32(address + NT_MINOR_VERSION, value);
    }

    /** Address of the embedded structure. */
    public long processorFeatures() {
        return address + PROCESSOR_FEATURES;
    }

    public int suiteMask() {
        return (int) memory.load32(address + SUITE_MASK);
    }

    public void setSuiteMask(int value) {
        memory.store32(address + SUITE_MASK, value);
    }

    public int kdDebuggerEnabled() {
        return (int) memory.load8(address + KD_DEBUGGER_ENABLED);
    }

    public void setKdDebuggerEnabled(int value) {
        memory.store8(address + KD_DEBUGGER_ENABLED, value);
    }

    public long numberOfPhysicalPages() {
        return memory.load32(address + NUMBER_OF_PHYSICAL_PAGES);
    }

    public void setNumberOfPhysicalPages(long value) {
        memory.store32(address + NUMBER_OF_PHYSICAL_PAGES, value);
    }

    public long qpcFrequency() {
        return memory.load64(address + QPC_FREQUENCY);
    }

    public void setQpcFrequency(long value) {
        memory.store64(address + QPC_FREQUENCY, value);
    }

    public long tickCount() {
        return memory.load64(address + TICK_COUNT);
    }

    /**
     * Writes the low part between the two high parts, so that no reader takes halves of two times.
     */
    public void setTickCount(long value) {
        memory.store32(address + TICK_COUNT + 8, value >>> 32);
        memory.store64(address + TICK_COUNT, value);
    }

    public long activeProcessorCount() {
        return memory.load32(address + ACTIVE_PROCESSOR_COUNT);
    }

    public void setActiveProcessorCount(long value) {
        memory.store32(address + ACTIVE_PROCESSOR_COUNT, value);
    }

    public int activeGroupCount() {
        return (int) memory.load8(address + ACTIVE_GROUP_COUNT);
    }

    public void setActiveGroupCount(int value) {
        memory.store8(address + ACTIVE_GROUP_COUNT, value);
    }
}
