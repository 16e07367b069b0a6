package dev.dirql.kernel.interrupts;

import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.machine.GuestMemory;

/**
 * KINTERRUPT: an interrupt object. Layout of Windows 10 22H2, x64.
 *
 * <pre>
 * +0x00 Type, Size      +0x08 InterruptListEntry   +0x18 ServiceRoutine   +0x20 MessageServiceRoutine
 * +0x28 MessageIndex    +0x30 ServiceContext       +0x38 SpinLock         +0x40 TickCount
 * +0x48 ActualLock      +0x50 DispatchAddress      +0x58 Vector           +0x5C Irql
 * +0x5D SynchronizeIrql +0x5E FloatingSave         +0x5F Connected        +0x60 Number
 * +0x64 ShareVector     +0x65 EmulateActiveBoth    +0x66 ActiveCount      +0x68 InternalState
 * +0x6C Mode            +0x70 Polarity             +0x74 ServiceCount     +0x78 DispatchCount
 * +0x80 PassiveEvent    +0x88 TrapFrame            +0x90 DisconnectData   +0x98 ServiceThread
 * </pre>
 */
public record KInterrupt(GuestMemory memory, long address) {
    public static final int SIZE = 0x110;

    /** Value of Mode for a level-sensitive interrupt. */
    public static final int LEVEL_SENSITIVE = 0;

    /** Value of Mode for an edge-triggered or message-signaled interrupt. */
    public static final int LATCHED = 1;

    private static final int TYPE_INTERRUPT = 0x16;
    private static final int LIST_ENTRY = 0x08;
    private static final int SERVICE_ROUTINE = 0x18;
    private static final int MESSAGE_SERVICE_ROUTINE = 0x20;
    private static final int MESSAGE_INDEX = 0x28;
    private static final int SERVICE_CONTEXT = 0x30;
    private static final int SPIN_LOCK = 0x38;
    private static final int TICK_COUNT = 0x40;
    private static final int ACTUAL_LOCK = 0x48;
    private static final int DISPATCH_ADDRESS = 0x50;
    private static final int VECTOR = 0x58;
    private static final int IRQL = 0x5C;
    private static final int SYNCHRONIZE_IRQL = 0x5D;
    private static final int FLOATING_SAVE = 0x5E;
    private static final int CONNECTED = 0x5F;
    private static final int NUMBER = 0x60;
    private static final int SHARE_VECTOR = 0x64;
    private static final int EMULATE_ACTIVE_BOTH = 0x65;
    private static final int ACTIVE_COUNT = 0x66;
    private static final int INTERNAL_STATE = 0x68;
    private static final int MODE = 0x6C;
    private static final int POLARITY = 0x70;
    private static final int SERVICE_COUNT = 0x74;
    private static final int DISPATCH_COUNT = 0x78;
    private static final int PASSIVE_EVENT = 0x80;
    private static final int TRAP_FRAME = 0x88;

    /** Bit of InternalState: its driver reported it inactive. */
    private static final int INACTIVE = 1;

    /**
     * Fills in an object that is not connected yet.
     *
     * @param spinLock address of the driver's lock, or 0 for the one in this object
     */
    public void initialize(
            long routine,
            long context,
            long spinLock,
            int vector,
            int irql,
            int synchronizeIrql,
            int mode,
            boolean shared,
            boolean floatingSave) {
        memory.store16(address, TYPE_INTERRUPT);
        memory.store16(address + 2, SIZE);
        listEntry().initializeHead();
        memory.store64(address + SERVICE_ROUTINE, routine);
        memory.store64(address + MESSAGE_SERVICE_ROUTINE, 0);
        memory.store32(address + MESSAGE_INDEX, 0);
        memory.store64(address + SERVICE_CONTEXT, context);
        memory.store64(address + SPIN_LOCK, 0);
        memory.store32(address + TICK_COUNT, 0);
        memory.store64(address + ACTUAL_LOCK, spinLock != 0 ? spinLock : address + SPIN_LOCK);
        memory.store64(address + DISPATCH_ADDRESS, 0);
        memory.store32(address + VECTOR, vector);
        memory.store8(address + IRQL, irql);
        memory.store8(address + SYNCHRONIZE_IRQL, synchronizeIrql);
        memory.store8(address + FLOATING_SAVE, floatingSave ? 1 : 0);
        memory.store8(address + CONNECTED, 0);
        memory.store32(address + NUMBER, 0);
        memory.store8(address + SHARE_VECTOR, shared ? 1 : 0);
        memory.store8(address + EMULATE_ACTIVE_BOTH, 0);
        memory.store16(address + ACTIVE_COUNT, 0);
        memory.store32(address + INTERNAL_STATE, 0);
        memory.store32(address + MODE, mode);
        memory.store32(address + POLARITY, 0);
        memory.store32(address + SERVICE_COUNT, 0);
        memory.store32(address + DISPATCH_COUNT, 0);
        memory.store64(address + PASSIVE_EVENT, 0);
        memory.store64(address + TRAP_FRAME, 0);
    }

