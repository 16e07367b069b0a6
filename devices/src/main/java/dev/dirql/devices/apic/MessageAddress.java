package dev.dirql.devices.apic;

/**
 * The address of a message-signaled interrupt. Intel SDM volume 3A, 10.11.1, "Message Address
 * Register Format".
 *
 * <pre>
 *   31      20 19         12 11      4  3  2  1 0
 *  | 0x0FEE   | destination | reserved |RH|DM|x x|
 * </pre>
 *
 * @param destination APIC ID or logical destination
 * @param redirectionHint RH: one of the destinations takes it
 * @param logical DM: the destination is logical. The manual lets DM be ignored where RH is 0; here
 *     it always counts.
 */
public record MessageAddress(int destination, boolean redirectionHint, boolean logical) {
    private static final long BASE = 0xFEE0_0000L;
    private static final long BASE_MASK = ~0xF_FFFFL;
    private static final int REDIRECTION_HINT = 1 << 3;
    private static final int LOGICAL = 1 << 2;

    /** Whether a write to this physical address is a message to local APICs. */
    public static boolean isMessage(long address) {
        return (address & BASE_MASK) == BASE;
    }

    /** Reads the fields of an address. */
    public static MessageAddress decode(long address) {
        if (!isMessage(address)) {
            throw new IllegalArgumentException(
                    "message address 0x%x, not in 0xfee00000 to 0xfeefffff".formatted(address));
        }
        return new MessageAddress(
                (int) (address >>> 12) & 0xFF,
                (address & REDIRECTION_HINT) != 0,
                (address & LOGICAL) != 0);
    }

    /**
     * The address that lets one of a set of processors take the message. In the flat model only the
     * first eight can be together; of a set with others, the first processor alone is addressed.
     *
     * @param processors a bit for each processor, not 0
     */
    public static MessageAddress to(long processors) {
        if (processors == 0) {
            throw new IllegalArgumentException("a message needs a processor");
        }
        if (Long.bitCount(processors) == 1 || (processors & ~0xFFL) != 0) {
            return new MessageAddress(Long.numberOfTrailingZeros(processors), false, false);
        }
        return new MessageAddress((int) processors, true, true);
    }

    /** The address with these fields. */
    public long encode() {
        return BASE
                | (long) destination << 12
                | (redirectionHint ? REDIRECTION_HINT : 0)
                | (logical ? LOGICAL : 0);
    }
}
