package dev.dirql.devices;

import dev.dirql.devices.pci.BaseAddress;
import dev.dirql.devices.pci.MsiCapability;
import dev.dirql.devices.pci.MsixTable;
import dev.dirql.devices.pci.PciIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * What a type of device is on the PCI bus.
 *
 * @param line whether it can assert a line
 * @param msi how many messages of MSI devices with those properties can send, 0 without MSI
 * @param msix how many entries the table of MSI-X of such devices has, 0 without MSI-X
 * @param table the range of that table
 * @param ranges the ranges of its registers
 * @param messages what its messages are for, as far as that is fixed
 */
public record PciType(
        PciIdentity identity,
        boolean line,
        ToIntFunction<PropertyValues> msi,
        ToIntFunction<PropertyValues> msix,
        PciRange table,
        List<PciRange> ranges,
        List<PciMessage> messages) {
    /** Where the table of MSI-X is if there is nothing else to say. */
    public static final PciRange USUAL_TABLE =
            new PciRange(4, BaseAddress.Kind.MEMORY_64, MsixTable.WINDOW, "");

    private static final List<PciRange> USUAL_RANGES =
            List.of(new PciRange(0, BaseAddress.Kind.MEMORY_64, 0, ""));

    public PciType {
        ranges = List.copyOf(ranges);
        messages = List.copyOf(messages);
    }

    /**
     * A type with a line, MSI and MSI-X, and its registers in one range.
     *
     * @param usualMessages how many messages devices with those properties have causes for
     */
    public PciType(PciIdentity identity, ToIntFunction<PropertyValues> usualMessages) {
        this(
                identity,
                true,
                values -> powerOfTwo(usualMessages.applyAsInt(values)),
                values -> Math.min(usualMessages.applyAsInt(values), MsixTable.ENTRIES_MAXIMUM),
                USUAL_TABLE,
                USUAL_RANGES,
                List.of());
    }

    private static int powerOfTwo(int messages) {
        return Integer.highestOneBit(2 * Math.min(messages, MsiCapability.MESSAGES_MAXIMUM) - 1);
    }

    /**
     * The properties that say how devices of such a type interrupt.
     *
     * @param line whether they have a line
     * @param msi most messages of MSI, 0 without
     * @param msix most messages of MSI-X, 0 without
     */
    public static List<Property> properties(boolean line, int msi, int msix) {
        List<Property> all = new ArrayList<>();
        if (line) {
            all.add(PciInterrupts.LINE);
        }
        if (msi > 0) {
            all.add(PciInterrupts.msi(msi));
        }
        if (msix > 0) {
            all.add(PciInterrupts.msix(msix));
        }
        if (!all.isEmpty()) {
            all.add(InterruptAffinity.AFFINITY);
            all.add(InterruptAffinity.PROCESSORS);
        }
        return all;
    }
}
