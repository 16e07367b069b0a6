package dev.dirql.kernel.objects;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelMemory;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.ObjectAttributes;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.kernel.threads.DispatcherHeader;
import dev.dirql.kernel.threads.Waits;
import dev.dirql.machine.Processor;
import java.util.Locale;
import java.util.Set;

/**
 * Events that have handles and names. Source: WDK, "Event Objects" and the page of each routine.
 */
public final class EventObjectServices {
    private static final int OBJECT_NAME_EXISTS = 0x4000_0000;
    private static final int OBJECT_NAME_INVALID = 0xC000_0033;
    private static final int OBJECT_NAME_NOT_FOUND = 0xC000_0034;
    private static final int OBJECT_NAME_COLLISION = 0xC000_0035;
    private static final int OBJECT_PATH_NOT_FOUND = 0xC000_003A;
    private static final int OBJECT_PATH_SYNTAX_BAD = 0xC000_003B;
    private static final int INVALID_PARAMETER_4 = 0xC000_00F2;
    private static final int EVENT_ALL_ACCESS = 0x1F_0003;

    /** Those of Windows that an event may be in; no driver makes one. */
    private static final Set<String> DIRECTORIES =
            Set.of(
                    "",
                    "\\basenamedobjects",
                    "\\callback",
                    "\\device",
                    "\\dosdevices",
                    "\\global??",
                    "\\kernelobjects",
                    "\\??");

    private final ServiceEngine engine;
    private final KernelMemory memory;
    private final KernelObjects objects;
    private final Waits waits;

    public EventObjectServices(
            ServiceEngine engine, KernelMemory memory, KernelObjects objects, Waits waits) {
        this.engine = engine;
        this.memory = memory;
        this.objects = objects;
        this.waits = waits;
    }

