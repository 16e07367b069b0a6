package dev.dirql.devices.apic;

/** The delivery modes of a redirection entry or message, by their three-bit encoding. */
enum DeliveryMode {
    FIXED,
    LOWEST_PRIORITY,
    SMI,
    RESERVED_3,
    NMI,
    INIT,
    RESERVED_6,
    EXTERNAL;

    private static final DeliveryMode[] ALL = values();

    static DeliveryMode of(int encoding) {
        return ALL[encoding & 7];
    }

    /** Whether it requests a vector; the others are not modelled. */
    boolean isModelled() {
        return this == FIXED || this == LOWEST_PRIORITY;
    }
}
