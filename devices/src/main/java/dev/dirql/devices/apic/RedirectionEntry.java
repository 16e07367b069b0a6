package dev.dirql.devices.apic;

/**
 * The bits of a redirection table entry. 82093AA datasheet, 3.2.4, "I/O redirection table
 * registers".
 *
 * <pre>
 *   63       56 55      17  16   15   14  13  12   11   10   8 7      0
 *  |destination| reserved |mask|trig|rIRR|pol|stat|dmode|delivery|vector|
 * </pre>
 *
 * The destination is eight bits in either mode, as in later I/O APICs.
 */
final class RedirectionEntry {
    static final long LOGICAL = 1L << 11;
    static final long SEND_PENDING = 1L << 12;
    static final long ACTIVE_LOW = 1L << 13;
    static final long REMOTE_IRR = 1L << 14;
    static final long LEVEL = 1L << 15;
    static final long MASKED = 1L << 16;

    /** Bits that software writes. */
    static final long WRITABLE = 0xFF00_0000_0001_AFFFL;

    private RedirectionEntry() {}

    static int vector(long entry) {
        return (int) entry & 0xFF;
    }

    static DeliveryMode deliveryMode(long entry) {
        return DeliveryMode.of((int) (entry >>> 8));
    }

    static int destination(long entry) {
        return (int) (entry >>> 56);
    }

    static boolean is(long entry, long bit) {
        return (entry & bit) != 0;
    }
}
