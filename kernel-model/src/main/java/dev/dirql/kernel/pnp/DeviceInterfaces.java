package dev.dirql.kernel.pnp;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.io.IoStatus;
import dev.dirql.kernel.io.ObjectNames;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Instances of device interface classes. While one is enabled its name is a symbolic link to the
 * physical device object. Source: WDK, the page of each routine.
 */
final class DeviceInterfaces implements StatePart {
    private static final int TAG = 'P' | 'n' << 8 | 'p' << 16 | ' ' << 24;
    private static final int GUID_BYTES = 16;
    private static final int INCLUDE_NONACTIVE = 1;
    private static final String PREFIX = "\\??\\";

    /** An instance. */
    private record Instance(String name, String guid, long pdo, boolean enabled) {}

    private final ServiceEngine engine;
    private final Pool pool;
    private final PnpDevices devices;
    private final ObjectNames names;
    private InterfaceListener listener = (_, _, _, _) -> {};
    private List<Instance> instances = new ArrayList<>();

    DeviceInterfaces(ServiceEngine engine, Pool pool, PnpDevices devices, ObjectNames names) {
        this.engine = engine;
        this.pool = pool;
        this.devices = devices;
        this.names = names;
    }

    /** Is told of interfaces that are enabled or disabled. */
    @FunctionalInterface
    interface InterfaceListener {
        void changed(Processor processor, boolean enabled, String guid, String name);
    }

    void onChange(InterfaceListener newListener) {
        listener = newListener;
    }

    /** The names of the enabled instances of a class. */
    List<String> enabled(String guid) {
        return instances.stream()
                .filter(instance -> instance.enabled && instance.guid.equals(guid))
                .map(Instance::name)
                .toList();
    }

    /** The class of an instance that was registered, or nothing. */
    String classOf(String name) {
        int index = find(name);
        return index < 0 ? "" : instances.get(index).guid;
    }

