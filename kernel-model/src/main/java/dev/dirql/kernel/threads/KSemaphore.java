package dev.dirql.kernel.threads;

import dev.dirql.kernel.structures.Layout;
import dev.dirql.kernel.structures.Offset;
import dev.dirql.machine.GuestMemory;

/**
 * KSEMAPHORE. Layout of the WDK's wdm.h, x64. SignalState is the count.
 *
 * <pre>
 * +0x00 Header  +0x18 Limit
 * </pre>
 */
@Layout(name = "KSEMAPHORE", size = KSemaphore.SIZE)
public record KSemaphore(GuestMemory memory, long address) {
    public static final int SIZE = 0x20;

    @Offset("Limit")
    private static final int LIMIT = 0x18;

    void initialize(int count, int limit) {
        memory.probe(address, SIZE, true);
        header().initialize(DispatcherHeader.SEMAPHORE, SIZE, false);
        header().setSignalState(count);
        memory.store32(address + LIMIT, limit);
    }

    DispatcherHeader header() {
        return new DispatcherHeader(memory, address);
    }

    int limit() {
        return (int) memory.load32(address + LIMIT);
    }
}
