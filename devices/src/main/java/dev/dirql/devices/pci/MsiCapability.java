package dev.dirql.devices.pci;

import dev.dirql.devices.register.Access;
import dev.dirql.devices.register.Register;
import java.util.List;

/**
 * The MSI capability, with 64-bit address and a mask bit for each message. PCI Local Bus
 * Specification 3.0, 6.8.1. All messages have one address; message n replaces as many of the lowest
 * bits of the data as it takes to number the enabled messages. A masked message pends, and is sent
 * when it is unmasked. What a request for a message beyond the enabled ones does is the function's
 * to say there; here its number is taken modulo theirs.
 */
public final class MsiCapability {
    static final int SIZE = 0x18;

    /** As many messages as the capability can tell of. */
    public static final int MESSAGES_MAXIMUM = 32;

    private static final int ID = 0x05;
    private static final long ENABLE = 1;
    private static final long MULTIPLE_CAPABLE = 0b111 << 1;
    private static final long MULTIPLE_ENABLE = 0b111 << 4;
    private static final int MULTIPLE_CAPABLE_SHIFT = 1;
    private static final int MULTIPLE_ENABLE_SHIFT = 4;
    private static final long ADDRESS_64 = 1 << 7;
    private static final long MASKABLE = 1 << 8;

    private final PciFunction function;
    private final int capable;
    private final Register id;
    private final Register next;
    private final Register control;
    private final Register addressLow;
    private final Register addressHigh;
    private final Register data;
    private final Register mask;
    private final Register pending;

    MsiCapability(PciFunction function, int offset, int messages) {
        if (Integer.bitCount(messages) != 1 || messages < 1 || messages > MESSAGES_MAXIMUM) {
            throw new IllegalArgumentException(
                    "%d messages by MSI, not 1, 2, 4, 8, 16 or 32".formatted(messages));
        }
        this.function = function;
        capable = messages;
        long all = messages == MESSAGES_MAXIMUM ? 0xFFFF_FFFFL : (1L << messages) - 1;
        int capableLog = Integer.numberOfTrailingZeros(messages);
        // spotless:off
        id =
                Register.named("MSI_CAPABILITY_ID")
                        .at(offset)
                        .width(1)
                        .access(Access.READ_ONLY)
                        .describedAs("Tells that this is MSI.")
                        .resetsTo(ID);
        next =
                Register.named("MSI_NEXT")
                        .at(offset + 1)
                        .width(1)
                        .access(Access.READ_ONLY)
                        .describedAs("Offset of the next capability, or 0.");
        control =
                Register.named("MSI_CONTROL")
                        .at(offset + 2)
                        .width(2)
                        .describedAs("Whether and by how many messages it interrupts.")
                        .flag(ENABLE, "MSI_ENABLE", Access.READ_WRITE, "It interrupts by message.")
                        .field(
                                MULTIPLE_CAPABLE,
                                "MSI_MULTIPLE_CAPABLE",
                                Access.READ_ONLY,
                                "Logarithm of the messages it can send.")
                        .field(
                                MULTIPLE_ENABLE,
                                "MSI_MULTIPLE_ENABLE",
                                Access.READ_WRITE,
                                "Logarithm of the messages it may send.")
                        .flag(
                                ADDRESS_64,
                                "MSI_ADDRESS_64",
                                Access.READ_ONLY,
                                "The address has 64 bits.")
                        .flag(MASKABLE, "MSI_MASKABLE", Access.READ_ONLY, "MSI_MASK is there.")
                        .resetsTo(
                                (long) capableLog << MULTIPLE_CAPABLE_SHIFT | ADDRESS_64 | MASKABLE)
                        .afterWrite(_ -> function.interruptsChanged());
        addressLow =
                Register.named("MSI_ADDRESS_LOW")
                        .at(offset + 4)
                        .describedAs("Where messages are written to, lower half.")
                        .field(0xFFFF_FFFCL, "MSI_ADDRESS", Access.READ_WRITE, "A multiple of 4.");
        addressHigh =
                Register.named("MSI_ADDRESS_HIGH")
                        .at(offset + 8)
                        .describedAs("Where messages are written to, upper half.");
        data =
                Register.named("MSI_DATA")
                        .at(offset + 0xC)
                        .width(2)
                        .describedAs("What message 0 writes.");
        mask =
                Register.named("MSI_MASK")
                        .at(offset + 0x10)
                        .describedAs("Messages that are not sent but pend, a bit each.")
                        .field(all, "MSI_MASK_BITS", Access.READ_WRITE, "Bit n is for message n.")
                        .afterWrite(_ -> sendUnmasked());
        pending =
                Register.named("MSI_PENDING")
                        .at(offset + 0x14)
                        .access(Access.READ_ONLY)
                        .describedAs("Messages that wait to be unmasked, a bit each.");
        // spotless:on
    }

    List<Register> configuration() {
        return List.of(id, next, control, addressLow, addressHigh, data, mask, pending);
    }

    /** How many messages it can send. */
    public int capableMessages() {
        return capable;
    }

    public boolean isEnabled() {
        return control.isSet(ENABLE);
    }

    /** How many messages it may send. */
    public int enabledMessages() {
        int log = (int) ((control.value() & MULTIPLE_ENABLE) >>> MULTIPLE_ENABLE_SHIFT);
        return Math.min(1 << log, capable);
    }

    /** Sets up and enables it, as whoever sets up the machine does. */
    public void program(long address, int firstData, int messages) {
        addressLow.set(address & 0xFFFF_FFFCL);
        addressHigh.set(address >>> 32);
        data.set(firstData);
        long log = Integer.numberOfTrailingZeros(messages);
        control.set((control.value() & ~MULTIPLE_ENABLE) | log << MULTIPLE_ENABLE_SHIFT | ENABLE);
    }

    /** Masks every message. */
    public void maskAll() {
        mask.set(capable == MESSAGES_MAXIMUM ? 0xFFFF_FFFFL : (1L << capable) - 1);
    }

    /** Offset of the mask bits in the configuration space. */
    public int maskOffset() {
        return mask.offset();
    }

    void request(int message) {
        int number = message % enabledMessages();
        if (mask.isSet(1L << number)) {
            pending.raise(1L << number);
        } else {
            send(number);
        }
    }

    void withdraw(int message) {
        pending.clear(1L << message % enabledMessages());
    }

    private void sendUnmasked() {
        if (!isEnabled()) {
            return;
        }
        for (int i = 0; i < enabledMessages(); i++) {
            if (pending.isSet(1L << i) && !mask.isSet(1L << i)) {
                pending.clear(1L << i);
                send(i);
            }
        }
    }

    /** Whether a message waits to be unmasked. */
    boolean isPending(int number) {
        return pending.isSet(1L << number);
    }

    /** What a message writes. */
    int data(int number) {
        int replaced = enabledMessages() - 1;
        return ((int) data.value() & ~replaced) | number;
    }

    private void send(int number) {
        function.send(addressLow.value() | addressHigh.value() << 32, data(number));
    }
}