    @Ddi(value = "IoRegisterDeviceInterface", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlIoPassive3")
    int register(
            Processor processor, long pdo, long classGuid, UnicodeString reference, long result) {
        processor.memory().probe(result, UnicodeString.BYTES, true);
        PnpDevices.Entry entry = devices.ofPdo(pdo);
        String own = reference.address() == 0 ? "" : reference.text();
        if (entry == null || own.indexOf('\\') >= 0 || own.indexOf('/') >= 0) {
            return IoStatus.INVALID_DEVICE_REQUEST;
        }
        String guid = guid(processor.memory(), classGuid);
        String path = entry.device().deviceId() + "\\" + entry.device().name();
        String name =
                PREFIX + path.replace('\\', '#') + "#" + guid + (own.isEmpty() ? "" : "\\" + own);
        long text =
                pool.fails(processor, TAG, engine.caller(processor))
                        ? 0
                        : pool.allocate(PoolKind.PAGED, 2L * name.length() + 2, TAG);
        if (text == 0) {
            return IoStatus.INSUFFICIENT_RESOURCES;
        }
        Wide.store(processor.memory(), text, name);
        UnicodeString string = new UnicodeString(processor.memory(), result);
        string.setLength(2 * name.length());
        string.setMaximumLength(2 * name.length() + 2);
        string.setBuffer(text);
        if (find(name) >= 0) {
            return IoStatus.OBJECT_NAME_EXISTS;
        }
        instances.add(new Instance(name, guid, pdo, false));
        return IoStatus.SUCCESS;
    }

    @Ddi(value = "IoSetDeviceInterfaceState", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlIoPassive1")
    int setState(Processor processor, UnicodeString name, boolean enable) {
        int index = find(name.text());
        if (index < 0) {
            return IoStatus.OBJECT_NAME_NOT_FOUND;
        }
        Instance instance = instances.get(index);
        if (instance.enabled == enable) {
            return enable ? IoStatus.OBJECT_NAME_EXISTS : IoStatus.OBJECT_NAME_NOT_FOUND;
        }
        String link = link(instance);
        boolean shared =
                instances.stream()
                        .anyMatch(other ->
                                other != instance && other.enabled && link(other).equals(link));
        if (enable && !shared) {
            int status = names.addLink(link, names.nameOf(instance.pdo), 0);
            if (status < 0) {
                return status;
            }
        } else if (!enable && !shared) {
            names.removeLink(link);
        }
        instances.set(index, new Instance(instance.name, instance.guid, instance.pdo, enable));
        listener.changed(processor, enable, instance.guid, instance.name);
        return IoStatus.SUCCESS;
    }

    /** The symbolic link: what follows the GUID is a name of the driver's own. */
    private static String link(Instance instance) {
        int end = instance.name.indexOf('\\', PREFIX.length());
        return end < 0 ? instance.name : instance.name.substring(0, end);
    }

    @Ddi(value = "IoGetDeviceInterfaces", maximum = Irql.PASSIVE_LEVEL)
    int list(Processor processor, long classGuid, long pdo, int flags, long result) {
        processor.memory().probe(result, Long.BYTES, true);
        if (pdo != 0 && devices.ofPdo(pdo) == null) {
            return IoStatus.INVALID_DEVICE_REQUEST;
        }
        String guid = guid(processor.memory(), classGuid);
        StringBuilder found = new StringBuilder();
        for (Instance instance : instances) {
            boolean wanted = instance.enabled || (flags & INCLUDE_NONACTIVE) != 0;
            if (wanted && instance.guid.equals(guid) && (pdo == 0 || instance.pdo == pdo)) {
                found.append(instance.name).append('\0');
            }
        }
        long text =
                pool.fails(processor, TAG, engine.caller(processor))
                        ? 0
                        : pool.allocate(PoolKind.PAGED, 2L * found.length() + 2, TAG);
        if (text == 0) {
            return IoStatus.INSUFFICIENT_RESOURCES;
        }
        Wide.store(processor.memory(), text, found.toString());
        processor.memory().store64(result, text);
        return IoStatus.SUCCESS;
    }

    private int find(String name) {
        for (int i = 0; i < instances.size(); i++) {
            if (instances.get(i).name.equalsIgnoreCase(name)) {
                return i;
            }
        }
        return -1;
    }

    /** In the registry's form. */
    static String guid(GuestMemory memory, long address) {
        memory.probe(address, GUID_BYTES, false);
        StringBuilder text =
                new StringBuilder(
                        "{%08x-%04x-%04x-"
                                .formatted(
                                        memory.load32(address),
                                        memory.load16(address + 4),
                                        memory.load16(address + 6)));
        for (int i = 8; i < GUID_BYTES; i++) {
            text.append("%02x".formatted(memory.load8(address + i) & 0xFF));
            if (i == 9) {
                text.append('-');
            }
        }
        return text.append('}').toString().toLowerCase(Locale.ROOT);
    }

    /** Writes what {@link #guid} reads. */
    static void storeGuid(GuestMemory memory, long address, String guid) {
        String digits = guid.replaceAll("[{}-]", "");
        memory.store32(address, Long.parseLong(digits.substring(0, 8), 16));
        memory.store16(address + 4, Long.parseLong(digits.substring(8, 12), 16));
        memory.store16(address + 6, Long.parseLong(digits.substring(12, 16), 16));
        for (int i = 8; i < GUID_BYTES; i++) {
            memory.store8(address + i, Long.parseLong(digits.substring(2 * i, 2 * i + 2), 16));
        }
    }

    @Override
    public void save(StateWriter out) {
        out.value(instances.size());
        for (Instance instance : instances) {
            out.value(instance.name.hashCode());
            out.value(instance.pdo);
            out.value(instance.enabled);
        }
        out.reference(new ArrayList<>(instances));
    }

    @Override
    @SuppressWarnings("unchecked")
    public void restore(StateReader in) {
        for (int i = in.intValue(); i > 0; i--) {
            in.value();
            in.value();
            in.booleanValue();
        }
        instances = new ArrayList<>((ArrayList<Instance>) in.reference(ArrayList.class));
    }
}
