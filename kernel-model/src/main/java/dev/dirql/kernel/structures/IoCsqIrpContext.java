package dev.dirql.kernel.structures;

import dev.dirql.machine.GuestMemory;

/**
 * What a driver keeps of a packet in a cancel-safe queue. WDK, wdm.h.
 *
 * <pre>
 * +0x000  Type
 * +0x008  Irp
 * +0x010  Csq
 * </pre>
 */
@Layout(name = "IO_CSQ_IRP_CONTEXT", size = IoCsqIrpContext.BYTES)
public record IoCsqIrpContext(GuestMemory memory, long address) {
    /** Bytes of the structure. */
    public static final int BYTES = 0x18;

    public static final int IO_TYPE_CSQ_IRP_CONTEXT = 1;

    @Offset("Type")
    private static final int TYPE = 0x0;

    @Offset("Irp")
    private static final int IRP = 0x8;

    @Offset("Csq")
    private static final int CSQ = 0x10;

    public int type() {
        return (int) memory.load32(address + TYPE);
    }

    public long irp() {
        return memory.load64(address + IRP);
    }

    public void setIrp(long value) {
        memory.store64(address + IRP, value);
    }

    public long csq() {
        return memory.load64(address + CSQ);
    }

    /** Fills in all of it. */
    public void initialize(long irp, long csq) {
        memory.store32(address + TYPE, IO_TYPE_CSQ_IRP_CONTEXT);
        setIrp(irp);
        memory.store64(address + CSQ, csq);
    }
}
