package dev.dirql.kernel.pnp;

import dev.dirql.kernel.Crash;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.io.IoStatus;
import dev.dirql.kernel.io.ObjectNames;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * What drivers ask and tell the Plug and Play manager of a device. Source: WDK, the page of each
 * routine and "Bug check 0xCA".
 */
final class DevicePropertyServices {
    private static final int PNP_DETECTED_FATAL_ERROR = 0xCA;
    private static final int INVALID_PDO = 2;

    private static final int INSTALLED = 0;
    private static final int EXPECT_NO_REMOVAL = 1;

    private final PnpDevices devices;
    private final PnpActions actions;
    private final ObjectNames names;
    private final Crash crash;

    DevicePropertyServices(PnpDevices devices, PnpActions actions, ObjectNames names, Crash crash) {
        this.devices = devices;
        this.actions = actions;
        this.names = names;
        this.crash = crash;
    }

    @Ddi(
            value = "IoGetDeviceProperty",
            maximum = Irql.PASSIVE_LEVEL,
            state = Ddi.State.PARTIAL,
            missing = "what setup writes into the registry, resource requirements, the container")
    int property(
            Processor processor, long pdo, int property, int length, long buffer, long result) {
        GuestMemory memory = processor.memory();
        memory.probe(result, Integer.BYTES, true);
        PnpDevices.Entry entry = devices.ofPdo(pdo);
        if (entry == null) {
            return IoStatus.INVALID_DEVICE_REQUEST;
        }
        if (property < 0 || property > 0x16) {
            return IoStatus.INVALID_PARAMETER_2;
        }
        byte[] value = value(entry, property);
        if (value.length == 0) {
            return IoStatus.OBJECT_NAME_NOT_FOUND;
        }
        boolean fits = Integer.compareUnsigned(length, value.length) >= 0;
        if (fits) {
            memory.probe(buffer, value.length, true);
            memory.storeBytes(buffer, value);
        }
        memory.store32(result, value.length);
        return fits ? IoStatus.SUCCESS : IoStatus.BUFFER_TOO_SMALL;
    }

    /** DEVICE_REGISTRY_PROPERTY; nothing where the device has no such property. */
    private byte[] value(PnpDevices.Entry entry, int property) {
        PnpDevice device = entry.device();
        return switch (property) {
            case 0x00 -> text(device.description());
            case 0x01 -> text(device.deviceId() + "\0");
            case 0x03, 0x15 -> ResourceList.of(device, false);
            case 0x04 -> ResourceList.of(device, true);
            case 0x0B -> text(physicalName(entry.pdo()));
            case 0x0C -> BusInterfaces.busType(device);
            case 0x0D -> number(device.interfaceType());
            case 0x0E -> number(device.busNumber());
            case 0x0F -> text(device.deviceId().substring(0, device.deviceId().indexOf('\\')));
            case 0x10 -> number(device.address());
            case 0x11 -> number(devices.all().indexOf(entry));
            case 0x12 -> number(INSTALLED);
            case 0x13 -> number(EXPECT_NO_REMOVAL);
            default -> new byte[0];
        };
    }

    /** Names are kept in small letters. */
    private String physicalName(long pdo) {
        return names.nameOf(pdo).replace("\\device\\", "\\Device\\");
    }

    private static byte[] text(String text) {
        return (text + "\0").getBytes(StandardCharsets.UTF_16LE);
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }

    @Ddi(value = "IoInvalidateDeviceState", maximum = Irql.DISPATCH_LEVEL)
    Outcome invalidateState(Processor processor, long pdo) {
        return later(processor, pdo, PnpActions.Kind.QUERY_STATE, 0);
    }

    @Ddi(
            value = "IoInvalidateDeviceRelations",
            maximum = Irql.DISPATCH_LEVEL,
            state = Ddi.State.PARTIAL,
            missing = "the starting of devices that a driver reports")
    Outcome invalidateRelations(Processor processor, long pdo, int type) {
        return later(processor, pdo, PnpActions.Kind.QUERY_RELATIONS, type);
    }

    @Ddi(value = "IoRequestDeviceEject", maximum = Irql.DISPATCH_LEVEL)
    Outcome eject(Processor processor, long pdo) {
        return later(processor, pdo, PnpActions.Kind.EJECT, 0);
    }

    /** The request is sent by a system thread. */
    private Outcome later(Processor processor, long pdo, PnpActions.Kind kind, int parameter) {
        PnpDevices.Entry entry = devices.ofPdo(pdo);
        if (entry == null) {
            processor.memory().probe(pdo, DeviceObject.BYTES, false);
            long driver = new DeviceObject(processor.memory(), pdo).driverObject();
            crash.bugCheck(processor, PNP_DETECTED_FATAL_ERROR, INVALID_PDO, pdo, driver, 0);
            return Outcome.stay();
        }
        actions.start(processor, kind, devices.all().indexOf(entry), parameter & 0xFFFF_FFFFL);
        return Outcome.done();
    }
}
