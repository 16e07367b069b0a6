package dev.dirql.kernel.traps;

import dev.dirql.kernel.structures.Layout;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.kernel.structures.Offset;
import dev.dirql.machine.GuestMemory;

/**
 * A routine that a driver registered for bug checks. WDK, wdm.h.
 *
 * <pre>
 * +0x000  Entry
 * +0x010  CallbackRoutine
 * +0x018  Buffer
 * +0x020  Length
 * +0x028  Component
 * +0x030  Checksum
 * +0x038  State
 * </pre>
 */
@Layout(name = "KBUGCHECK_CALLBACK_RECORD", size = KBugCheckCallbackRecord.BYTES)
record KBugCheckCallbackRecord(GuestMemory memory, long address) implements CallbackRecord {
    static final int BYTES = 0x40;

    @Offset("CallbackRoutine")
    private static final int CALLBACK_ROUTINE = 0x10;

    @Offset("Buffer")
    private static final int BUFFER = 0x18;

    @Offset("Length")
    private static final int LENGTH = 0x20;

    @Offset("Component")
    private static final int COMPONENT = 0x28;

    @Offset("Checksum")
    private static final int CHECKSUM = 0x30;

    @Offset("State")
    private static final int STATE = 0x38;

    void initialize(long routine, long buffer, int length, long component) {
        memory.store64(address + CALLBACK_ROUTINE, routine);
        memory.store64(address + BUFFER, buffer);
        memory.store32(address + LENGTH, length);
        memory.store64(address + COMPONENT, component);
        memory.store64(address + CHECKSUM, sum());
        setState(INSERTED);
    }

    private long sum() {
        return routine() + buffer() + length() + component();
    }

    @Override
    public int bytes() {
        return BYTES;
    }

    @Override
    public ListEntry entry() {
        return new ListEntry(memory, address);
    }

    @Override
    public long routine() {
        return memory.load64(address + CALLBACK_ROUTINE);
    }

    long buffer() {
        return memory.load64(address + BUFFER);
    }

    int length() {
        return (int) memory.load32(address + LENGTH);
    }

    @Override
    public long component() {
        return memory.load64(address + COMPONENT);
    }

    @Override
    public boolean isIntact() {
        return memory.load64(address + CHECKSUM) == sum();
    }

    @Override
    public int state() {
        return (int) memory.load8(address + STATE);
    }

    @Override
    public void setState(int value) {
        memory.store8(address + STATE, value);
    }
}
