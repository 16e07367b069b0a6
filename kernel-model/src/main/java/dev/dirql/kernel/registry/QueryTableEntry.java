package dev.dirql.kernel.registry;

import dev.dirql.kernel.structures.Layout;
import dev.dirql.kernel.structures.Offset;
import dev.dirql.machine.GuestMemory;

/**
 * One line of what RtlQueryRegistryValues is asked. WDK, RtlQueryRegistryValues.
 *
 * <pre>
 * +0x000  QueryRoutine
 * +0x008  Flags
 * +0x010  Name
 * +0x018  EntryContext
 * +0x020  DefaultType
 * +0x028  DefaultData
 * +0x030  DefaultLength
 * </pre>
 */
@Layout(name = "RTL_QUERY_REGISTRY_TABLE", size = QueryTableEntry.BYTES)
record QueryTableEntry(GuestMemory memory, long address) {
    /** Bytes of the structure. */
    static final int BYTES = 0x38;

    static final int SUBKEY = 0x1;
    static final int TOPKEY = 0x2;
    static final int REQUIRED = 0x4;
    static final int NOVALUE = 0x8;
    static final int NOEXPAND = 0x10;
    static final int DIRECT = 0x20;
    static final int DELETE = 0x40;
    static final int TYPECHECK = 0x100;

    private static final int EXPECTED_TYPE_SHIFT = 24;

    @Offset("QueryRoutine")
    private static final int QUERY_ROUTINE = 0x0;

    @Offset("Flags")
    private static final int FLAGS = 0x8;

    @Offset("Name")
    private static final int NAME = 0x10;

    @Offset("EntryContext")
    private static final int ENTRY_CONTEXT = 0x18;

    @Offset("DefaultType")
    private static final int DEFAULT_TYPE = 0x20;

    @Offset("DefaultData")
    private static final int DEFAULT_DATA = 0x28;

    @Offset("DefaultLength")
    private static final int DEFAULT_LENGTH = 0x30;

    long queryRoutine() {
        return memory.load64(address + QUERY_ROUTINE);
    }

    boolean has(int flags) {
        return ((int) memory.load32(address + FLAGS) & flags) != 0;
    }

    /** Address of a text that ends with a zero, or 0. */
    long name() {
        return memory.load64(address + NAME);
    }

    long entryContext() {
        return memory.load64(address + ENTRY_CONTEXT);
    }

    int defaultType() {
        return (int) memory.load32(address + DEFAULT_TYPE) & 0xFF;
    }

    int expectedType() {
        return (int) memory.load32(address + DEFAULT_TYPE) >>> EXPECTED_TYPE_SHIFT;
    }

    long defaultData() {
        return memory.load64(address + DEFAULT_DATA);
    }

    int defaultLength() {
        return (int) memory.load32(address + DEFAULT_LENGTH);
    }

    /** Whether it is the end of the table. */
    boolean isEnd() {
        return queryRoutine() == 0 && name() == 0;
    }

    /** Whether its flags go with what else it says. */
    boolean isValid() {
        if (has(DIRECT)) {
            return queryRoutine() == 0 && name() != 0 && !has(SUBKEY | NOVALUE);
        }
        return has(SUBKEY) ? name() != 0 : queryRoutine() != 0;
    }

    /** The value that it gives where there is none. */
    RegistryValue defaultValue() {
        int type = defaultType();
        RegistryValue empty = new RegistryValue(text(), type, "");
        int length = defaultLength();
        if (length == 0 && empty.isText()) {
            length = lengthOfText(type == RegistryValue.MULTI_SZ);
        }
        return new RegistryValue(text(), type, RegistryValue.bytes(memory, defaultData(), length));
    }

    private String text() {
        return RegistryPaths.text(memory, name());
    }

    /** Bytes of the default data up to a zero, or two in a row, with it. */
    private int lengthOfText(boolean several) {
        boolean zero = !several;
        for (int at = 0; ; at += 2) {
            boolean isZero = memory.load16(defaultData() + at) == 0;
            if (isZero && zero) {
                return at + 2;
            }
            zero = !several || isZero;
        }
    }
}
