package dev.dirql.kernel.threads;

import dev.dirql.kernel.structures.Layout;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.kernel.structures.Offset;
import dev.dirql.machine.GuestMemory;

/**
 * DISPATCHER_HEADER: what every object begins with that can be waited for. Layout of the WDK's
 * wdm.h, x64.
 *
 * <pre>
 * +0x00 Type  +0x01 (by type)  +0x02 Size (in units of four bytes)  +0x04 SignalState
 * +0x08 WaitListHead
 * </pre>
 */
@Layout(name = "DISPATCHER_HEADER", size = DispatcherHeader.SIZE)
public record DispatcherHeader(GuestMemory memory, long address) {
    public static final int SIZE = 0x18;

    /** Values of Type. */
    public static final int NOTIFICATION_EVENT = 0;

    public static final int SYNCHRONIZATION_EVENT = 1;
    public static final int MUTANT = 2;
    public static final int PROCESS = 3;
    public static final int SEMAPHORE = 5;
    public static final int THREAD = 6;
    public static final int NOTIFICATION_TIMER = 8;
    public static final int SYNCHRONIZATION_TIMER = 9;

    /** Those of the timers that ExAllocateTimer makes. */
    public static final int NOTIFICATION_TIMER_2 = 0x18;

    public static final int SYNCHRONIZATION_TIMER_2 = 0x19;

    @Offset("Size")
    private static final int OBJECT_SIZE = 0x02;

    @Offset("SignalState")
    private static final int SIGNAL_STATE = 0x04;

    @Offset("WaitListHead")
    private static final int WAIT_LIST = 0x08;

    public void initialize(int type, int objectSize, boolean signaled) {
        memory.probe(address, SIZE, true);
        memory.store8(address, type);
        memory.store8(address + 1, 0);
        memory.store16(address + OBJECT_SIZE, (objectSize / 4) & 0xFF);
        setSignaled(signaled);
        waitList().initializeHead();
    }

    public int type() {
        return (int) memory.load8(address) & 0x7F;
    }

    /** The type in words, for events. */
    public String kind() {
        return switch (type()) {
            case NOTIFICATION_EVENT -> "notification event";
            case SYNCHRONIZATION_EVENT -> "synchronization event";
            case MUTANT -> "mutex";
            case PROCESS -> "process";
            case SEMAPHORE -> "semaphore";
            case THREAD -> "thread";
            case NOTIFICATION_TIMER, NOTIFICATION_TIMER_2 -> "notification timer";
            case SYNCHRONIZATION_TIMER, SYNCHRONIZATION_TIMER_2 -> "synchronization timer";
            default -> "object of type " + type();
        };
    }

    /** Whether a wait that it satisfies resets it, so that it releases one thread only. */
    boolean isSynchronization() {
        return switch (type()) {
            case SYNCHRONIZATION_EVENT, SYNCHRONIZATION_TIMER, SYNCHRONIZATION_TIMER_2 -> true;
            default -> false;
        };
    }

    public boolean isSignaled() {
        return (int) memory.load32(address + SIGNAL_STATE) > 0;
    }

    public int signalState() {
        return (int) memory.load32(address + SIGNAL_STATE);
    }

    public void setSignaled(boolean signaled) {
        setSignalState(signaled ? 1 : 0);
    }

    void setSignalState(int state) {
        memory.store32(address + SIGNAL_STATE, state);
    }

    /** The byte behind Type, whose meaning depends on the type. */
    int second() {
        return (int) memory.load8(address + 1) & 0xFF;
    }

    void setSecond(int value) {
        memory.store8(address + 1, value);
    }

    /** Head of the list of KWAIT_BLOCKs of those who wait. */
    public ListEntry waitList() {
        return new ListEntry(memory, address + WAIT_LIST);
    }
}
