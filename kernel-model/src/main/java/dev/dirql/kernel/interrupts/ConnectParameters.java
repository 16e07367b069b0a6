package dev.dirql.kernel.interrupts;

import dev.dirql.kernel.structures.Layout;
import dev.dirql.kernel.structures.Offset;
import dev.dirql.machine.GuestMemory;

/**
 * IO_CONNECT_INTERRUPT_PARAMETERS: what a driver asks IoConnectInterruptEx for. WDK, wdm.h, x64.
 * Behind Version lies a union, whose members begin alike.
 *
 * <pre>
 *         FullySpecified        LineBased             MessageBased
 * +0x00   Version
 * +0x08   PhysicalDeviceObject  PhysicalDeviceObject  PhysicalDeviceObject
 * +0x10   InterruptObject       InterruptObject       ConnectionContext
 * +0x18   ServiceRoutine        ServiceRoutine        MessageServiceRoutine
 * +0x20   ServiceContext        ServiceContext        ServiceContext
 * +0x28   SpinLock              SpinLock              SpinLock
 * +0x30   SynchronizeIrql       SynchronizeIrql       SynchronizeIrql
 * +0x31   FloatingSave          FloatingSave          FloatingSave
 * +0x32   ShareVector
 * +0x34   Vector
 * +0x38   Irql                                        FallBackServiceRoutine
 * +0x3C   InterruptMode
 * +0x40   ProcessorEnableMask
 * +0x48   Group
 * </pre>
 */
@Layout(name = "IO_CONNECT_INTERRUPT_PARAMETERS", size = ConnectParameters.SIZE)
record ConnectParameters(GuestMemory memory, long address) {
    static final int SIZE = 0x50;

    @Offset("Version")
    private static final int VERSION = 0x00;

    @Offset({
        "FullySpecified.PhysicalDeviceObject",
        "LineBased.PhysicalDeviceObject",
        "MessageBased.PhysicalDeviceObject"
    })
    private static final int PHYSICAL_DEVICE_OBJECT = 0x08;

    @Offset({
        "FullySpecified.InterruptObject",
        "LineBased.InterruptObject",
        "MessageBased.ConnectionContext"
    })
    private static final int CONTEXT = 0x10;

    @Offset({
        "FullySpecified.ServiceRoutine",
        "LineBased.ServiceRoutine",
        "MessageBased.MessageServiceRoutine"
    })
    private static final int SERVICE_ROUTINE = 0x18;

    @Offset({
        "FullySpecified.ServiceContext",
        "LineBased.ServiceContext",
        "MessageBased.ServiceContext"
    })
    private static final int SERVICE_CONTEXT = 0x20;

    @Offset({"FullySpecified.SpinLock", "LineBased.SpinLock", "MessageBased.SpinLock"})
    private static final int SPIN_LOCK = 0x28;

    @Offset({
        "FullySpecified.SynchronizeIrql",
        "LineBased.SynchronizeIrql",
        "MessageBased.SynchronizeIrql"
    })
    private static final int SYNCHRONIZE_IRQL = 0x30;

    @Offset({"FullySpecified.FloatingSave", "LineBased.FloatingSave", "MessageBased.FloatingSave"})
    private static final int FLOATING_SAVE = 0x31;

    @Offset("FullySpecified.ShareVector")
    private static final int SHARE_VECTOR = 0x32;

    @Offset("FullySpecified.Vector")
    private static final int VECTOR = 0x34;

    @Offset("FullySpecified.Irql")
    private static final int IRQL = 0x38;

    @Offset("MessageBased.FallBackServiceRoutine")
    private static final int FALL_BACK = 0x38;

    @Offset("FullySpecified.InterruptMode")
    private static final int INTERRUPT_MODE = 0x3C;

    @Offset("FullySpecified.ProcessorEnableMask")
    private static final int PROCESSOR_ENABLE_MASK = 0x40;

    @Offset("FullySpecified.Group")
    private static final int GROUP = 0x48;

    static final int FULLY_SPECIFIED = 1;
    static final int LINE_BASED = 2;
    static final int MESSAGE_BASED = 3;
    static final int FULLY_SPECIFIED_GROUP = 4;

    int version() {
        return (int) memory.load32(address + VERSION);
    }

    void setVersion(int version) {
        memory.store32(address + VERSION, version);
    }

    long physicalDeviceObject() {
        return memory.load64(address + PHYSICAL_DEVICE_OBJECT);
    }

    /** Where the interrupt object, or the message table, is to be told. */
    long contextPointer() {
        return memory.load64(address + CONTEXT);
    }

    long serviceRoutine() {
        return memory.load64(address + SERVICE_ROUTINE);
    }

    long serviceContext() {
        return memory.load64(address + SERVICE_CONTEXT);
    }

    long spinLock() {
        return memory.load64(address + SPIN_LOCK);
    }

    int synchronizeIrql() {
        return (int) memory.load8(address + SYNCHRONIZE_IRQL) & 0xFF;
    }

    boolean floatingSave() {
        return memory.load8(address + FLOATING_SAVE) != 0;
    }

    boolean shareVector() {
        return memory.load8(address + SHARE_VECTOR) != 0;
    }

    int vector() {
        return (int) memory.load32(address + VECTOR);
    }

    int irql() {
        return (int) memory.load8(address + IRQL) & 0xFF;
    }

    long fallBackServiceRoutine() {
        return memory.load64(address + FALL_BACK);
    }

    int interruptMode() {
        return (int) memory.load32(address + INTERRUPT_MODE);
    }

    long processorEnableMask() {
        return memory.load64(address + PROCESSOR_ENABLE_MASK);
    }

    int group() {
        return (int) memory.load16(address + GROUP) & 0xFFFF;
    }
}
