package dev.dirql.kernel.io;

import dev.dirql.kernel.structures.KDeviceQueue;
import dev.dirql.kernel.structures.KDeviceQueueEntry;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.machine.GuestMemory;
import org.jspecify.annotations.Nullable;

/**
 * What can be done with a device queue. Each is part of one step: the queue's own lock is taken and
 * given back within it.
 */
public final class DeviceQueues {
    private DeviceQueues() {}

    /** Appends an entry, if the device is busy; else makes it busy and says false. */
    public static boolean insert(KDeviceQueue queue, KDeviceQueueEntry entry) {
        if (!queue.busy()) {
            return begin(queue, entry);
        }
        queue.deviceListHead().insertBefore(entry.deviceListEntry());
        entry.setInserted(true);
        return true;
    }

    /** As {@link #insert}, but behind the last entry whose key is not greater. */
    static boolean insertByKey(KDeviceQueue queue, KDeviceQueueEntry entry, long key) {
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
        at.insertBefore(entry.deviceListEntry());
        entry.setInserted(true);
        return true;
    }

    private static boolean begin(KDeviceQueue queue, KDeviceQueueEntry entry) {
        queue.setBusy(true);
        entry.setInserted(false);
        return false;
    }

    /** Takes the first entry; an empty queue is not busy afterwards. */
    public static @Nullable KDeviceQueueEntry remove(KDeviceQueue queue) {
        ListEntry head = queue.deviceListHead();
        if (head.isEmpty()) {
            queue.setBusy(false);
            return null;
        }
        return take(queue, head.flink());
    }

    /** Takes the first entry whose key is not less, else the first of all. */
    static @Nullable KDeviceQueueEntry removeByKey(KDeviceQueue queue, long key) {
        ListEntry head = queue.deviceListHead();
        for (long at = head.flink(); at != head.address(); ) {
            if (new KDeviceQueueEntry(queue.memory(), at).sortKey() >= key) {
                return take(queue, at);
            }
            at = new ListEntry(queue.memory(), at).flink();
        }
        return remove(queue);
    }

    private static KDeviceQueueEntry take(KDeviceQueue queue, long address) {
        KDeviceQueueEntry entry = new KDeviceQueueEntry(queue.memory(), address);
        entry.deviceListEntry().remove();
        entry.setInserted(false);
        return entry;
    }

    /** Takes an entry out, if it is in the queue. */
    static boolean removeEntry(KDeviceQueueEntry entry) {
        if (!entry.inserted()) {
            return false;
        }
        entry.deviceListEntry().remove();
        entry.setInserted(false);
        return true;
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
