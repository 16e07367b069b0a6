package dev.dirql.kernel.structures;

import dev.dirql.machine.GuestMemory;

/**
 * A DRIVER_OBJECT: a loaded driver, with its entry points. WDK, wdm.h.
 *
 * <pre>
 * +0x000  Type
 * +0x002  Size
 * +0x008  DeviceObject
 * +0x010  Flags
 * +0x018  DriverStart
 * +0x020  DriverSize
 * +0x028  DriverSection
 * +0x030  DriverExtension
 * +0x038  DriverName
 * +0x048  HardwareDatabase
 * +0x050  FastIoDispatch
 * +0x058  DriverInit
 * +0x060  DriverStartIo
 * +0x068  DriverUnload
 * +0x070  MajorFunction
 * </pre>
 */
@Layout(name = "DRIVER_OBJECT", size = DriverObject.BYTES)
public record DriverObject(GuestMemory memory, long address) {
    /** Bytes of the structure. */
    public static final int BYTES = 0x150;

    /** What {@link #type} holds in every driver object. */
    public static final int IO_TYPE_DRIVER = 4;

    @Offset("Type")
    private static final int TYPE = 0x0;

    @Offset("Size")
    private static final int SIZE = 0x2;

    @Offset("DeviceObject")
    private static final int DEVICE_OBJECT = 0x8;

    @Offset("Flags")
    private static final int FLAGS = 0x10;

    @Offset("DriverStart")
    private static final int DRIVER_START = 0x18;

    @Offset("DriverSize")
    private static final int DRIVER_SIZE = 0x20;

    @Offset("DriverSection")
    private static final int DRIVER_SECTION = 0x28;

    @Offset("DriverExtension")
    private static final int DRIVER_EXTENSION = 0x30;

    @Offset("DriverName")
    private static final int DRIVER_NAME = 0x38;

    @Offset("HardwareDatabase")
    private static final int HARDWARE_DATABASE = 0x48;

    @Offset("FastIoDispatch")
    private static final int FAST_IO_DISPATCH = 0x50;

    @Offset("DriverInit")
    private static final int DRIVER_INIT = 0x58;

    @Offset("DriverStartIo")
    private static final int DRIVER_START_IO = 0x60;

    @Offset("DriverUnload")
    private static final int DRIVER_UNLOAD = 0x68;

    @Offset("MajorFunction")
    private static final int MAJOR_FUNCTION = 0x70;

    public int type() {
        return (short) memory.load16(address + TYPE);
    }

    public void setType(int value) {
        memory.store16(address + TYPE, value);
    }

    public int size() {
        return (short) memory.load16(address + SIZE);
    }

    public void setSize(int value) {
        memory.store16(address + SIZE, value);
    }

    public long deviceObject() {
        return memory.load64(address + DEVICE_OBJECT);
    }

    public void setDeviceObject(long value) {
        memory.store64(address + DEVICE_OBJECT, value);
    }

    public int flags() {
        return (int) memory.load32(address + FLAGS);
    }

    public void setFlags(int value) {
        memory.store32(address + FLAGS, value);
    }

    public long driverStart() {
        return memory.load64(address + DRIVER_START);
    }

    public void setDriverStart(long value) {
        memory.store64(address + DRIVER_START, value);
    }

    public long driverSize() {
        return memory.load32(address + DRIVER_SIZE);
    }

    public void setDriverSize(long value) {
        memory.store32(address + DRIVER_SIZE, value);
    }

    public long driverSection() {
        return memory.load64(address + DRIVER_SECTION);
    }

    public void setDriverSection(long value) {
        memory.store64(address + DRIVER_SECTION, value);
    }

    public long driverExtension() {
        return memory.load64(address + DRIVER_EXTENSION);
    }

    public void setDriverExtension(long value) {
        memory.store64(address + DRIVER_EXTENSION, value);
    }

    public UnicodeString driverName() {
        return new UnicodeString(memory, address + DRIVER_NAME);
    }

    public long hardwareDatabase() {
        return memory.load64(address + HARDWARE_DATABASE);
    }

    public void setHardwareDatabase(long value) {
        memory.store64(address + HARDWARE_DATABASE, value);
    }

    public long fastIoDispatch() {
        return memory.load64(address + FAST_IO_DISPATCH);
    }

    public void setFastIoDispatch(long value) {
        memory.store64(address + FAST_IO_DISPATCH, value);
    }

    public long driverInit() {
        return memory.load64(address + DRIVER_INIT);
    }

    public void setDriverInit(long value) {
        memory.store64(address + DRIVER_INIT, value);
    }

    public long driverStartIo() {
        return memory.load64(address + DRIVER_START_IO);
    }

    public void setDriverStartIo(long value) {
        memory.store64(address + DRIVER_START_IO, value);
    }

    public long driverUnload() {
        return memory.load64(address + DRIVER_UNLOAD);
    }

    public void setDriverUnload(long value) {
        memory.store64(address + DRIVER_UNLOAD, value);
    }

    public long majorFunction(int index) {
        return memory.load64(address + MAJOR_FUNCTION + 8L * index);
    }

    public void setMajorFunction(int index, long value) {
        memory.store64(address + MAJOR_FUNCTION + 8L * index, value);
    }
}