    @Ddi(value = "IoCreateNotificationEvent", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlIoPassive4")
    long createNotificationEvent(Processor processor, UnicodeString name, long handlePointer) {
        return createNamed(processor, name, handlePointer, DispatcherHeader.NOTIFICATION_EVENT);
    }

    @Ddi(
            value = "IoCreateSynchronizationEvent",
            maximum = Irql.PASSIVE_LEVEL,
            rule = "IrqlIoPassive4")
    long createSynchronizationEvent(Processor processor, UnicodeString name, long handlePointer) {
        return createNamed(processor, name, handlePointer, DispatcherHeader.SYNCHRONIZATION_EVENT);
    }

    private long createNamed(
            Processor processor, UnicodeString name, long handlePointer, int type) {
        processor.memory().probe(handlePointer, Long.BYTES, true);
        String text = name.text();
        if (statusOf(text) != NtStatus.SUCCESS) {
            return 0;
        }
        long event = objects.named(text, false);
        if (event != 0) {
            open(processor, handlePointer, event, EVENT_ALL_ACCESS);
            return event;
        }
        event = make(processor, handlePointer, type, true, EVENT_ALL_ACCESS);
        if (event != 0) {
            objects.name(text, event);
        }
        return event;
    }

    /** Whether an event may have a name: STATUS_SUCCESS, or what is wrong with it. */
    private static int statusOf(String name) {
        if (name.isEmpty() || name.charAt(0) != '\\') {
            return OBJECT_PATH_SYNTAX_BAD;
        }
        int last = name.lastIndexOf('\\');
        if (last == name.length() - 1 || name.contains("\\\\")) {
            return OBJECT_NAME_INVALID;
        }
        return DIRECTORIES.contains(name.substring(0, last).toLowerCase(Locale.ROOT))
                ? NtStatus.SUCCESS
                : OBJECT_PATH_NOT_FOUND;
    }

    /** What is wrong with the attributes of a named event. */
    private int statusOf(ObjectAttributes attributes) {
        if (!attributes.isValid()) {
            return NtStatus.INVALID_PARAMETER;
        }
        if (attributes.rootDirectory() != 0) {
            // Nobody has a handle of a directory.
            return objects.objectOf(attributes.rootDirectory()) == 0
                    ? NtStatus.INVALID_HANDLE
                    : NtStatus.OBJECT_TYPE_MISMATCH;
        }
        long name = attributes.objectName();
        if (name == 0) {
            return NtStatus.SUCCESS;
        }
        return (new UnicodeString(attributes.memory(), name).length() & 1) != 0
                ? OBJECT_NAME_INVALID
                : statusOf(attributes.name());
    }

    private void open(Processor processor, long handlePointer, long event, int access) {
        processor.memory().store64(handlePointer, objects.open(event, access));
    }

    /** A new event whose only reference is its handle; 0 without memory. */
    private long make(
            Processor processor, long handlePointer, int type, boolean signaled, int access) {
        long event = memory.allocateObject(DispatcherHeader.SIZE);
        if (event == 0) {
            return 0;
        }
        new DispatcherHeader(processor.memory(), event)
                .initialize(type, DispatcherHeader.SIZE, signaled);
        objects.add(event, ObjectType.EVENT);
        open(processor, handlePointer, event, access);
        objects.dereference(event);
        return event;
    }

    @Ddi(value = "ZwCreateEvent", header = "ntifs.h", maximum = Irql.PASSIVE_LEVEL)
    int create(
            Processor processor,
            long handlePointer,
            int access,
            long attributesPointer,
            int type,
            boolean signaled) {
        processor.memory().probe(handlePointer, Long.BYTES, true);
        if (type != DispatcherHeader.NOTIFICATION_EVENT
                && type != DispatcherHeader.SYNCHRONIZATION_EVENT) {
            return INVALID_PARAMETER_4;
        }
        String name = "";
        boolean permanent = false;
        if (attributesPointer != 0) {
            var attributes = new ObjectAttributes(processor.memory(), attributesPointer);
            int status = statusOf(attributes);
            if (status != NtStatus.SUCCESS) {
                return status;
            }
            name = attributes.name();
            long known = objects.named(name, attributes.has(ObjectAttributes.CASE_INSENSITIVE));
            if (known != 0 && attributes.has(ObjectAttributes.OPEN_IF)) {
                open(processor, handlePointer, known, access);
                return OBJECT_NAME_EXISTS;
            }
            if (known != 0) {
                return OBJECT_NAME_COLLISION;
            }
            permanent = !name.isEmpty() && attributes.has(ObjectAttributes.PERMANENT);
        }
        long event = make(processor, handlePointer, type, signaled, access);
        if (event == 0) {
            return NtStatus.INSUFFICIENT_RESOURCES;
        }
        if (!name.isEmpty()) {
            objects.name(name, event);
        }
        if (permanent) {
            objects.reference(event);
        }
        return NtStatus.SUCCESS;
    }

    @Ddi(value = "ZwOpenEvent", maximum = Irql.PASSIVE_LEVEL)
    int open(Processor processor, long handlePointer, int access, long attributesPointer) {
        processor.memory().probe(handlePointer, Long.BYTES, true);
        if (attributesPointer == 0) {
            return NtStatus.INVALID_PARAMETER;
        }
        var attributes = new ObjectAttributes(processor.memory(), attributesPointer);
        int status = statusOf(attributes);
        if (status != NtStatus.SUCCESS) {
            return status;
        }
        String name = attributes.name();
        if (name.isEmpty()) {
            return OBJECT_PATH_SYNTAX_BAD;
        }
        long event = objects.named(name, attributes.has(ObjectAttributes.CASE_INSENSITIVE));
        if (event == 0) {
            return OBJECT_NAME_NOT_FOUND;
        }
        open(processor, handlePointer, event, access);
        return NtStatus.SUCCESS;
    }

    @Ddi(value = "ZwSetEvent", header = "ntifs.h", maximum = Irql.PASSIVE_LEVEL)
    int set(Processor processor, long handle, long statePointer) {
        long event = objects.objectOf(handle);
        if (event == 0) {
            return NtStatus.INVALID_HANDLE;
        }
        if (objects.typeOf(event).filter(type -> type == ObjectType.EVENT).isEmpty()) {
            return NtStatus.OBJECT_TYPE_MISMATCH;
        }
        if (statePointer != 0) {
            processor.memory().probe(statePointer, Integer.BYTES, true);
        }
        DispatcherHeader object = new DispatcherHeader(processor.memory(), event);
        int before = waits.signal(processor, object, engine.caller(processor));
        if (statePointer != 0) {
            processor.memory().store32(statePointer, before);
        }
        return NtStatus.SUCCESS;
    }
}
