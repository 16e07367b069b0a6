package dev.dirql.kernel.pnp;

import dev.dirql.kernel.structures.Layout;
import dev.dirql.kernel.structures.Offset;
import dev.dirql.machine.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * CM_RESOURCE_LIST: the resources that were given to a device. WDK, wdm.h.
 *
 * <pre>
 * +0x000  Count = 1
 * +0x004  List[0].InterfaceType
 * +0x008  List[0].BusNumber
 * +0x00C  List[0].PartialResourceList.Version, Revision = 1
 * +0x010  List[0].PartialResourceList.Count
 * +0x014  List[0].PartialResourceList.PartialDescriptors, 0x14 bytes each:
 *         +0x00 Type  +0x01 ShareDisposition  +0x02 Flags  +0x04 u
 * </pre>
 */
@Layout(name = "CM_RESOURCE_LIST", size = ResourceList.HEADER + ResourceList.DESCRIPTOR)
final class ResourceList {
    @Offset("List[0].PartialResourceList.PartialDescriptors")
    static final int HEADER = 0x14;

    static final int DESCRIPTOR = 0x14;

    private static final int PORT = 1;
    private static final int INTERRUPT = 2;
    private static final int MEMORY = 3;

    private static final int DEVICE_EXCLUSIVE = 1;
    private static final int SHARED = 3;

    private static final int LATCHED = 1;
    private static final int MESSAGE = 2;
    private static final int MESSAGE_TOKEN = -2;
    private static final int PORT_IO = 1;

    private ResourceList() {}

    /** Bytes of the list of a device's resources; 0 if it has none. */
    static int bytes(PnpDevice device) {
        int count = device.resources().size();
        return count == 0 ? 0 : HEADER + DESCRIPTOR * count;
    }

    /**
     * Writes the list.
     *
     * @param translated whether interrupts are those of the processors, and not of the bus
     */
    static void write(GuestMemory memory, long address, PnpDevice device, boolean translated) {
        memory.storeBytes(address, of(device, translated));
    }

    /** The bytes of the list; none if the device has no resources. */
    static byte[] of(PnpDevice device, boolean translated) {
        if (device.resources().isEmpty()) {
            return new byte[0];
        }
        ByteBuffer out = ByteBuffer.allocate(bytes(device)).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(1);
        out.putInt(device.interfaceType());
        out.putInt(device.busNumber());
        out.putShort((short) 1).putShort((short) 1);
        out.putInt(device.resources().size());
        for (PnpResource resource : device.resources()) {
            put(out, resource, translated);
        }
        return out.array();
    }

    private static void put(ByteBuffer out, PnpResource resource, boolean translated) {
        switch (resource) {
            case PnpResource.Memory(long start, long bytes) -> {
                head(out, MEMORY, DEVICE_EXCLUSIVE, 0);
                range(out, start, bytes);
            }
            case PnpResource.Ports(long start, long count) -> {
                head(out, PORT, DEVICE_EXCLUSIVE, PORT_IO);
                range(out, start, count);
            }
            case PnpResource.Line line -> {
                boolean latched = line.latched();
                head(out, INTERRUPT, latched ? DEVICE_EXCLUSIVE : SHARED, latched ? LATCHED : 0);
                out.putInt(translated ? line.irql() : line.line());
                out.putInt(translated ? line.vector() : line.line());
                out.putLong(line.affinity());
            }
            case PnpResource.Messages messages -> {
                if (!translated) {
                    head(out, INTERRUPT, DEVICE_EXCLUSIVE, LATCHED | MESSAGE);
                    out.putShort((short) 0).putShort((short) messages.count());
                    out.putInt(MESSAGE_TOKEN);
                    out.putLong(messages.affinity());
                    return;
                }
                head(out, INTERRUPT, DEVICE_EXCLUSIVE, LATCHED | MESSAGE);
                out.putInt(messages.irql());
                out.putInt(messages.vector());
                out.putLong(messages.affinity());
            }
        }
    }

    private static void head(ByteBuffer out, int type, int share, int flags) {
        out.put((byte) type).put((byte) share).putShort((short) flags);
    }

    private static void range(ByteBuffer out, long start, long bytes) {
        out.putLong(start).putInt((int) bytes).putInt(0);
    }
}
