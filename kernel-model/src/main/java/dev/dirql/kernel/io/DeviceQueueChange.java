package dev.dirql.kernel.io;

import dev.dirql.kernel.structures.KDeviceQueue;
import dev.dirql.kernel.structures.KDeviceQueueEntry;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.machine.GuestMemory;

/** What is done to a device queue under its lock. Source: WDK, the page of each routine. */
enum DeviceQueueChange {
    /** Appends an entry if the device is busy, else makes it busy: whether it is in the queue. */
    INSERT,
    /** As {@link #INSERT}, but behind the last entry whose key is not greater. */
    INSERT_BY_KEY,
    /** As {@link #INSERT}, of a packet into the queue of its device object. */
    INSERT_PACKET,
    INSERT_PACKET_BY_KEY,
    /** Takes the first entry; an empty queue is not busy afterwards. */
    REMOVE,
    /** Takes the first entry whose key is not less, else the first of all. */
    REMOVE_BY_KEY,
    /** As {@link #REMOVE_BY_KEY}, but nothing while the device is not busy. */
    REMOVE_BY_KEY_IF_BUSY,
    /** As {@link #REMOVE}, by a service that may do so while the device is not busy. */
    TAKE,
    TAKE_BY_KEY,
    /** Takes this entry out if it is in the queue: whether it was. */
    REMOVE_ENTRY;

    private static final DeviceQueueChange[] VALUES = values();

    static DeviceQueueChange of(int ordinal) {
        return VALUES[ordinal];
    }

    /** Whether it is about an entry that the caller names. */
    boolean hasEntry() {
        return switch (this) {
            case INSERT, INSERT_BY_KEY, INSERT_PACKET, INSERT_PACKET_BY_KEY, REMOVE_ENTRY -> true;
            case REMOVE, REMOVE_BY_KEY, REMOVE_BY_KEY_IF_BUSY, TAKE, TAKE_BY_KEY -> false;
        };
    }

    boolean insertsPacket() {
        return this == INSERT_PACKET || this == INSERT_PACKET_BY_KEY;
    }

    /** Who takes the next packet has one: its device is busy. WDK, KeRemoveDeviceQueue. */
    boolean isOfBusyDevice() {
        return this == REMOVE || this == REMOVE_BY_KEY;
    }

    /**
     * Does it.
     *
     * @param key without sign
     * @return what the routine does: an address or a boolean
     */
    long perform(KDeviceQueue queue, KDeviceQueueEntry entry, long key) {
        return switch (this) {
            case INSERT, INSERT_PACKET -> insert(queue, entry) ? 1 : 0;
            case INSERT_BY_KEY, INSERT_PACKET_BY_KEY -> insertByKey(queue, entry, key) ? 1 : 0;
            case REMOVE, TAKE -> remove(queue);
            case REMOVE_BY_KEY, TAKE_BY_KEY -> removeByKey(queue, key);
            case REMOVE_BY_KEY_IF_BUSY -> queue.busy() ? removeByKey(queue, key) : 0;
            case REMOVE_ENTRY -> removeEntry(entry) ? 1 : 0;
        };
    }

    /**
     * Whether the links that it follows and changes belong together, each entry's next one naming
     * it as the one before.
     */
    boolean isSound(KDeviceQueue queue, KDeviceQueueEntry entry, long key) {
        ListEntry head = queue.deviceListHead();
        return switch (this) {
            case INSERT, INSERT_PACKET -> !queue.busy() || isLinked(at(head, head.blink()));
            case INSERT_BY_KEY, INSERT_PACKET_BY_KEY -> !queue.busy() || isSoundTo(queue, key + 1);
            case REMOVE, TAKE -> isLinked(head) && isLinked(at(head, head.flink()));
            case REMOVE_BY_KEY, REMOVE_BY_KEY_IF_BUSY, TAKE_BY_KEY ->
                    isSoundTo(queue, key) && isLinked(at(head, head.flink()));
            case REMOVE_ENTRY -> !entry.inserted() || isSoundAt(entry.deviceListEntry());
        };
    }

