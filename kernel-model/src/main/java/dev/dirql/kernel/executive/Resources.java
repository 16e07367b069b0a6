package dev.dirql.kernel.executive;

import dev.dirql.kernel.KernelMemory;
import dev.dirql.kernel.KernelModel;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.services.Walk;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.kernel.threads.Waits;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;

/** All resources of the system, who owns them and to whom they go next. */
final class Resources implements StatePart {
    private static final int TABLE_TAG = 'R' | 'e' << 8 | 'T' << 16 | 'a' << 24;

    private static final int LONGEST_LIST = 0xFFFF;

    /** By how many owners a table grows. */
    private static final int GROWTH = 4;

    private final Machine machine;
    private final KernelMemory memory;
    private final Pool pool;
    private final Waits waits;

    /** Address of the head of the list of all resources, or 0 before there is one. */
    private long head;

    Resources(KernelModel kernel, Pool pool) {
        machine = kernel.machine();
        memory = kernel.memory();
        this.pool = pool;
        waits = kernel.waits();
    }

    private ListEntry list(GuestMemory guest) {
        if (head == 0) {
            head = memory.allocateObject(ListEntry.BYTES);
            new ListEntry(guest, head).initializeHead();
        }
        return new ListEntry(guest, head);
    }

    /** Whether a resource was initialized and not deleted. */
    boolean isActive(GuestMemory guest, long resource) {
        ListEntry list = list(guest);
        Walk walk = new Walk("resources");
        for (long entry = list.flink(); entry != head; ) {
            walk.at(entry);
            if (entry == resource) {
                return true;
            }
            entry = new ListEntry(guest, entry).flink();
        }
        return false;
    }

    /** The addresses of the resources in a piece of memory, which need not be there. */
    List<Long> within(long start, long size) {
        List<Long> found = new ArrayList<>();
        long at = head == 0 ? 0 : next(head);
        for (int i = 0; at != 0 && at != head && i < LONGEST_LIST; i++) {
            if (Long.compareUnsigned(at - start, size) < 0) {
                found.add(at);
            }
            at = next(at);
        }
        return found;
    }

    private long next(long entry) {
        return machine.peek(machine.kernelSpace(), entry, Long.BYTES).orElse(0);
    }

    void add(GuestMemory guest, EResource resource) {
        list(guest).insertBefore(resource.listEntry());
    }

    /** Takes a resource off the list, and its table away. */
    void remove(Processor processor, EResource resource, long caller) {
        resource.listEntry().remove();
        if (resource.ownerTable() != 0) {
            pool.free(processor, resource.ownerTable(), caller);
            resource.setOwnerTable(0);
        }
    }

    /** Sees to it that so many may own a resource, and says whether there was memory for it. */
    boolean makeRoom(Processor processor, EResource resource, int owners, long caller) {
        int size = resource.tableSize();
        // The first owner is not in the table, and the first entry is no owner's.
        if (owners <= Math.max(1, size)) {
            return true;
        }
        int larger = owners + GROWTH;
        long table = pool.allocate(PoolKind.NONPAGED, (long) EResource.ENTRY * larger, TABLE_TAG);
        if (table == 0) {
            return false;
        }
        GuestMemory guest = resource.memory();
        long old = resource.ownerTable();
        for (int at = EResource.ENTRY; at < EResource.ENTRY * size; at += 8) {
            guest.store64(table + at, guest.load64(old + at));
        }
        resource.setOwnerTable(table);
        resource.setTableSize(larger);
        if (old != 0) {
            pool.free(processor, old, caller);
        }
        return true;
    }

    /** Gives a resource that is free to who waits for it. */
    void pass(Processor processor, EResource resource, boolean sharedFirst) {
        if (machine.ended() != null) {
            return;
        }
        boolean shared = resource.sharedWaiterCount() > 0;
        if (shared && (sharedFirst || resource.exclusiveWaiterCount() == 0)) {
            passShared(processor, resource);
        } else if (resource.exclusiveWaiterCount() > 0) {
            resource.addExclusiveWaiters(-1);
            long thread = resource.exclusiveWaiters().grantFirst();
            resource.setOwnedExclusive(true);
            resource.addOwner(thread);
            waits.end(processor, thread);
        }
    }

    /** All who wait for shared access get it. */
    void passShared(Processor processor, EResource resource) {
        while (resource.sharedWaiterCount() > 0) {
            resource.addSharedWaiters(-1);
            long thread = resource.sharedWaiters().grantFirst();
            long entry = resource.entryOf(thread);
            if (entry != 0) {
                resource.addCount(entry);
            } else {
                resource.addOwner(thread);
            }
            waits.end(processor, thread);
        }
    }

    @Override
    public void save(StateWriter out) {
        out.value(head);
    }

    @Override
    public void restore(StateReader in) {
        head = in.value();
    }
}
