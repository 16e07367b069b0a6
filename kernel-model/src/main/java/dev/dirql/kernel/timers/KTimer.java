package dev.dirql.kernel.timers;

import dev.dirql.kernel.structures.Layout;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.kernel.structures.Offset;
import dev.dirql.kernel.threads.DispatcherHeader;
import dev.dirql.machine.GuestMemory;

/**
 * KTIMER: a timer object. Layout of the WDK's wdm.h, x64. Whether it is in the timer queue, and how
 * late it may be, is in the two bytes of the header whose meaning depends on the type.
 *
 * <pre>
 * +0x00 Header     +0x18 DueTime    +0x20 TimerListEntry  +0x30 Dpc
 * +0x38 Processor  +0x3A TimerType  +0x3C Period
 * </pre>
 */
@Layout(name = "KTIMER", size = KTimer.SIZE)
public record KTimer(GuestMemory memory, long address) {
    public static final int SIZE = 0x40;

    private static final int CONTROL_FLAGS = 0x01;
    private static final int TOLERANCE_SHIFT = 3;
    private static final int MISC_FLAGS = 0x03;
    private static final int INSERTED = 0x40;

    @Offset("DueTime")
    private static final int DUE_TIME = 0x18;

    @Offset("TimerListEntry")
    private static final int LIST_ENTRY = 0x20;

    @Offset("Dpc")
    private static final int DPC = 0x30;

    @Offset("Processor")
    private static final int PROCESSOR = 0x38;

    @Offset("TimerType")
    private static final int TIMER_TYPE = 0x3A;

    @Offset("Period")
    private static final int PERIOD = 0x3C;

    /**
     * @param type a timer type of {@link DispatcherHeader}
     */
    void initialize(int type) {
        memory.probe(address, SIZE, true);
        header().initialize(type, SIZE, false);
        memory.store64(address + DUE_TIME, 0);
        memory.store64(address + DPC, 0);
        memory.store16(address + PROCESSOR, 0);
        memory.store16(address + TIMER_TYPE, 0);
        setPeriod(0);
    }

    public DispatcherHeader header() {
        return new DispatcherHeader(memory, address);
    }

    /** Whether the object says that it is in the timer queue. */
    public boolean isInserted() {
        return (memory.load8(address + MISC_FLAGS) & INSERTED) != 0;
    }

    void setInserted(boolean inserted) {
        long flags = memory.load8(address + MISC_FLAGS);
        memory.store8(address + MISC_FLAGS, inserted ? flags | INSERTED : flags & ~(long) INSERTED);
        if (inserted) {
            new ListEntry(memory, address + LIST_ENTRY).initializeHead();
        }
    }

    /** How late it may be, as a number of this kernel's: 0 for not at all. */
    int tolerance() {
        return (int) memory.load8(address + CONTROL_FLAGS) >>> TOLERANCE_SHIFT;
    }

    void setTolerance(int tolerance) {
        memory.store8(address + CONTROL_FLAGS, (long) tolerance << TOLERANCE_SHIFT);
    }

    /** The interrupt time at which it is due, in units of 100 ns. */
    public long dueTime() {
        return memory.load64(address + DUE_TIME);
    }

    void setDueTime(long interruptTime) {
        memory.store64(address + DUE_TIME, interruptTime);
    }

    /** Address of the KDPC that is queued when it expires, or 0. */
    public long dpc() {
        return memory.load64(address + DPC);
    }

    void setDpc(long dpc) {
        memory.store64(address + DPC, dpc);
    }

    /** Milliseconds from one expiration to the next, 0 for a timer that expires once. */
    public int period() {
        return (int) memory.load32(address + PERIOD);
    }

    void setPeriod(int milliseconds) {
        memory.store32(address + PERIOD, milliseconds);
    }
}
