package dev.dirql.kernel.objects;

import dev.dirql.kernel.KernelMemory;
import dev.dirql.kernel.services.ServiceTable;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.machine.GuestMemory;
import java.util.EnumMap;
import java.util.Map;

/**
 * The OBJECT_TYPEs, of which drivers only know where they are: the kernel exports a pointer to
 * each. An OBJECT_TYPE begins with the list of its objects, which is empty: nothing keeps one.
 */
final class ObjectTypes {
    private final Map<ObjectType, Long> addresses = new EnumMap<>(ObjectType.class);

    /** Makes them, and sets the exported variables. */
    void boot(KernelMemory memory, GuestMemory guest, ServiceTable table) {
        for (ObjectType type : ObjectType.values()) {
            if (!type.variable().isEmpty()) {
                long address = memory.allocateObject(ListEntry.BYTES);
                new ListEntry(guest, address).initializeHead();
                guest.store64(table.address(type.variable()), address);
                addresses.put(type, address);
            }
        }
    }

    /** Whether an address that a driver gives is that of a type. */
    boolean is(long address, ObjectType type) {
        return addresses.getOrDefault(type, 0L) == address;
    }
}
