package dev.dirql.kernel.structures;

import dev.dirql.machine.GuestMemory;

/**
 * The public part of a DRIVER_EXTENSION, which belongs to a driver object. WDK, wdm.h.
 *
 * <pre>
 * +0x000  DriverObject
 * +0x008  AddDevice
 * +0x010  Count
 * +0x018  ServiceKeyName
 * </pre>
 */
@Layout(name = "DRIVER_EXTENSION", size = DriverExtension.BYTES)
public record DriverExtension(GuestMemory memory, long address) {
    /** Bytes of the structure. */
    public static final int BYTES = 0x28;

    @Offset("DriverObject")
    private static final int DRIVER_OBJECT = 0x0;

    @Offset("AddDevice")
    private static final int ADD_DEVICE = 0x8;

    @Offset("Count")
    private static final int COUNT = 0x10;

    @Offset("ServiceKeyName")
    private static final int SERVICE_KEY_NAME = 0x18;

    public long driverObject() {
        return memory.load64(address + DRIVER_OBJECT);
    }

    public void setDriverObject(long value) {
        memory.store64(address + DRIVER_OBJECT, value);
    }

    public long addDevice() {
        return memory.load64(address + ADD_DEVICE);
    }

    public void setAddDevice(long value) {
        memory.store64(address + ADD_DEVICE, value);
    }

    public long count() {
        return memory.load32(address + COUNT);
    }

    public void setCount(long value) {
        memory.store32(address + COUNT, value);
    }

    public UnicodeString serviceKeyName() {
        return new UnicodeString(memory, address + SERVICE_KEY_NAME);
    }
}
