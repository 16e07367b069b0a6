package dev.dirql.kernel.registry;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.objects.KernelObjects;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.ObjectAttributes;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.kernel.threads.SystemTime;
import dev.dirql.machine.Processor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keys by handles. What is written stays in memory: there is no disk. Source: WDK, "Using the
 * Registry in a Driver" and the page of each routine.
 */
final class KeyServices {
    private static final int NO_MORE_ENTRIES = 0x8000_001A;
    private static final int ACCESS_DENIED = 0xC000_0022;
    private static final int CANNOT_DELETE = 0xC000_0121;
    private static final int KEY_DELETED = 0xC000_017C;
    private static final int CHILD_MUST_BE_VOLATILE = 0xC000_0181;
    private static final int INVALID_PARAMETER_4 = 0xC000_00F2;
    private static final int OPTION_VOLATILE = 1;
    private static final int OPTIONS_TO_CREATE = 0x5;
    private static final int OPTIONS_TO_OPEN = 0xC;
    private static final int CREATED_NEW_KEY = 1;
    private static final int OPENED_EXISTING_KEY = 2;

    private final ServiceEngine engine;
    private final Registry registry;
    private final KernelObjects objects;
    private final OpenKeys open;
    private final RegistryPaths paths;
    private final KeyRights rights;

    KeyServices(
            ServiceEngine engine,
            Registry registry,
            KernelObjects objects,
            OpenKeys open,
            RegistryPaths paths,
            KeyRights rights) {
        this.engine = engine;
        this.registry = registry;
        this.objects = objects;
        this.open = open;
        this.paths = paths;
        this.rights = rights;
    }

    static long now(Processor processor) {
        return SystemTime.START + SystemTime.interruptTime(processor.clockNs);
    }

    // ---- opening ----

