package dev.dirql.kernel.structures;

import dev.dirql.machine.GuestMemory;

/**
 * A cancel-safe queue: the routines of a driver that keep it. WDK, wdm.h.
 *
 * <pre>
 * +0x000  Type
 * +0x008  CsqInsertIrp
 * +0x010  CsqRemoveIrp
 * +0x018  CsqPeekNextIrp
 * +0x020  CsqAcquireLock
 * +0x028  CsqReleaseLock
 * +0x030  CsqCompleteCanceledIrp
 * +0x038  ReservePointer
 * </pre>
 */
@Layout(name = "IO_CSQ", size = IoCsq.BYTES)
public record IoCsq(GuestMemory memory, long address) {
    /** Bytes of the structure. */
    public static final int BYTES = 0x40;

    /** Type of a queue, and of one whose insert routine answers with a status. */
    public static final int IO_TYPE_CSQ = 2;

    public static final int IO_TYPE_CSQ_EX = 3;

    @Offset("Type")
    private static final int TYPE = 0x0;

    @Offset("CsqInsertIrp")
    private static final int INSERT_IRP = 0x8;

    @Offset("CsqRemoveIrp")
    private static final int REMOVE_IRP = 0x10;

    @Offset("CsqPeekNextIrp")
    private static final int PEEK_NEXT_IRP = 0x18;

    @Offset("CsqAcquireLock")
    private static final int ACQUIRE_LOCK = 0x20;

    @Offset("CsqReleaseLock")
    private static final int RELEASE_LOCK = 0x28;

    @Offset("CsqCompleteCanceledIrp")
    private static final int COMPLETE_CANCELED_IRP = 0x30;

    @Offset("ReservePointer")
    private static final int RESERVE_POINTER = 0x38;

    public int type() {
        return (int) memory.load32(address + TYPE);
    }

    public void setType(int value) {
        memory.store32(address + TYPE, value);
    }

    public long insertIrp() {
        return memory.load64(address + INSERT_IRP);
    }

    public long removeIrp() {
        return memory.load64(address + REMOVE_IRP);
    }

    public long peekNextIrp() {
        return memory.load64(address + PEEK_NEXT_IRP);
    }

    public long acquireLock() {
        return memory.load64(address + ACQUIRE_LOCK);
    }

    public long releaseLock() {
        return memory.load64(address + RELEASE_LOCK);
    }

    public long completeCanceledIrp() {
        return memory.load64(address + COMPLETE_CANCELED_IRP);
    }

    /** Fills in all of it. */
    public void initialize(
            int type, long insert, long remove, long peek, long acquire, long release, long done) {
        setType(type);
        memory.store64(address + INSERT_IRP, insert);
        memory.store64(address + REMOVE_IRP, remove);
        memory.store64(address + PEEK_NEXT_IRP, peek);
        memory.store64(address + ACQUIRE_LOCK, acquire);
        memory.store64(address + RELEASE_LOCK, release);
        memory.store64(address + COMPLETE_CANCELED_IRP, done);
        memory.store64(address + RESERVE_POINTER, 0);
    }
}
