package dev.dirql.kernel.threads;

import dev.dirql.kernel.structures.Layout;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.kernel.structures.Offset;
import dev.dirql.machine.GuestMemory;

/**
 * KAPC. Layout of the WDK's wdm.h, x64, whose three reserved pointers are the routines. An APC
 * without a NormalRoutine is a special one.
 *
 * <pre>
 * +0x00 Type  +0x02 Size  +0x08 Thread  +0x10 ApcListEntry  +0x20 KernelRoutine
 * +0x28 RundownRoutine  +0x30 NormalRoutine  +0x38 NormalContext  +0x40 SystemArgument1
 * +0x48 SystemArgument2  +0x50 ApcStateIndex  +0x51 ApcMode  +0x52 Inserted
 * </pre>
 */
@Layout(name = "KAPC", size = KApc.SIZE)
public record KApc(GuestMemory memory, long address) {
    public static final int SIZE = 0x58;

    private static final int APC_OBJECT = 0x12;

    @Offset("Size")
    private static final int OBJECT_SIZE = 0x02;

    @Offset("Thread")
    private static final int THREAD = 0x08;

    @Offset("ApcListEntry")
    private static final int LIST_ENTRY = 0x10;

    @Offset("Reserved[0]")
    private static final int KERNEL_ROUTINE = 0x20;

    @Offset("Reserved[1]")
    private static final int RUNDOWN_ROUTINE = 0x28;

    @Offset("Reserved[2]")
    private static final int NORMAL_ROUTINE = 0x30;

    @Offset("NormalContext")
    private static final int NORMAL_CONTEXT = 0x38;

    @Offset("SystemArgument1")
    private static final int ARGUMENT_1 = 0x40;

    @Offset("SystemArgument2")
    private static final int ARGUMENT_2 = 0x48;

    @Offset("ApcStateIndex")
    private static final int STATE_INDEX = 0x50;

    @Offset("ApcMode")
    private static final int MODE = 0x51;

    @Offset("Inserted")
    private static final int INSERTED = 0x52;

    public void initialize(
            long thread,
            int stateIndex,
            long kernelRoutine,
            long rundownRoutine,
            long normalRoutine,
            int mode,
            long normalContext) {
        memory.probe(address, SIZE, true);
        memory.store16(address, APC_OBJECT);
        memory.store8(address + OBJECT_SIZE, SIZE);
        memory.store64(address + THREAD, thread);
        memory.store64(address + KERNEL_ROUTINE, kernelRoutine);
        memory.store64(address + RUNDOWN_ROUTINE, rundownRoutine);
        memory.store64(address + NORMAL_ROUTINE, normalRoutine);
        // A special APC is for the kernel, and has no context.
        memory.store64(address + NORMAL_CONTEXT, normalRoutine == 0 ? 0 : normalContext);
        memory.store8(address + STATE_INDEX, stateIndex);
        memory.store8(address + MODE, normalRoutine == 0 ? 0 : mode & 1);
        setInserted(false);
    }

    static KApc ofListEntry(GuestMemory memory, long entry) {
        return new KApc(memory, entry - LIST_ENTRY);
    }

    ListEntry listEntry() {
        return new ListEntry(memory, address + LIST_ENTRY);
    }

    long thread() {
        return memory.load64(address + THREAD);
    }

    long kernelRoutine() {
        return memory.load64(address + KERNEL_ROUTINE);
    }

    long normalRoutine() {
        return memory.load64(address + NORMAL_ROUTINE);
    }

    long normalContext() {
        return memory.load64(address + NORMAL_CONTEXT);
    }

    long argument1() {
        return memory.load64(address + ARGUMENT_1);
    }

    long argument2() {
        return memory.load64(address + ARGUMENT_2);
    }

    void setArguments(long argument1, long argument2) {
        memory.store64(address + ARGUMENT_1, argument1);
        memory.store64(address + ARGUMENT_2, argument2);
    }

    int mode() {
        return (int) memory.load8(address + MODE) & 1;
    }

    boolean isInserted() {
        return memory.load8(address + INSERTED) != 0;
    }

    void setInserted(boolean inserted) {
        memory.store8(address + INSERTED, inserted ? 1 : 0);
    }
}
