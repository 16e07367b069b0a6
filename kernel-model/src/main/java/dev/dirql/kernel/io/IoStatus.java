package dev.dirql.kernel.io;

/** NTSTATUS values of the I/O manager. Values from the WDK's ntstatus.h. */
final class IoStatus {
    static final int SUCCESS = 0;
    static final int PENDING = 0x103;
    static final int NO_SUCH_DEVICE = 0xC000_000E;
    static final int INVALID_DEVICE_REQUEST = 0xC000_0010;
    static final int MORE_PROCESSING_REQUIRED = 0xC000_0016;
    static final int OBJECT_TYPE_MISMATCH = 0xC000_0024;
    static final int OBJECT_NAME_INVALID = 0xC000_0033;
    static final int OBJECT_NAME_NOT_FOUND = 0xC000_0034;
    static final int OBJECT_NAME_COLLISION = 0xC000_0035;
    static final int OBJECT_PATH_NOT_FOUND = 0xC000_003A;
    static final int OBJECT_PATH_SYNTAX_BAD = 0xC000_003B;
    static final int INSUFFICIENT_RESOURCES = 0xC000_009A;

    private IoStatus() {}

    /** NT_ERROR. */
    static boolean isError(int status) {
        return status >>> 30 == 3;
    }
}
