package dev.dirql.kernel.timers;

import dev.dirql.kernel.threads.DispatcherHeader;
import dev.dirql.machine.GuestMemory;

/**
 * EX_TIMER: a timer object that the system allocates, opaque to drivers. It begins as the KTIMER2
 * of Windows 10 22H2, x64; what follows that is this kernel's own.
 *
 * <pre>
 * +0x00 Header          +0x48 DueTime[0]        +0x58 Period  +0x60 Callback  +0x68 CallbackContext
 * +0x70 DisableCallback +0x78 DisableContext    +0x81 TypeFlags
 * +0x88 Attributes      +0x8C State             +0x90 callbacks that run now  +0x98 NoWakeTolerance
 * </pre>
 */
public record ExTimer(GuestMemory memory, long address) {
    static final int SIZE = 0xA0;

    private static final int DUE_TIME = 0x48;
    private static final int PERIOD = 0x58;
    private static final int CALLBACK = 0x60;
    private static final int CALLBACK_CONTEXT = 0x68;
    private static final int DELETE_CALLBACK = 0x70;
    private static final int DELETE_CONTEXT = 0x78;
    private static final int ATTRIBUTES = 0x88;
    private static final int STATE = 0x8C;
    private static final int RUNNING = 0x90;
    private static final int TOLERANCE = 0x98;

    /** Values of the state: set and cancel work; they do not; so, and it goes when it is unused. */
    static final int ENABLED = 0;

    static final int DISABLED = 1;
    static final int DELETE_PENDING = 2;

    void initialize(int type, int attributes, long callback, long context) {
        memory.probe(address, SIZE, true);
        header().initialize(type, SIZE, false);
        memory.store64(address + DUE_TIME, 0);
        setPeriod(0);
        memory.store64(address + CALLBACK, callback);
        memory.store64(address + CALLBACK_CONTEXT, context);
        setDeleteCallback(0, 0);
        memory.store32(address + ATTRIBUTES, attributes);
        setState(ENABLED);
        memory.store64(address + RUNNING, 0);
        setTolerance(0);
    }

    DispatcherHeader header() {
        return new DispatcherHeader(memory, address);
    }

    void setDueTime(long interruptTime) {
        memory.store64(address + DUE_TIME, interruptTime);
    }

    /** Units of 100 ns from one expiration to the next, 0 for a timer that expires once. */
    long period() {
        return memory.load64(address + PERIOD);
    }

    void setPeriod(long units) {
        memory.store64(address + PERIOD, units);
    }

    /** The ExTimerCallback routine, or 0. */
    public long callback() {
        return memory.load64(address + CALLBACK);
    }

    long callbackContext() {
        return memory.load64(address + CALLBACK_CONTEXT);
    }

    /** The ExTimerDeleteCallback routine, or 0. */
    long deleteCallback() {
        return memory.load64(address + DELETE_CALLBACK);
    }

    long deleteContext() {
        return memory.load64(address + DELETE_CONTEXT);
    }

    void setDeleteCallback(long routine, long context) {
        memory.store64(address + DELETE_CALLBACK, routine);
        memory.store64(address + DELETE_CONTEXT, context);
    }

    int attributes() {
        return (int) memory.load32(address + ATTRIBUTES);
    }

    int state() {
        return (int) memory.load32(address + STATE);
    }

    void setState(int state) {
        memory.store32(address + STATE, state);
    }

    /** Units of 100 ns that a no-wake timer lets an idle machine idle on, -1 for any time. */
    long tolerance() {
        return memory.load64(address + TOLERANCE);
    }

    void setTolerance(long units) {
        memory.store64(address + TOLERANCE, units);
    }

    /** Callbacks that have begun and not returned. */
    long running() {
        return memory.load64(runningAddress());
    }

    void setRunning(long callbacks) {
        memory.store64(runningAddress(), callbacks);
    }

    /** Where the number of callbacks is kept: who waits for their end watches this. */
    long runningAddress() {
        return address + RUNNING;
    }
}