    /** Makes it the object of a message, whose ISR is told the number of the message. */
    void setMessage(int message) {
        memory.store64(address + MESSAGE_SERVICE_ROUTINE, serviceRoutine());
        memory.store32(address + MESSAGE_INDEX, message);
    }

    /** Whether its ISR is a KMESSAGE_SERVICE_ROUTINE. */
    public boolean isMessage() {
        return memory.load64(address + MESSAGE_SERVICE_ROUTINE) != 0;
    }

    /** Number of its message. */
    public int messageIndex() {
        return (int) memory.load32(address + MESSAGE_INDEX);
    }

    /** Lets its ISR run at PASSIVE_LEVEL, and gives it the event that takes the place of a lock. */
    void setPassiveEvent(long event) {
        memory.store64(address + PASSIVE_EVENT, event);
    }

    /** Address of the event that is signaled while nobody excludes its passive-level ISR, or 0. */
    long passiveEvent() {
        return memory.load64(address + PASSIVE_EVENT);
    }

    /** Whether its ISR runs at PASSIVE_LEVEL. */
    public boolean isPassive() {
        return passiveEvent() != 0;
    }

    /** Whether its driver wants its ISR to be called while it is connected. */
    public boolean isActive() {
        return (memory.load32(address + INTERNAL_STATE) & INACTIVE) == 0;
    }

    void setActive(boolean active) {
        memory.store32(address + INTERNAL_STATE, active ? 0 : INACTIVE);
    }

    /** Whether its ISR is to be called. */
    boolean isEnabled() {
        return isConnected() && isActive();
    }

    public ListEntry listEntry() {
        return new ListEntry(memory, address + LIST_ENTRY);
    }

    /** The object whose InterruptListEntry is at an address. */
    static long ofListEntry(long entry) {
        return entry - LIST_ENTRY;
    }

    public long serviceRoutine() {
        return memory.load64(address + SERVICE_ROUTINE);
    }

    public long serviceContext() {
        return memory.load64(address + SERVICE_CONTEXT);
    }

    /** Address of the lock that is held around the ISR: the driver's or the object's own. */
    public long actualLock() {
        return memory.load64(address + ACTUAL_LOCK);
    }

    /** Lets it hold the lock, or the event, of another object. */
    void shareLockOf(KInterrupt other) {
        memory.store64(address + ACTUAL_LOCK, other.actualLock());
        memory.store64(address + PASSIVE_EVENT, other.passiveEvent());
    }

    public int vector() {
        return (int) memory.load32(address + VECTOR);
    }

    public int irql() {
        return (int) memory.load8(address + IRQL);
    }

    public int synchronizeIrql() {
        return (int) memory.load8(address + SYNCHRONIZE_IRQL) & 15;
    }

    public boolean isConnected() {
        return memory.load8(address + CONNECTED) != 0;
    }

    public void setConnected(boolean connected) {
        memory.store8(address + CONNECTED, connected ? 1 : 0);
    }

    public boolean isShared() {
        return memory.load8(address + SHARE_VECTOR) != 0;
    }

    /** {@link #LEVEL_SENSITIVE} or {@link #LATCHED}. */
    public int mode() {
        return (int) memory.load32(address + MODE);
    }

    /** A processor begins to ask this object: until it leaves, the object is in use. */
    void enter() {
        memory.store16(activeCount(), memory.load16(activeCount()) + 1);
    }

    /** A processor neither holds nor waits for the lock of this object any more. */
    void leave() {
        memory.store16(activeCount(), memory.load16(activeCount()) - 1);
    }

    /** Whether a processor waits for the lock for the ISR, or runs the ISR. */
    boolean isInUse() {
        return memory.load16(activeCount()) != 0;
    }

    /** Address of the number of processors that are in the object. */
    long activeCount() {
        return address + ACTIVE_COUNT;
    }

    /** Counts a call of the service routine. */
    public void countService() {
        memory.store32(address + SERVICE_COUNT, memory.load32(address + SERVICE_COUNT) + 1);
    }
}
