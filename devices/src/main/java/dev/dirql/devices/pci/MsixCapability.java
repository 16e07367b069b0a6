package dev.dirql.devices.pci;

import dev.dirql.devices.register.Access;
import dev.dirql.devices.register.Register;
import java.util.List;

/**
 * The MSI-X capability. PCI Local Bus Specification 3.0, 6.8.2. Each message has an address, data
 * and a mask bit of its own in the {@link MsixTable}. A message that is masked, itself or with all
 * of the function, pends; it is sent when it is unmasked. A pending message whose reason is gone is
 * forgotten.
 */
public final class MsixCapability {
    static final int SIZE = 0x0C;

    private static final int ID = 0x11;
    private static final long TABLE_SIZE = 0x7FF;
    private static final long FUNCTION_MASK = 1 << 14;
    private static final long ENABLE = 1 << 15;

    private final PciFunction function;
    private final MsixTable table;
    private final Register id;
    private final Register next;
    private final Register control;
    private final Register tablePlace;
    private final Register pendingPlace;

    MsixCapability(PciFunction function, int offset, int entries, int base) {
        this.function = function;
        table = new MsixTable(function, entries, this::sendUnmasked);
        // spotless:off
        id =
                Register.named("MSIX_CAPABILITY_ID")
                        .at(offset)
                        .width(1)
                        .access(Access.READ_ONLY)
                        .describedAs("Tells that this is MSI-X.")
                        .resetsTo(ID);
        next =
                Register.named("MSIX_NEXT")
                        .at(offset + 1)
                        .width(1)
                        .access(Access.READ_ONLY)
                        .describedAs("Offset of the next capability, or 0.");
        control =
                Register.named("MSIX_CONTROL")
                        .at(offset + 2)
                        .width(2)
                        .describedAs("Whether it interrupts by the messages of its table.")
                        .field(
                                TABLE_SIZE,
                                "MSIX_TABLE_SIZE",
                                Access.READ_ONLY,
                                "Entries, less one.")
                        .flag(
                                FUNCTION_MASK,
                                "MSIX_FUNCTION_MASK",
                                Access.READ_WRITE,
                                "All messages are masked.")
                        .flag(ENABLE, "MSIX_ENABLE", Access.READ_WRITE, "It interrupts by message.")
                        .resetsTo(entries - 1)
                        .afterWrite(_ -> controlWritten());
        tablePlace =
                Register.named("MSIX_TABLE")
                        .at(offset + 4)
                        .access(Access.READ_ONLY)
                        .describedAs(
                                "Base address register of the table, and the offset in its range.")
                        .resetsTo(base);
        pendingPlace =
                Register.named("MSIX_PENDING")
                        .at(offset + 8)
                        .access(Access.READ_ONLY)
                        .describedAs("The same of the pending bits.")
                        .resetsTo(base | MsixTable.PENDING_OFFSET);
        // spotless:on
    }

    List<Register> configuration() {
        return List.of(id, next, control, tablePlace, pendingPlace);
    }

    public MsixTable table() {
        return table;
    }

    public boolean isEnabled() {
        return control.isSet(ENABLE);
    }

    /** Enables it, as whoever sets up the machine does once the table is filled. */
    public void enable() {
        control.raise(ENABLE);
    }

    void request(int message) {
        int number = message % table.entries();
        if (control.isSet(FUNCTION_MASK) || table.isMasked(number)) {
            table.setPending(number, true);
        } else {
            send(number);
        }
    }

    void withdraw(int message) {
        table.setPending(message % table.entries(), false);
    }

    private void controlWritten() {
        function.interruptsChanged();
        sendUnmasked();
    }

    private void sendUnmasked() {
        if (!isEnabled() || control.isSet(FUNCTION_MASK)) {
            return;
        }
        for (int i = table.nextPending(0); i >= 0; i = table.nextPending(i + 1)) {
            if (!table.isMasked(i)) {
                table.setPending(i, false);
                send(i);
            }
        }
    }

    private void send(int number) {
        function.send(table.address(number), table.data(number));
    }
}
