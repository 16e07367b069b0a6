package dev.dirql.kernel.traps;

import dev.dirql.kernel.structures.Layout;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.kernel.structures.Offset;
import dev.dirql.machine.GuestMemory;

/**
 * A routine that a driver registered for the crash dump. WDK, wdm.h.
 *
 * <pre>
 * +0x000  Entry
 * +0x010  CallbackRoutine
 * +0x018  Component
 * +0x020  Checksum
 * +0x028  Reason
 * +0x02C  State
 * </pre>
 */
@Layout(name = "KBUGCHECK_REASON_CALLBACK_RECORD", size = KBugCheckReasonCallbackRecord.BYTES)
record KBugCheckReasonCallbackRecord(GuestMemory memory, long address) implements CallbackRecord {
    static final int BYTES = 0x30;

    @Offset("CallbackRoutine")
    private static final int CALLBACK_ROUTINE = 0x10;

    @Offset("Component")
    private static final int COMPONENT = 0x18;

    @Offset("Checksum")
    private static final int CHECKSUM = 0x20;

    @Offset("Reason")
    private static final int REASON = 0x28;

    @Offset("State")
    private static final int STATE = 0x2C;

    void initialize(long routine, int reason, long component) {
        memory.store64(address + CALLBACK_ROUTINE, routine);
        memory.store64(address + COMPONENT, component);
        memory.store32(address + REASON, reason);
        memory.store64(address + CHECKSUM, sum());
        setState(INSERTED);
    }

    private long sum() {
        return routine() + component() + reason();
    }

    int reason() {
        return (int) memory.load32(address + REASON);
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
