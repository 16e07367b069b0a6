package dev.dirql.kernel.objects;

import dev.dirql.kernel.services.ServiceTable;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.machine.GuestMemory;
import java.util.EnumMap;
import java.util.Map;

/**
 * The OBJECT_TYPEs, of which drivers only know where they are: the kernel exports a pointer to
 * each. An OBJECT_TYPE begins with the list of its objects, which is empty: nothing keeps one.
 */
public final class ObjectTypes {
    /** The variable of the kernel in which they are. */
    private static final String TYPES = "ObpObjectTypes";

    private final Map<ObjectType, Long> addresses = new EnumMap<>(ObjectType.class);

    /** Adds the variables that they need. */
    public static void declare(ServiceTable.Builder table) {
        for (ObjectType type : ObjectType.values()) {
            if (!type.variable().isEmpty()) {
                table.variable(type.variable(), Long.BYTES);
            }
        }
        table.internalVariable(TYPES, ListEntry.BYTES * ObjectType.values().length);
    }

    /** Makes them, and sets the exported variables. */
    void boot(GuestMemory guest, ServiceTable table) {
        for (ObjectType type : ObjectType.values()) {
            if (!type.variable().isEmpty()) {
                long address = table.address(TYPES) + (long) ListEntry.BYTES * type.ordinal();
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
