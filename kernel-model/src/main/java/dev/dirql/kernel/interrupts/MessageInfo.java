package dev.dirql.kernel.interrupts;

import dev.dirql.machine.GuestMemory;

/**
 * IO_INTERRUPT_MESSAGE_INFO: the messages of a device, as IoConnectInterruptEx tells of them. WDK,
 * wdm.h, x64.
 *
 * <pre>
 * +0x00  UnifiedIrql   +0x04  MessageCount   +0x08  MessageInfo, for each message:
 *        +0x00 MessageAddress  +0x08 TargetProcessorSet  +0x10 InterruptObject
 *        +0x18 MessageData     +0x1C Vector              +0x20 Irql
 *        +0x24 Mode            +0x28 Polarity
 * </pre>
 */
record MessageInfo(GuestMemory memory, long address) {
    private static final int ENTRIES = 0x08;
    private static final int ENTRY_BYTES = 0x30;
    private static final int ACTIVE_HIGH = 1;

    static int size(int messages) {
        return ENTRIES + ENTRY_BYTES * messages;
    }

    void initialize(int unifiedIrql, int count) {
        memory.store64(address, 0);
        memory.store8(address, unifiedIrql);
        memory.store32(address + 4, count);
    }

    void set(int index, InterruptDevice.Message message, long to, KInterrupt interrupt) {
        long at = address + ENTRIES + (long) ENTRY_BYTES * index;
        memory.store64(at, to);
        memory.store64(at + 0x08, message.affinity());
        memory.store64(at + 0x10, interrupt.address());
        memory.store32(at + 0x18, message.data());
        memory.store32(at + 0x1C, message.vector());
        memory.store32(at + 0x20, message.irql());
        memory.store32(at + 0x24, KInterrupt.LATCHED);
        memory.store64(at + 0x28, ACTIVE_HIGH);
    }
}
