package dev.dirql.kernel.io;

/** NTSTATUS values of the I/O manager. Values from the WDK's ntstatus.h. */
public final class IoStatus {
    public static final int SUCCESS = 0;
    public static final int PENDING = 0x103;
    public static final int OBJECT_NAME_EXISTS = 0x4000_0000;
    public static final int UNSUCCESSFUL = 0xC000_0001;
    public static final int INVALID_PARAMETER = 0xC000_000D;
    public static final int NO_SUCH_DEVICE = 0xC000_000E;
    public static final int INVALID_DEVICE_REQUEST = 0xC000_0010;
    public static final int MORE_PROCESSING_REQUIRED = 0xC000_0016;
    public static final int BUFFER_TOO_SMALL = 0xC000_0023;
    public static final int OBJECT_TYPE_MISMATCH = 0xC000_0024;
    public static final int OBJECT_NAME_INVALID = 0xC000_0033;
    public static final int OBJECT_NAME_NOT_FOUND = 0xC000_0034;
    public static final int OBJECT_NAME_COLLISION = 0xC000_0035;
    public static final int OBJECT_PATH_NOT_FOUND = 0xC000_003A;
    public static final int OBJECT_PATH_SYNTAX_BAD = 0xC000_003B;
    public static final int NONE_MAPPED = 0xC000_0073;
    public static final int INSUFFICIENT_RESOURCES = 0xC000_009A;
    public static final int INVALID_PARAMETER_2 = 0xC000_00F0;
    public static final int NOT_SUPPORTED = 0xC000_00BB;

    private IoStatus() {}

    /** NT_ERROR. */
    public static boolean isError(int status) {
        return status >>> 30 == 3;
    }
}
