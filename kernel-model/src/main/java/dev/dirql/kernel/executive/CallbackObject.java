package dev.dirql.kernel.executive;

import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.machine.GuestMemory;

/**
 * A callback object, which drivers do not look into, and its registrations. The layout is our own.
 *
 * <pre>
 * +0x00  "Call"   +0x04  whether there may be several registrations
 * +0x08  the registrations: LIST_ENTRY
 * </pre>
 */
record CallbackObject(GuestMemory memory, long address) {
    static final int BYTES = 0x20;
    static final int TAG = 'C' | 'a' << 8 | 'l' << 16 | 'l' << 24;

    private static final int SEVERAL = 0x04;
    private static final int REGISTRATIONS = 0x08;

    void initialize(boolean several) {
        memory.store32(address, TAG);
        memory.store8(address + SEVERAL, several ? 1 : 0);
        registrations().initializeHead();
    }

    boolean allowsSeveral() {
        return memory.load8(address + SEVERAL) != 0;
    }

    ListEntry registrations() {
        return new ListEntry(memory, address + REGISTRATIONS);
    }

    /** What comes after a registration, or first if it is 0; 0 after the last. */
    long next(long registration) {
        ListEntry entry = registration == 0 ? registrations() : new ListEntry(memory, registration);
        long next = entry.flink();
        return next == registrations().address() ? 0 : next;
    }

    /**
     * One registration.
     *
     * <pre>
     * +0x00  LIST_ENTRY       +0x10  routine   +0x18  its context
     * +0x20  calls under way  +0x24  whether somebody waits for their end
     * +0x28  a KEVENT for that
     * </pre>
     */
    record Registration(GuestMemory memory, long address) {
        static final int BYTES = 0x40;
        static final int TAG = 'C' | 'b' << 8 | 'R' << 16 | 'g' << 24;

        private static final int ROUTINE = 0x10;
        private static final int CONTEXT = 0x18;
        private static final int CALLS = 0x20;
        private static final int AWAITED = 0x24;
        private static final int EVENT = 0x28;

        void initialize(long routine, long context) {
            memory.store64(address + ROUTINE, routine);
            memory.store64(address + CONTEXT, context);
            memory.store64(address + CALLS, 0);
        }

        ListEntry link() {
            return new ListEntry(memory, address);
        }

        long routine() {
            return memory.load64(address + ROUTINE);
        }

        long context() {
            return memory.load64(address + CONTEXT);
        }

        int calls() {
            return (int) memory.load32(address + CALLS);
        }

        void setCalls(int value) {
            memory.store32(address + CALLS, value);
        }

        boolean isAwaited() {
            return memory.load32(address + AWAITED) != 0;
        }

        void setAwaited() {
            memory.store32(address + AWAITED, 1);
        }

        long event() {
            return address + EVENT;
        }
    }
}