    @Ddi(value = "ZwOpenKey", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlZwPassive")
    int open(Processor processor, long handlePointer, int access, long attributes) {
        return openKey(processor, handlePointer, access, attributes);
    }

    @Ddi(value = "ZwOpenKeyEx", maximum = Irql.PASSIVE_LEVEL)
    int openWith(
            Processor processor, long handlePointer, int access, long attributes, int options) {
        return (options & ~OPTIONS_TO_OPEN) != 0
                ? INVALID_PARAMETER_4
                : openKey(processor, handlePointer, access, attributes);
    }

    private int openKey(Processor processor, long handlePointer, int access, long attributes) {
        processor.memory().probe(handlePointer, Long.BYTES, true);
        RegistryPaths.Place place = paths.of(new ObjectAttributes(processor.memory(), attributes));
        if (place.status() != NtStatus.SUCCESS) {
            return place.status();
        }
        RegistryKey key = registry.find(place.path());
        return key == null
                ? RegistryPaths.NAME_NOT_FOUND
                : giveHandle(processor, key, handlePointer, access);
    }

    /** Opens a key, which is made with those on its path if there is none. */
    int openOrMake(Processor processor, String path, long handlePointer, int access) {
        for (int at = path.indexOf('\\', 1); at >= 0; at = path.indexOf('\\', at + 1)) {
            makeIfAbsent(processor, path.substring(0, at));
        }
        return giveHandle(processor, makeIfAbsent(processor, path), handlePointer, access);
    }

    private RegistryKey makeIfAbsent(Processor processor, String path) {
        RegistryKey key = registry.find(path);
        return key == null ? registry.create(path, "", 0, false, now(processor)) : key;
    }

    private int giveHandle(Processor processor, RegistryKey key, long handlePointer, int access) {
        long object = open.open(key);
        if (object == 0) {
            return NtStatus.INSUFFICIENT_RESOURCES;
        }
        processor.memory().store64(handlePointer, objects.open(object, access));
        objects.dereference(object);
        return NtStatus.SUCCESS;
    }

    @Ddi(
            value = "ZwCreateKey",
            maximum = Irql.PASSIVE_LEVEL,
            rule = "IrqlZwPassive",
            state = Ddi.State.PARTIAL,
            missing = "symbolic links")
    int create(
            Processor processor,
            long handlePointer,
            int access,
            long attributes,
            int titleIndex,
            long className,
            int options,
            long dispositionPointer) {
        processor.memory().probe(handlePointer, Long.BYTES, true);
        if (dispositionPointer != 0) {
            processor.memory().probe(dispositionPointer, Integer.BYTES, true);
        }
        if ((options & ~OPTIONS_TO_CREATE) != 0) {
            return NtStatus.INVALID_PARAMETER;
        }
        RegistryPaths.Place place = paths.of(new ObjectAttributes(processor.memory(), attributes));
        if (place.status() != NtStatus.SUCCESS) {
            return place.status();
        }
        RegistryKey key = registry.find(place.path());
        int disposition = key == null ? CREATED_NEW_KEY : OPENED_EXISTING_KEY;
        if (key == null) {
            boolean isVolatile = (options & OPTION_VOLATILE) != 0;
            int status = statusOfNew(place.path(), isVolatile);
            if (status != NtStatus.SUCCESS) {
                return status;
            }
            String text =
                    className == 0 ? "" : new UnicodeString(processor.memory(), className).text();
            key = registry.create(place.path(), text, titleIndex, isVolatile, now(processor));
        }
        int status = giveHandle(processor, key, handlePointer, access);
        if (status == NtStatus.SUCCESS && dispositionPointer != 0) {
            processor.memory().store32(dispositionPointer, disposition);
        }
        return status;
    }

    /** Whether a key may be made there: STATUS_SUCCESS, or what is against it. */
    int statusOfNew(String path, boolean isVolatile) {
        RegistryKey above = registry.find(Registry.above(path));
        if (above == null) {
            return RegistryPaths.NAME_NOT_FOUND;
        }
        if (above.path().indexOf('\\', 1) < 0) {
            // Directly below \Registry only the system has keys.
            return ACCESS_DENIED;
        }
        return above.isVolatile() && !isVolatile ? CHILD_MUST_BE_VOLATILE : NtStatus.SUCCESS;
    }

    // ---- with a handle ----

    private int statusOf(long handle) {
        long object = objects.objectOf(handle);
        if (object == 0) {
            return NtStatus.INVALID_HANDLE;
        }
        if (!open.isKey(object)) {
            return NtStatus.OBJECT_TYPE_MISMATCH;
        }
        return open.key(object) == null ? KEY_DELETED : NtStatus.SUCCESS;
    }

    /** The key of a handle, or null. */
    private @Nullable RegistryKey use(Processor processor, String routine, long handle, int right) {
        if (statusOf(handle) != NtStatus.SUCCESS) {
            return null;
        }
        if (right != 0) {
            rights.check(
                    processor, routine, objects.accessOf(handle), right, engine.caller(processor));
        }
        return open.key(objects.objectOf(handle));
    }

    @Ddi(
            value = "ZwQueryKey",
            maximum = Irql.PASSIVE_LEVEL,
            rule = "IrqlZwPassive",
            state = Ddi.State.PARTIAL,
            missing = "KeyVirtualizationInformation")
    int query(
            Processor processor,
            long handle,
            int informationClass,
            long buffer,
            int length,
            long resultLength) {
        boolean isName = informationClass == 3;
        RegistryKey key = use(processor, "ZwQueryKey", handle, isName ? 0 : KeyRights.QUERY_VALUE);
        if (key == null) {
            return statusOf(handle);
        }
        Information all = Information.ofKey(informationClass, key, registry.subkeys(key));
        return store(processor, all, buffer, length, resultLength);
    }

    private static int store(
            Processor processor,
            @Nullable Information all,
            long buffer,
            int length,
            long resultLength) {
        return all == null
                ? NtStatus.INVALID_PARAMETER
                : all.store(processor, buffer, length, resultLength);
    }

    @Ddi(value = "ZwEnumerateKey", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlZwPassive")
    int enumerate(
            Processor processor,
            long handle,
            int index,
            int informationClass,
            long buffer,
            int length,
            long resultLength) {
        RegistryKey key = use(processor, "ZwEnumerateKey", handle, KeyRights.ENUMERATE_SUB_KEYS);
        if (key == null) {
            return statusOf(handle);
        }
        List<RegistryKey> subkeys = registry.subkeys(key);
        if (index < 0 || index >= subkeys.size()) {
            return NO_MORE_ENTRIES;
        }
        RegistryKey subkey = subkeys.get(index);
        Information all = Information.ofSubkey(informationClass, subkey, registry.subkeys(subkey));
        return store(processor, all, buffer, length, resultLength);
    }

    @Ddi(value = "ZwEnumerateValueKey", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlZwPassive")
    int enumerateValues(
            Processor processor,
            long handle,
            int index,
            int informationClass,
            long buffer,
            int length,
            long resultLength) {
        RegistryKey key = use(processor, "ZwEnumerateValueKey", handle, KeyRights.QUERY_VALUE);
        if (key == null) {
            return statusOf(handle);
        }
        if (index < 0 || index >= key.values().size()) {
            return NO_MORE_ENTRIES;
        }
        Information all = Information.ofValue(informationClass, key.values().get(index));
        return store(processor, all, buffer, length, resultLength);
    }

    @Ddi(value = "ZwQueryValueKey", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlZwPassive")
    int queryValue(
            Processor processor,
            long handle,
            long name,
            int informationClass,
            long buffer,
            int length,
            long resultLength) {
        RegistryKey key = use(processor, "ZwQueryValueKey", handle, KeyRights.QUERY_VALUE);
        if (key == null) {
            return statusOf(handle);
        }
        RegistryValue value = key.value(text(processor, name));
        if (value == null) {
            return RegistryPaths.NAME_NOT_FOUND;
        }
        Information all = Information.ofValue(informationClass, value);
        return store(processor, all, buffer, length, resultLength);
    }

    private static String text(Processor processor, long name) {
        return name == 0 ? "" : new UnicodeString(processor.memory(), name).text();
    }

    @Ddi(value = "ZwSetValueKey", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlZwPassive")
    int setValue(
            Processor processor,
            long handle,
            long name,
            int titleIndex,
            int type,
            long data,
            int length) {
        RegistryKey key = use(processor, "ZwSetValueKey", handle, KeyRights.SET_VALUE);
        if (key == null) {
            return statusOf(handle);
        }
        String bytes = RegistryValue.bytes(processor.memory(), data, length);
        RegistryValue value = new RegistryValue(text(processor, name), type, bytes);
        registry.put(key.with(value, now(processor)));
        return NtStatus.SUCCESS;
    }

    @Ddi(value = "ZwDeleteValueKey", maximum = Irql.PASSIVE_LEVEL)
    int deleteValue(Processor processor, long handle, long name) {
        RegistryKey key = use(processor, "ZwDeleteValueKey", handle, KeyRights.SET_VALUE);
        if (key == null) {
            return statusOf(handle);
        }
        RegistryValue value = key.value(text(processor, name));
        if (value == null) {
            return RegistryPaths.NAME_NOT_FOUND;
        }
        registry.put(key.without(value, now(processor)));
        return NtStatus.SUCCESS;
    }

    @Ddi(value = "ZwDeleteKey", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlZwPassive")
    int delete(Processor processor, long handle) {
        RegistryKey key = use(processor, "ZwDeleteKey", handle, KeyRights.DELETE);
        if (key == null) {
            return statusOf(handle);
        }
        if (!registry.subkeys(key).isEmpty()) {
            return CANNOT_DELETE;
        }
        registry.remove(key);
        return NtStatus.SUCCESS;
    }

    /** There is no disk to which anything has to be written. */
    @Ddi(value = "ZwFlushKey", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlZwPassive")
    int flush(Processor processor, long handle) {
        return statusOf(handle);
    }
}
