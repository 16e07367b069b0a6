package dev.dirql.kernel.dma;

import dev.dirql.kernel.structures.KDeviceQueue;
import dev.dirql.kernel.structures.Layout;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.kernel.structures.Offset;
import dev.dirql.machine.GuestMemory;

/**
 * A DMA adapter: DMA_ADAPTER of the WDK's wdm.h, and behind it what is private.
 *
 * <pre>
 * +0x000  Version
 * +0x002  Size
 * +0x008  DmaOperations
 * +0x010  map registers of the adapter       +0x014  those that are free
 * +0x018  whether the device does scatter/gather by itself
 * +0x020  queue of device objects for the channel
 * +0x048  wait block that has the channel and waits for map registers, 0 for none
 * +0x050  map register base of the channel's owner, 0 for none
 * +0x058  how many registers the owner has
 * +0x060  list of requests for scatter/gather lists that wait
 * +0x070  how many common buffers are allocated
 * +0x074  how many scatter/gather lists are out
 * +0x078  physical device object
 * +0x080  how many bytes are mapped for transfers and not flushed
 * +0x088  wait block whose AdapterControl routine is running, 0 for none
 * </pre>
 */
@Layout(name = "DMA_ADAPTER", size = Adapter.PUBLIC_BYTES)
record Adapter(GuestMemory memory, long address) {
    static final int BYTES = 0x90;

    /** Bytes of DMA_ADAPTER. */
    static final int PUBLIC_BYTES = 0x10;

    @Offset("Version")
    private static final int VERSION = 0x00;

    @Offset("Size")
    private static final int SIZE = 0x02;

    @Offset("DmaOperations")
    private static final int OPERATIONS = 0x08;

    private static final int REGISTERS = 0x10;
    private static final int FREE = 0x14;
    private static final int SCATTER_GATHER = 0x18;
    static final int CHANNEL_QUEUE = 0x20;
    private static final int WAITER = 0x48;
    private static final int BASE = 0x50;
    private static final int OWNED = 0x58;
    private static final int LISTS_WAITING = 0x60;
    private static final int COMMON_BUFFERS = 0x70;
    private static final int LISTS = 0x74;
    private static final int DEVICE = 0x78;
    private static final int MAPPED = 0x80;
    private static final int RUNNING = 0x88;

    void initialize(long operations, int registers, boolean scatterGather, long device) {
        memory.store16(address + VERSION, 1);
        memory.store16(address + SIZE, PUBLIC_BYTES);
        memory.store64(address + OPERATIONS, operations);
        memory.store32(address + REGISTERS, registers);
        memory.store32(address + FREE, registers);
        memory.store64(address + SCATTER_GATHER, scatterGather ? 1 : 0);
        channel().initialize();
        waitingLists().initializeHead();
        memory.store64(address + DEVICE, device);
        setMapped(0);
        setRunning(0);
    }

    int registers() {
        return (int) memory.load32(address + REGISTERS);
    }

    int free() {
        return (int) memory.load32(address + FREE);
    }

    void setFree(int count) {
        memory.store32(address + FREE, count);
    }

    boolean scatterGather() {
        return memory.load64(address + SCATTER_GATHER) != 0;
    }

    KDeviceQueue channel() {
        return new KDeviceQueue(memory, address + CHANNEL_QUEUE);
    }

    long waiter() {
        return memory.load64(address + WAITER);
    }

    void setWaiter(long block) {
        memory.store64(address + WAITER, block);
    }

    long base() {
        return memory.load64(address + BASE);
    }

    int owned() {
        return (int) memory.load32(address + OWNED);
    }

    void setOwner(long base, int count) {
        memory.store64(address + BASE, base);
        memory.store32(address + OWNED, count);
    }

    ListEntry waitingLists() {
        return new ListEntry(memory, address + LISTS_WAITING);
    }

    int commonBuffers() {
        return (int) memory.load32(address + COMMON_BUFFERS);
    }

    void setCommonBuffers(int count) {
        memory.store32(address + COMMON_BUFFERS, count);
    }

    int lists() {
        return (int) memory.load32(address + LISTS);
    }

    void setLists(int count) {
        memory.store32(address + LISTS, count);
    }

    long mapped() {
        return memory.load64(address + MAPPED);
    }

    void setMapped(long bytes) {
        memory.store64(address + MAPPED, bytes);
    }

    long running() {
        return memory.load64(address + RUNNING);
    }

    void setRunning(long block) {
        memory.store64(address + RUNNING, block);
    }

    /** What stands for the map registers of a device that needs none. */
    long token() {
        return address + PUBLIC_BYTES;
    }
}
