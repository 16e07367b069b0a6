package dev.dirql.kernel.interrupts;

import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;
import java.util.UUID;

/**
 * PCI_MSIX_TABLE_CONFIG_INTERFACE, by which a driver changes the MSI-X table of its device. WDK,
 * wdm.h and "Dynamically Configuring MSI-X". The last two members are reserved, and 0.
 *
 * <pre>
 * +0x00  Size, Version       +0x18  InterfaceDereference   +0x30  UnmaskTableEntry
 * +0x08  Context             +0x20  SetTableEntry          +0x38  GetTableEntry
 * +0x10  InterfaceReference  +0x28  MaskTableEntry         +0x40  GetTableSize
 * </pre>
 */
public final class MsixTableInterface {
    public static final UUID GUID = UUID.fromString("1a6a460b-194f-455d-b34b-b84c5b05712b");

    public static final int VERSION = 1;

    /** As far as the last member that is not reserved. */
    public static final int BYTES_MINIMUM = 0x38;

    private static final int BYTES = 0x48;
    private static final String SET = "HalMsixSetTableEntry";
    private static final String MASK = "HalMsixMaskTableEntry";
    private static final String UNMASK = "HalMsixUnmaskTableEntry";

    private final ServiceEngine engine;
    private final InterruptObjects objects;

    public MsixTableInterface(ServiceEngine engine, InterruptObjects objects) {
        this.engine = engine;
        this.objects = objects;
    }

    /** Whether a device has an MSI-X table in use. */
    public boolean isFor(long deviceObject) {
        InterruptDevice device = objects.devices().of(deviceObject);
        return device != null && device.table() != 0;
    }

    /**
     * Fills in everything but the routines that count references.
     *
     * @param size of the structure, at least {@link #BYTES_MINIMUM}
     */
    public void fill(GuestMemory memory, long address, int size, long deviceObject) {
        int whole = Math.min(size, BYTES);
        memory.store16(address, whole);
        memory.store16(address + 2, VERSION);
        memory.store64(address + 0x08, deviceObject);
        memory.store64(address + 0x20, engine.table().address(SET));
        memory.store64(address + 0x28, engine.table().address(MASK));
        memory.store64(address + 0x30, engine.table().address(UNMASK));
        for (int at = BYTES_MINIMUM; at + 8 <= whole; at += 8) {
            memory.store64(address + at, 0);
        }
    }

    @EntryPoint(value = SET, frame = FrameShape.RETURN_ADDRESS)
    int set(Processor processor, long context, int entry, int message) {
        InterruptDevice device = objects.devices().of(context);
        return status(
                device != null && objects.routing().setEntry(processor, device, entry, message));
    }

    @EntryPoint(value = MASK, frame = FrameShape.RETURN_ADDRESS)
    int mask(Processor processor, long context, int entry) {
        return status(setMasked(processor, context, entry, true));
    }

    @EntryPoint(value = UNMASK, frame = FrameShape.RETURN_ADDRESS)
    int unmask(Processor processor, long context, int entry) {
        return status(setMasked(processor, context, entry, false));
    }

    private boolean setMasked(Processor processor, long context, int entry, boolean masked) {
        InterruptDevice device = objects.devices().of(context);
        return device != null && objects.routing().setMasked(processor, device, entry, masked);
    }

    private static int status(boolean done) {
        return done ? NtStatus.SUCCESS : NtStatus.INVALID_PARAMETER;
    }
}
