package dev.dirql.kernel.timers;

import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.machine.GuestMemory;

/**
 * IO_TIMER: the timer of a device object, private to NT.
 *
 * <pre>
 * +0x00 Type  +0x02 TimerFlag  +0x08 TimerList  +0x18 TimerRoutine  +0x20 Context
 * +0x28 DeviceObject
 * </pre>
 */
record IoTimer(GuestMemory memory, long address) {
    static final int SIZE = 0x30;

    private static final int IO_TYPE_TIMER = 9;
    private static final int FLAG = 0x02;
    private static final int LIST = 0x08;
    private static final int ROUTINE = 0x18;
    private static final int CONTEXT = 0x20;
    private static final int DEVICE = 0x28;

    void initialize(long device) {
        memory.store16(address, IO_TYPE_TIMER);
        setStarted(false);
        new ListEntry(memory, address + LIST).initializeHead();
        memory.store64(address + DEVICE, device);
    }

    boolean isStarted() {
        return memory.load16(address + FLAG) != 0;
    }

    void setStarted(boolean started) {
        memory.store16(address + FLAG, started ? 1 : 0);
    }

    long routine() {
        return memory.load64(address + ROUTINE);
    }

    long context() {
        return memory.load64(address + CONTEXT);
    }

    void setRoutine(long routine, long context) {
        memory.store64(address + ROUTINE, routine);
        memory.store64(address + CONTEXT, context);
    }

    long device() {
        return memory.load64(address + DEVICE);
    }
}
