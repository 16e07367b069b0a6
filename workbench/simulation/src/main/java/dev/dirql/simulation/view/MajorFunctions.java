package dev.dirql.simulation.view;

/** Names of the IRP major function codes. WDK, wdm.h. */
public final class MajorFunctions {
    private static final String[] NAMES = {
        "create",
        "create named pipe",
        "close",
        "read",
        "write",
        "query information",
        "set information",
        "query EA",
        "set EA",
        "flush buffers",
        "query volume information",
        "set volume information",
        "directory control",
        "file system control",
        "device control",
        "internal device control",
        "shutdown",
        "lock control",
        "cleanup",
        "create mailslot",
        "query security",
        "set security",
        "power",
        "system control",
        "device change",
        "query quota",
        "set quota",
        "PnP"
    };

    public static final int READ = 3;
    public static final int WRITE = 4;
    public static final int DEVICE_CONTROL = 14;
    public static final int INTERNAL_DEVICE_CONTROL = 15;
    public static final int POWER = 22;
    public static final int SYSTEM_CONTROL = 23;

    public static final int PNP = 27;

    private MajorFunctions() {}

    /** {@code write} for IRP_MJ_WRITE. */
    public static String name(int major) {
        return major >= 0 && major < NAMES.length ? NAMES[major] : "function " + major;
    }
}
