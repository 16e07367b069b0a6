package dev.dirql.kernel.interrupts;

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
record ConnectParameters(GuestMemory memory, long address) {
    static final int SIZE = 0x50;

    static final int FULLY_SPECIFIED = 1;
    static final int LINE_BASED = 2;
    static final int MESSAGE_BASED = 3;
    static final int FULLY_SPECIFIED_GROUP = 4;

    int version() {
        return (int) memory.load32(address);
    }

    void setVersion(int version) {
        memory.store32(address, version);
    }

    long physicalDeviceObject() {
        return memory.load64(address + 0x08);
    }

    /** Where the interrupt object, or the message table, is to be told. */
    long contextPointer() {
        return memory.load64(address + 0x10);
    }

    long serviceRoutine() {
        return memory.load64(address + 0x18);
    }

    long serviceContext() {
        return memory.load64(address + 0x20);
    }

    long spinLock() {
        return memory.load64(address + 0x28);
    }

    int synchronizeIrql() {
        return (int) memory.load8(address + 0x30) & 0xFF;
    }

    boolean floatingSave() {
        return memory.load8(address + 0x31) != 0;
    }

    boolean shareVector() {
        return memory.load8(address + 0x32) != 0;
    }

    int vector() {
        return (int) memory.load32(address + 0x34);
    }

    int irql() {
        return (int) memory.load8(address + 0x38) & 0xFF;
    }

    long fallBackServiceRoutine() {
        return memory.load64(address + 0x38);
    }

    int interruptMode() {
        return (int) memory.load32(address + 0x3C);
    }

    long processorEnableMask() {
        return memory.load64(address + 0x40);
    }

    int group() {
        return (int) memory.load16(address + 0x48) & 0xFFFF;
    }
}
