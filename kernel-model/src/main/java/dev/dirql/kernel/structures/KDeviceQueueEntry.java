package dev.dirql.kernel.structures;

import dev.dirql.machine.GuestMemory;

/**
 * A request in a device queue; in an IRP it lies over the driver context. WDK, wdm.h.
 *
 * <pre>
 * +0x000  DeviceListEntry
 * +0x010  SortKey
 * +0x014  Inserted
 * </pre>
 */
@Layout(name = "KDEVICE_QUEUE_ENTRY", size = KDeviceQueueEntry.BYTES)
public record KDeviceQueueEntry(GuestMemory memory, long address) {
    /** Bytes of the structure. */
    public static final int BYTES = 0x18;

    @Offset("DeviceListEntry")
    private static final int DEVICE_LIST_ENTRY = 0x0;

    @Offset("SortKey")
    private static final int SORT_KEY = 0x10;

    @Offset("Inserted")
    private static final int INSERTED = 0x14;

    public ListEntry deviceListEntry() {
        return new ListEntry(memory, address + DEVICE_LIST_ENTRY);
    }

    public long sortKey() {
        return memory.load32(address + SORT_KEY);
    }

    public void setSortKey(long value) {
        memory.store32(address + SORT_KEY, value);
    }

    public boolean inserted() {
        return memory.load8(address + INSERTED) != 0;
    }

    public void setInserted(boolean value) {
        memory.store8(address + INSERTED, value ? 1 : 0);
    }
}
