package dev.dirql.kernel.structures;

import dev.dirql.machine.GuestMemory;

/**
 * A queue of requests for a device that does one at a time. WDK, wdm.h.
 *
 * <pre>
 * +0x000  Type
 * +0x002  Size
 * +0x008  DeviceListHead
 * +0x018  Lock
 * +0x020  Busy
 * </pre>
 */
@Layout(name = "KDEVICE_QUEUE", size = KDeviceQueue.BYTES)
public record KDeviceQueue(GuestMemory memory, long address) {
    /** Bytes of the structure. */
    public static final int BYTES = 0x28;

    private static final int TYPE_DEVICE_QUEUE = 20;

    @Offset("Type")
    private static final int TYPE = 0x0;

    @Offset("Size")
    private static final int SIZE = 0x2;

    @Offset("DeviceListHead")
    private static final int DEVICE_LIST_HEAD = 0x8;

    /** Offset of the KSPIN_LOCK that every change of the queue is made under. */
    @Offset("Lock")
    public static final int LOCK = 0x18;

    @Offset("Busy")
    private static final int BUSY = 0x20;

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

    public ListEntry deviceListHead() {
        return new ListEntry(memory, address + DEVICE_LIST_HEAD);
    }

    /** Address of the embedded structure. */
    public long lock() {
        return address + LOCK;
    }

    public boolean busy() {
        return memory.load8(address + BUSY) != 0;
    }

    public void setBusy(boolean value) {
        memory.store8(address + BUSY, value ? 1 : 0);
    }

    /** What KeInitializeDeviceQueue leaves: empty and not busy. */
    public void initialize() {
        setType(TYPE_DEVICE_QUEUE);
        setSize(BYTES);
        deviceListHead().initializeHead();
        memory.store64(lock(), 0);
        memory.store64(address + BUSY, 0);
    }
}
