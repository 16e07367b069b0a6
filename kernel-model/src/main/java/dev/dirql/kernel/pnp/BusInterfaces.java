package dev.dirql.kernel.pnp;

import dev.dirql.kernel.interrupts.MsixTableInterface;
import dev.dirql.kernel.io.IoStatus;
import dev.dirql.kernel.io.ObjectReferences;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.IoStackLocation;
import dev.dirql.kernel.structures.Irp;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

/**
 * What IRP_MN_QUERY_INTERFACE answers: BUS_INTERFACE_STANDARD, whose routines reach the
 * configuration space of a device. Source: WDK, wdm.h and "IRP_MN_QUERY_INTERFACE".
 *
 * <pre>
 * +0x000  Size
 * +0x002  Version
 * +0x008  Context
 * +0x010  InterfaceReference
 * +0x018  InterfaceDereference
 * +0x020  TranslateBusAddress
 * +0x028  GetDmaAdapter
 * +0x030  SetBusData
 * +0x038  GetBusData
 * </pre>
 */
final class BusInterfaces {
    static final int BUS_INFORMATION_BYTES = 0x18;

    private static final UUID BUS_INTERFACE_STANDARD =
            UUID.fromString("496b8280-6f25-11d0-beaf-08002be2092f");
    private static final UUID BUS_TYPE_PCI =
            UUID.fromString("c8ebdfb0-b510-11d0-80e5-00a0c92542e3");
    private static final UUID BUS_TYPE_INTERNAL =
            UUID.fromString("1530ea73-086b-11d1-a09f-00c04fc340b1");

    private static final int BYTES = 0x40;
    private static final int VERSION_1 = 1;
    private static final int ADDRESS_IN_PORTS = 1;

    private static final String REFERENCE = "PnpBusInterfaceReference";
    private static final String DEREFERENCE = "PnpBusInterfaceDereference";
    private static final String TRANSLATE = "PnpTranslateBusAddress";
    private static final String DMA_ADAPTER = "PnpGetBusDmaAdapter";
    private static final String SET_DATA = "PnpSetBusData";
    private static final String GET_DATA = "PnpGetBusData";

    private final ServiceEngine engine;
    private final PnpDevices known;
    private final ObjectReferences references;
    private final MsixTableInterface msix;

    BusInterfaces(
            ServiceEngine engine,
            PnpDevices known,
            ObjectReferences references,
            MsixTableInterface msix) {
        this.engine = engine;
        this.known = known;
        this.references = references;
        this.msix = msix;
    }

    /** Answers a query; interfaces that are not known leave the status as it is. */
    int query(Processor processor, PnpDevices.Entry entry, Irp irp) {
        IoStackLocation location = irp.current();
        GuestMemory memory = processor.memory();
        int size = (int) location.argument2() & 0xFFFF;
        int version = (int) (location.argument2() >>> 16) & 0xFFFF;
        long at = location.argument3();
        UUID asked = guid(memory, location.argument1());
        if (asked.equals(MsixTableInterface.GUID)
                && version == MsixTableInterface.VERSION
                && msix.isFor(entry.pdo())) {
            if (size < MsixTableInterface.BYTES_MINIMUM) {
                return IoStatus.INVALID_PARAMETER;
            }
            memory.probe(at, size, true);
            msix.fill(memory, at, size, entry.pdo());
            memory.store64(at + 0x10, engine.table().address(REFERENCE));
            memory.store64(at + 0x18, engine.table().address(DEREFERENCE));
            references.add(entry.pdo());
            return IoStatus.SUCCESS;
        }
        if (!asked.equals(BUS_INTERFACE_STANDARD) || version != VERSION_1) {
            return irp.status();
        }
        if (size < BYTES) {
            return IoStatus.INVALID_PARAMETER;
        }
        processor.memory().probe(at, BYTES, true);
        memory.store16(at, BYTES);
        memory.store16(at + 2, VERSION_1);
        memory.store64(at + 0x08, entry.pdo());
        String[] routines = {REFERENCE, DEREFERENCE, TRANSLATE, DMA_ADAPTER, SET_DATA, GET_DATA};
        for (int i = 0; i < routines.length; i++) {
            memory.store64(at + 0x10 + 8L * i, engine.table().address(routines[i]));
        }
        references.add(entry.pdo());
        return IoStatus.SUCCESS;
    }

