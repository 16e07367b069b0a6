package dev.dirql.kernel.dpcs;

import dev.dirql.kernel.structures.Layout;
import dev.dirql.kernel.structures.Offset;
import dev.dirql.machine.GuestMemory;

/**
 * KDPC: a DPC object. Layout of the WDK's wdm.h, x64.
 *
 * <pre>
 * +0x00 Type  +0x01 Importance  +0x02 Number   +0x08 DpcListEntry.Next   +0x10 ProcessorHistory
 * +0x18 DeferredRoutine         +0x20 DeferredContext
 * +0x28 SystemArgument1         +0x30 SystemArgument2                    +0x38 DpcData
 * </pre>
 */
@Layout(name = "KDPC", size = KDpc.SIZE)
public record KDpc(GuestMemory memory, long address) {
    public static final int SIZE = 0x40;

    /** Values of Importance: the KDPC_IMPORTANCE of the WDK. */
    public static final int LOW = 0;

    public static final int MEDIUM = 1;
    public static final int HIGH = 2;
    public static final int MEDIUM_HIGH = 3;

    private static final int TYPE_DPC = 0x13;
    private static final int TYPE_THREADED_DPC = 0x1A;
    private static final int TARGETED = 0x800;

    @Offset("Importance")
    private static final int IMPORTANCE = 0x01;

    @Offset("Number")
    private static final int NUMBER = 0x02;

    @Offset("DpcListEntry")
    private static final int LIST_ENTRY = 0x08;

    private static final int PROCESSOR_HISTORY = 0x10;

    @Offset("DeferredRoutine")
    private static final int DEFERRED_ROUTINE = 0x18;

    @Offset("DeferredContext")
    private static final int DEFERRED_CONTEXT = 0x20;

    @Offset("SystemArgument1")
    private static final int SYSTEM_ARGUMENT_1 = 0x28;

    @Offset("SystemArgument2")
    private static final int SYSTEM_ARGUMENT_2 = 0x30;

    @Offset("DpcData")
    private static final int DPC_DATA = 0x38;

    /** Offset of the list entry that queues link. */
    static final int ENTRY = LIST_ENTRY;

    public void initialize(long routine, long context) {
        initialize(TYPE_DPC, routine, context);
    }

    /** Makes it one that may run in a thread. */
    void initializeThreaded(long routine, long context) {
        initialize(TYPE_THREADED_DPC, routine, context);
    }

    private void initialize(int type, long routine, long context) {
        memory.probe(address, SIZE, true);
        memory.store8(address, type);
        memory.store8(address + IMPORTANCE, MEDIUM);
        memory.store16(address + NUMBER, 0);
        memory.store64(address + DEFERRED_ROUTINE, routine);
        memory.store64(address + DEFERRED_CONTEXT, context);
        memory.store64(address + PROCESSOR_HISTORY, 0);
        memory.store64(address + DPC_DATA, 0);
    }

    public boolean isDpc() {
        return memory.load8(address) == TYPE_DPC || isThreaded();
    }

    public boolean isThreaded() {
        return memory.load8(address) == TYPE_THREADED_DPC;
    }

    public int importance() {
        return (int) memory.load8(address + IMPORTANCE);
    }

    public void setImportance(int importance) {
        memory.store8(address + IMPORTANCE, importance);
    }

    /** The processor it is bound to, or -1. */
    public int target() {
        int number = (int) memory.load16(address + NUMBER);
        return number < TARGETED ? -1 : number - TARGETED;
    }

    public void setTarget(int processor) {
        memory.store16(address + NUMBER, TARGETED + processor);
    }

    public long deferredRoutine() {
        return memory.load64(address + DEFERRED_ROUTINE);
    }

    public long deferredContext() {
        return memory.load64(address + DEFERRED_CONTEXT);
    }

    public long systemArgument1() {
        return memory.load64(address + SYSTEM_ARGUMENT_1);
    }

    public long systemArgument2() {
        return memory.load64(address + SYSTEM_ARGUMENT_2);
    }

    public void setSystemArguments(long first, long second) {
        memory.store64(address + SYSTEM_ARGUMENT_1, first);
        memory.store64(address + SYSTEM_ARGUMENT_2, second);
    }

    /** Address of the queue it is in, or 0. */
    public long dpcData() {
        return memory.load64(address + DPC_DATA);
    }

    public void setDpcData(long queue) {
        memory.store64(address + DPC_DATA, queue);
    }
}
