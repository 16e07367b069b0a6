package dev.dirql.kernel.structures;

import dev.dirql.machine.GuestMemory;

/**
 * How an object is named and its handle made. WDK, ntdef.h.
 *
 * <pre>
 * +0x000  Length
 * +0x008  RootDirectory
 * +0x010  ObjectName
 * +0x018  Attributes
 * +0x020  SecurityDescriptor
 * +0x028  SecurityQualityOfService
 * </pre>
 */
@Layout(name = "OBJECT_ATTRIBUTES", size = ObjectAttributes.BYTES)
public record ObjectAttributes(GuestMemory memory, long address) {
    /** Bytes of the structure. */
    public static final int BYTES = 0x30;

    public static final int PERMANENT = 0x10;
    public static final int EXCLUSIVE = 0x20;
    public static final int CASE_INSENSITIVE = 0x40;
    public static final int OPEN_IF = 0x80;

    /** Every attribute there is. */
    private static final int VALID = 0x1FF2;

    @Offset("Length")
    private static final int LENGTH = 0x0;

    @Offset("RootDirectory")
    private static final int ROOT_DIRECTORY = 0x8;

    @Offset("ObjectName")
    private static final int OBJECT_NAME = 0x10;

    @Offset("Attributes")
    private static final int ATTRIBUTES = 0x18;

    @Offset("SecurityDescriptor")
    private static final int SECURITY_DESCRIPTOR = 0x20;

    @Offset("SecurityQualityOfService")
    private static final int SECURITY_QUALITY_OF_SERVICE = 0x28;

    /** Whether the length is that of the structure, and there are no attributes but known ones. */
    public boolean isValid() {
        return (int) memory.load32(address + LENGTH) == BYTES && (attributes() & ~VALID) == 0;
    }

    public long rootDirectory() {
        return memory.load64(address + ROOT_DIRECTORY);
    }

    /** Address of the name, a UNICODE_STRING, or 0. */
    public long objectName() {
        return memory.load64(address + OBJECT_NAME);
    }

    /** The name, empty if there is none. */
    public String name() {
        long name = objectName();
        return name == 0 ? "" : new UnicodeString(memory, name).text();
    }

    public int attributes() {
        return (int) memory.load32(address + ATTRIBUTES);
    }

    public boolean has(int attribute) {
        return (attributes() & attribute) != 0;
    }

    public long securityDescriptor() {
        return memory.load64(address + SECURITY_DESCRIPTOR);
    }

    public long securityQualityOfService() {
        return memory.load64(address + SECURITY_QUALITY_OF_SERVICE);
    }
}