    private static ListEntry at(ListEntry entry, long address) {
        return new ListEntry(entry.memory(), address);
    }

    private static boolean isLinked(ListEntry entry) {
        return at(entry, entry.flink()).blink() == entry.address();
    }

    private static boolean isSoundAt(ListEntry entry) {
        return isLinked(entry) && at(entry, entry.blink()).flink() == entry.address();
    }

    /** From the head to the first entry whose key is not less; what is linked so has an end. */
    private static boolean isSoundTo(KDeviceQueue queue, long key) {
        ListEntry head = queue.deviceListHead();
        ListEntry entry = head;
        do {
            if (!isLinked(entry)) {
                return false;
            }
            entry = at(entry, entry.flink());
        } while (entry.address() != head.address()
                && new KDeviceQueueEntry(queue.memory(), entry.address()).sortKey() < key);
        return isSoundAt(entry);
    }

    private static boolean insert(KDeviceQueue queue, KDeviceQueueEntry entry) {
        return queue.busy() ? insertBefore(queue.deviceListHead(), entry) : begin(queue, entry);
    }

    private static boolean insertByKey(KDeviceQueue queue, KDeviceQueueEntry entry, long key) {
        entry.setSortKey(key);
        if (!queue.busy()) {
            return begin(queue, entry);
        }
        GuestMemory memory = queue.memory();
        ListEntry head = queue.deviceListHead();
        ListEntry at = new ListEntry(memory, head.flink());
        while (at.address() != head.address()
                && new KDeviceQueueEntry(memory, at.address()).sortKey() <= key) {
            at = new ListEntry(memory, at.flink());
        }
        return insertBefore(at, entry);
    }

    private static boolean insertBefore(ListEntry at, KDeviceQueueEntry entry) {
        at.memory().probe(at.address(), ListEntry.BYTES, true);
        at.memory().probe(at.blink(), ListEntry.BYTES, true);
        at.insertBefore(entry.deviceListEntry());
        entry.setInserted(true);
        return true;
    }

    private static boolean begin(KDeviceQueue queue, KDeviceQueueEntry entry) {
        queue.setBusy(true);
        entry.setInserted(false);
        return false;
    }

    private static long remove(KDeviceQueue queue) {
        ListEntry head = queue.deviceListHead();
        if (head.isEmpty()) {
            queue.setBusy(false);
            return 0;
        }
        return take(queue, head.flink());
    }

    private static long removeByKey(KDeviceQueue queue, long key) {
        ListEntry head = queue.deviceListHead();
        for (long at = head.flink(); at != head.address(); ) {
            if (new KDeviceQueueEntry(queue.memory(), at).sortKey() >= key) {
                return take(queue, at);
            }
            at = new ListEntry(queue.memory(), at).flink();
        }
        return remove(queue);
    }

    private static long take(KDeviceQueue queue, long address) {
        unlink(new KDeviceQueueEntry(queue.memory(), address));
        return address;
    }

    private static boolean removeEntry(KDeviceQueueEntry entry) {
        if (!entry.inserted()) {
            return false;
        }
        unlink(entry);
        return true;
    }

    private static void unlink(KDeviceQueueEntry entry) {
        GuestMemory memory = entry.memory();
        ListEntry link = entry.deviceListEntry();
        memory.probe(entry.address(), KDeviceQueueEntry.BYTES, true);
        memory.probe(link.flink(), ListEntry.BYTES, true);
        memory.probe(link.blink(), ListEntry.BYTES, true);
        link.remove();
        entry.setInserted(false);
    }

    /** Whether an entry is in the queue; a list that is longer than this is not followed. */
    static boolean contains(KDeviceQueue queue, long entry) {
        ListEntry head = queue.deviceListHead();
        long at = head.flink();
        for (int i = 0; i < 100_000 && at != head.address(); i++) {
            if (at == entry) {
                return true;
            }
            at = new ListEntry(queue.memory(), at).flink();
        }
        return false;
    }
}