    static UUID guid(GuestMemory memory, long address) {
        long high =
                (memory.load32(address) << 32)
                        | ((memory.load16(address + 4) & 0xFFFF) << 16)
                        | (memory.load16(address + 6) & 0xFFFF);
        return new UUID(high, Long.reverseBytes(memory.load64(address + 8)));
    }

    private static void storeGuid(GuestMemory memory, long address, UUID guid) {
        long high = guid.getMostSignificantBits();
        memory.store32(address, high >>> 32);
        memory.store16(address + 4, (high >>> 16) & 0xFFFF);
        memory.store16(address + 6, high & 0xFFFF);
        memory.store64(address + 8, Long.reverseBytes(guid.getLeastSignificantBits()));
    }

    /** PNP_BUS_INFORMATION. */
    static void storeBusInformation(GuestMemory memory, long address, PnpDevice device) {
        boolean pci = device.interfaceType() == PnpDevice.PCI_BUS;
        storeGuid(memory, address, pci ? BUS_TYPE_PCI : BUS_TYPE_INTERNAL);
        memory.store32(address + 0x10, device.interfaceType());
        memory.store32(address + 0x14, device.busNumber());
    }

    /** The GUID of the bus of a device, as it lies in memory. */
    static byte[] busType(PnpDevice device) {
        UUID guid = device.interfaceType() == PnpDevice.PCI_BUS ? BUS_TYPE_PCI : BUS_TYPE_INTERNAL;
        long most = guid.getMostSignificantBits();
        return ByteBuffer.allocate(Long.BYTES * 2)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) (most >>> 32))
                .putShort((short) (most >>> 16))
                .putShort((short) most)
                .putLong(Long.reverseBytes(guid.getLeastSignificantBits()))
                .array();
    }

    // ---- the routines ----

    @EntryPoint(value = REFERENCE, frame = FrameShape.RETURN_ADDRESS)
    void reference(Processor processor, long context) {
        references.add(context);
    }

    @EntryPoint(value = DEREFERENCE, frame = FrameShape.RETURN_ADDRESS)
    void dereference(Processor processor, long context) {
        references.remove(context);
    }

    /** Addresses of the bus are those of the processors. */
    @EntryPoint(value = TRANSLATE, frame = FrameShape.RETURN_ADDRESS)
    boolean translate(
            Processor processor,
            long context,
            long busAddress,
            int length,
            long addressSpace,
            long result) {
        processor.memory().probe(result, Long.BYTES, true);
        int space = (int) processor.memory().load32(addressSpace);
        boolean isKnown = space == 0 || space == ADDRESS_IN_PORTS;
        if (isKnown) {
            processor.memory().store64(result, busAddress);
        }
        return isKnown;
    }

    @EntryPoint(value = DMA_ADAPTER, frame = FrameShape.RETURN_ADDRESS)
    Outcome dmaAdapter(Processor processor, long context, long description, long registers) {
        return new Outcome.TailCall(
                engine.table().address("IoGetDmaAdapter"), context, description, registers, 0);
    }

    @EntryPoint(value = SET_DATA, frame = FrameShape.RETURN_ADDRESS)
    int setData(
            Processor processor, long context, int dataType, long buffer, int offset, int length) {
        ConfigurationSpace space = space(context);
        return dataType != 0 || length <= 0
                ? 0
                : space.write(processor, offset, processor.memory().loadBytes(buffer, length));
    }

    @EntryPoint(value = GET_DATA, frame = FrameShape.RETURN_ADDRESS)
    int getData(
            Processor processor, long context, int dataType, long buffer, int offset, int length) {
        if (dataType != 0 || length <= 0) {
            return 0;
        }
        processor.memory().probe(buffer, length, true);
        byte[] bytes = space(context).read(processor, offset, length);
        processor.memory().storeBytes(buffer, bytes);
        return bytes.length;
    }

    private ConfigurationSpace space(long pdo) {
        PnpDevices.Entry entry = known.ofPdo(pdo);
        return entry == null ? ConfigurationSpace.NONE : entry.device().configuration();
    }
}
