package dev.dirql.kernel;

/** NTSTATUS values that services return. Values from the WDK's ntstatus.h. */
public final class NtStatus {
    public static final int SUCCESS = 0;
    public static final int TIMEOUT = 0x102;
    public static final int ACCESS_VIOLATION = 0xC000_0005;
    public static final int INVALID_PARAMETER = 0xC000_000D;
    public static final int ILLEGAL_INSTRUCTION = 0xC000_001D;
    public static final int INSUFFICIENT_RESOURCES = 0xC000_009A;
    public static final int INTEGER_DIVIDE_BY_ZERO = 0xC000_0094;
    public static final int INTEGER_OVERFLOW = 0xC000_0095;
    public static final int PRIVILEGED_INSTRUCTION = 0xC000_0096;
    public static final int ASSERTION_FAILURE = 0xC000_0420;
    public static final int BREAKPOINT = 0x8000_0003;
    public static final int SINGLE_STEP = 0x8000_0004;

    private NtStatus() {}

    /** Whether a status is a success or an information, as NT_SUCCESS says. */
    public static boolean isSuccess(int status) {
        return status >= 0;
    }
}
