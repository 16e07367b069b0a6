package dev.dirql.kernel.executive;

import dev.dirql.kernel.structures.Layout;
import dev.dirql.kernel.structures.Offset;
import dev.dirql.kernel.threads.DispatcherHeader;
import dev.dirql.machine.GuestMemory;

/**
 * IO_REMOVE_LOCK of a driver that is not a checked build. Layout of the WDK's wdm.h, x64.
 *
 * <pre>
 * +0x00 Common.Removed  +0x04 Common.IoCount  +0x08 Common.RemoveEvent
 * </pre>
 */
@Layout(name = "IO_REMOVE_LOCK", size = IoRemoveLock.SIZE)
public record IoRemoveLock(GuestMemory memory, long address) {
    public static final int SIZE = 0x20;

    @Offset("Common.Removed")
    private static final int REMOVED = 0x00;

    @Offset("Common.IoCount")
    private static final int COUNT = 0x04;

    @Offset("Common.RemoveEvent")
    private static final int EVENT = 0x08;

    /** Held once, by the device's being there. */
    void initialize() {
        memory.probe(address, SIZE, true);
        memory.store32(address + REMOVED, 0);
        setCount(1);
        event().initialize(DispatcherHeader.SYNCHRONIZATION_EVENT, DispatcherHeader.SIZE, false);
    }

    boolean isRemoved() {
        return memory.load8(address + REMOVED) != 0;
    }

    void setRemoved() {
        memory.store8(address + REMOVED, 1);
    }

    int count() {
        return (int) memory.load32(address + COUNT);
    }

    void setCount(int count) {
        memory.store32(address + COUNT, count);
    }

    /** Set when the last acquisition is released. */
    DispatcherHeader event() {
        return new DispatcherHeader(memory, address + EVENT);
    }
}
