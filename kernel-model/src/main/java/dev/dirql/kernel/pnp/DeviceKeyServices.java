package dev.dirql.kernel.pnp;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.io.IoStatus;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.machine.Processor;

/** Keys in the registry of devices and their interfaces. Source: WDK, the page of each routine. */
final class DeviceKeyServices {
    /** PLUGPLAY_REGKEY_DEVICE, DRIVER and CURRENT_HWPROFILE. */
    private static final int DEVICE = 1;

    private static final int DRIVER = 2;
    private static final int CURRENT_PROFILE = 4;

    private static final String CURRENT = "\\REGISTRY\\MACHINE\\SYSTEM\\CurrentControlSet\\";
    private static final String PROFILE =
            CURRENT + "Hardware Profiles\\Current\\System\\CurrentControlSet\\";

    /** The setup class of system devices, in which nobody has put the devices of a machine. */
    private static final String CLASS = "Control\\Class\\{4d36e97d-e325-11ce-bfc1-08002be10318}\\";

    private final DeviceKeys keys;
    private final PnpDevices devices;
    private final DeviceInterfaces interfaces;

    DeviceKeyServices(DeviceKeys keys, PnpDevices devices, DeviceInterfaces interfaces) {
        this.keys = keys;
        this.devices = devices;
        this.interfaces = interfaces;
    }

    @Ddi(value = "IoOpenDeviceRegistryKey", maximum = Irql.PASSIVE_LEVEL)
    int openDevice(Processor processor, long pdo, int type, int access, long handlePointer) {
        processor.memory().probe(handlePointer, Long.BYTES, true);
        PnpDevices.Entry entry = devices.ofPdo(pdo);
        int kind = type & ~CURRENT_PROFILE;
        if (entry == null || (kind != DEVICE && kind != DRIVER)) {
            return IoStatus.INVALID_PARAMETER;
        }
        PnpDevice device = entry.device();
        String root = (type & CURRENT_PROFILE) != 0 ? PROFILE : CURRENT;
        String path =
                kind == DEVICE
                        ? "Enum\\"
                                + device.deviceId()
                                + "\\"
                                + device.name()
                                + "\\Device Parameters"
                        : CLASS + "%04d".formatted(devices.all().indexOf(entry));
        return keys.open(processor, root + path, handlePointer, access);
    }

    @Ddi(value = "IoOpenDeviceInterfaceRegistryKey", maximum = Irql.PASSIVE_LEVEL)
    int openInterface(Processor processor, UnicodeString name, int access, long handlePointer) {
        processor.memory().probe(handlePointer, Long.BYTES, true);
        String link = name.text();
        if (!link.startsWith("\\??\\")) {
            return IoStatus.INVALID_PARAMETER;
        }
        String guid = interfaces.classOf(link);
        if (guid.isEmpty()) {
            return IoStatus.OBJECT_NAME_NOT_FOUND;
        }
        int end = link.indexOf('\\', 4);
        String instance = "##?#" + (end < 0 ? link.substring(4) : link.substring(4, end));
        String reference = "#" + (end < 0 ? "" : link.substring(end + 1));
        return keys.open(
                processor,
                CURRENT
                        + "Control\\DeviceClasses\\"
                        + guid
                        + "\\"
                        + instance
                        + "\\"
                        + reference
                        + "\\Device Parameters",
                handlePointer,
                access);
    }
}
