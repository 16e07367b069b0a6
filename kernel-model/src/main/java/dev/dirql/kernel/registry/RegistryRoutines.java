package dev.dirql.kernel.registry;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.objects.KernelObjects;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.Processor;

/** Keys by their paths. Source: WDK, the page of each routine. */
final class RegistryRoutines {
    private final ServiceEngine engine;
    private final Registry registry;
    private final KernelObjects objects;
    private final RegistryPaths paths;
    private final KeyServices keys;

    RegistryRoutines(
            ServiceEngine engine,
            Registry registry,
            KernelObjects objects,
            RegistryPaths paths,
            KeyServices keys) {
        this.engine = engine;
        this.registry = registry;
        this.objects = objects;
        this.paths = paths;
        this.keys = keys;
    }

    /** Closes a handle that it is given, as its page says. */
    @Ddi(value = "RtlCheckRegistryKey", maximum = Irql.PASSIVE_LEVEL)
    int check(Processor processor, int relativeTo, long path) {
        RegistryPaths.Place place = paths.of(processor.memory(), relativeTo, path);
        if (place.status() != NtStatus.SUCCESS) {
            return place.status();
        }
        boolean exists = registry.find(place.path()) != null;
        if ((relativeTo & RegistryPaths.HANDLE) != 0) {
            objects.close(processor, path, engine.caller(processor));
        }
        return exists ? NtStatus.SUCCESS : RegistryPaths.NAME_NOT_FOUND;
    }

    @Ddi(value = "RtlCreateRegistryKey", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlIoRtlZwPassive")
    int create(Processor processor, int relativeTo, long path) {
        return makeKey(processor, paths.of(processor.memory(), relativeTo, path));
    }

    private int makeKey(Processor processor, RegistryPaths.Place place) {
        if (place.status() != NtStatus.SUCCESS || registry.find(place.path()) != null) {
            return place.status();
        }
        int status = keys.statusOfNew(place.path(), false);
        if (status == NtStatus.SUCCESS) {
            registry.create(place.path(), "", 0, false, KeyServices.now(processor));
        }
        return status;
    }

    @Ddi(value = "RtlWriteRegistryValue", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlIoRtlZwPassive")
    int write(
            Processor processor,
            int relativeTo,
            long path,
            long name,
            int type,
            long data,
            int length) {
        RegistryPaths.Place place = paths.of(processor.memory(), relativeTo, path);
        String bytes = RegistryValue.bytes(processor.memory(), data, length);
        String text = name == 0 ? "" : RegistryPaths.text(processor.memory(), name);
        int status = makeKey(processor, place);
        RegistryKey key = registry.find(place.path());
        if (status == NtStatus.SUCCESS && key != null) {
            RegistryValue value = new RegistryValue(text, type, bytes);
            registry.put(key.with(value, KeyServices.now(processor)));
        }
        return status;
    }

    @Ddi(value = "RtlDeleteRegistryValue", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlRtlPassive")
    int delete(Processor processor, int relativeTo, long path, long name) {
        RegistryPaths.Place place = paths.of(processor.memory(), relativeTo, path);
        if (place.status() != NtStatus.SUCCESS) {
            return place.status();
        }
        String text = name == 0 ? "" : RegistryPaths.text(processor.memory(), name);
        RegistryKey key = registry.find(place.path());
        RegistryValue value = key == null ? null : key.value(text);
        if (key == null || value == null) {
            return RegistryPaths.NAME_NOT_FOUND;
        }
        registry.put(key.without(value, KeyServices.now(processor)));
        return NtStatus.SUCCESS;
    }
}
