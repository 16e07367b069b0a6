package dev.dirql.kernel.interrupts;

import dev.dirql.kernel.structures.Layout;
import dev.dirql.kernel.structures.Offset;
import dev.dirql.machine.GuestMemory;

/**
 * IO_INTERRUPT_MESSAGE_INFO: the messages of a device, as IoConnectInterruptEx tells of them. WDK,
 * wdm.h, x64.
 *
 * <pre>
 * +0x00  UnifiedIrql   +0x04  MessageCount   +0x08  MessageInfo, 0x30 bytes for each message:
 *        +0x08 MessageAddress  +0x10 TargetProcessorSet  +0x18 InterruptObject
 *        +0x20 MessageData     +0x24 Vector              +0x28 Irql
 *        +0x2C Mode            +0x30 Polarity
 * </pre>
 */
@Layout(name = "IO_INTERRUPT_MESSAGE_INFO", size = MessageInfo.ENTRIES + MessageInfo.ENTRY_BYTES)
record MessageInfo(GuestMemory memory, long address) {
    @Offset("UnifiedIrql")
    private static final int UNIFIED_IRQL = 0x00;

    @Offset("MessageCount")
    private static final int MESSAGE_COUNT = 0x04;

    @Offset("MessageInfo[0]")
    static final int ENTRIES = 0x08;

    static final int ENTRY_BYTES = 0x30;

    @Offset("MessageInfo[0].MessageAddress")
    private static final int MESSAGE_ADDRESS = 0x08;

    @Offset("MessageInfo[0].TargetProcessorSet")
    private static final int TARGET_PROCESSOR_SET = 0x10;

    @Offset("MessageInfo[0].InterruptObject")
    private static final int INTERRUPT_OBJECT = 0x18;

    @Offset("MessageInfo[0].MessageData")
    private static final int MESSAGE_DATA = 0x20;

    @Offset("MessageInfo[0].Vector")
    private static final int VECTOR = 0x24;

    @Offset("MessageInfo[0].Irql")
    private static final int IRQL = 0x28;

    @Offset("MessageInfo[0].Mode")
    private static final int MODE = 0x2C;

    @Offset("MessageInfo[0].Polarity")
    private static final int POLARITY = 0x30;

    private static final int ACTIVE_HIGH = 1;

    static int size(int messages) {
        return ENTRIES + ENTRY_BYTES * messages;
    }

    void initialize(int unifiedIrql, int count) {
        memory.store64(address, 0);
        memory.store8(address + UNIFIED_IRQL, unifiedIrql);
        memory.store32(address + MESSAGE_COUNT, count);
    }

    void set(int index, InterruptDevice.Message message, long to, KInterrupt interrupt) {
        long at = address + (long) ENTRY_BYTES * index;
        memory.store64(at + MESSAGE_ADDRESS, to);
        memory.store64(at + TARGET_PROCESSOR_SET, message.affinity());
        memory.store64(at + INTERRUPT_OBJECT, interrupt.address());
        memory.store32(at + MESSAGE_DATA, message.data());
        memory.store32(at + VECTOR, message.vector());
        memory.store32(at + IRQL, message.irql());
        memory.store32(at + MODE, KInterrupt.LATCHED);
        // With the gap behind it.
        memory.store64(at + POLARITY, ACTIVE_HIGH);
    }
}
