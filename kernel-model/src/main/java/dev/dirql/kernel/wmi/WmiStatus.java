package dev.dirql.kernel.wmi;

/** NTSTATUS values of WMI. Values from the WDK's ntstatus.h. */
final class WmiStatus {
    static final int ACCESS_DENIED = 0xC000_0022;
    static final int BUFFER_OVERFLOW = 0x8000_0005;
    static final int GUID_NOT_FOUND = 0xC000_0295;
    static final int INSTANCE_NOT_FOUND = 0xC000_0296;
    static final int GUID_DISCONNECTED = 0xC000_0301;
    static final int READ_ONLY = 0xC000_02C6;

    private WmiStatus() {}
}
