package dev.dirql.kernel.wmi;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.io.IoStatus;
import dev.dirql.kernel.io.ObjectReferences;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Ddi.Library;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.IoStackLocation;
import dev.dirql.kernel.structures.Irp;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;

/**
 * The routines of wmilib.sys: they take requests of IRP_MJ_SYSTEM_CONTROL apart, call the DpWmi…
 * routines of a driver, and put together what it answers. Source: WDK, the page of each routine,
 * "Calling WmiSystemControl to Handle WMI IRPs", and the pages of the minor functions.
 */
final class WmiLibrary {
    private static final int TAG = 'W' | 'm' << 8 | 'i' << 16 | 'L' << 24;

    /** SYSCTL_IRP_DISPOSITION. */
    private static final int PROCESSED = 0;

    private static final int NOT_COMPLETED = 1;
    private static final int NOT_WMI = 2;
    private static final int FORWARD = 3;

    /** WMILIB_CONTEXT. */
    private static final int GUID_LIST = 0x08;

    private static final int QUERY_REG_INFO = 0x10;
    private static final int QUERY_DATA_BLOCK = 0x18;
    private static final int SET_DATA_BLOCK = 0x20;
    private static final int SET_DATA_ITEM = 0x28;
    private static final int EXECUTE_METHOD = 0x30;
    private static final int FUNCTION_CONTROL = 0x38;

    /** What DpWmiQueryReginfo fills in. */
    private static final int SCRATCH_BYTES = 0x40;

    private static final int SCRATCH_NAME = 0x08;
    private static final int SCRATCH_PATH = 0x18;
    private static final int SCRATCH_RESOURCE = 0x20;
    private static final int SCRATCH_PDO = 0x30;

    private final ServiceEngine engine;
    private final Pool pool;
    private final ObjectReferences references;
    private final WmiEvents events;

    WmiLibrary(ServiceEngine engine, Pool pool, ObjectReferences references, WmiEvents events) {
        this.engine = engine;
        this.pool = pool;
        this.references = references;
        this.events = events;
    }

    /** A DpWmi… routine runs; it completes the request itself. */
    record DriverRoutineReturned() implements Pending {}

    /** DpWmiQueryReginfo runs. */
    record RegistrationQueried(long context, long irp, long scratch) implements Pending {}

    /** The request was completed. */
    record WmiRequestCompleted(int status) implements Pending {}

    private static IoStackLocation location(GuestMemory memory, Irp irp) {
        return new IoStackLocation(memory, irp.currentStackLocation());
    }

    @Ddi(
            value = "WmiSystemControl",
            header = "wmilib.h",
            library = Library.WMILIB,
            maximum = Irql.PASSIVE_LEVEL)
    Outcome systemControl(
            Processor processor, long context, long device, Irp irp, long disposition) {
        GuestMemory memory = processor.memory();
        memory.probe(disposition, Integer.BYTES, true);
        IoStackLocation location = location(memory, irp);
        int minor = location.minorFunction();
        if (minor > WmiRequests.EXECUTE_METHOD && minor != WmiRequests.REGINFO_EX) {
            memory.store32(disposition, NOT_WMI);
            return Outcome.of(IoStatus.SUCCESS);
        }
        if (location.argument1() != device) {
            memory.store32(disposition, FORWARD);
            return Outcome.of(IoStatus.SUCCESS);
        }
        memory.store32(disposition, NOT_COMPLETED);
        if (minor == WmiRequests.REGINFO || minor == WmiRequests.REGINFO_EX) {
            return queryRegistration(processor, context, device, irp);
        }
        int index = index(memory, context, WmiGuid.load(memory, location.argument2()));
        if (index < 0) {
            return refuse(irp, WmiStatus.GUID_NOT_FOUND);
        }
        Outcome outcome = call(memory, context, device, irp, location, index);
        if (outcome instanceof Outcome.Call) {
            memory.store32(disposition, PROCESSED);
        }
        return outcome;
    }

    private static Outcome refuse(Irp irp, int status) {
        irp.setStatus(status);
        irp.setInformation(0);
        return Outcome.of(status);
    }

    /** The place of a block in the list of a driver, or -1. */
    private static int index(GuestMemory memory, long context, WmiGuid guid) {
        long count = memory.load32(context);
        long list = memory.load64(context + GUID_LIST);
        for (int i = 0; i < count; i++) {
            if (WmiGuid.load(memory, memory.load64(list + 0x10L * i)).equals(guid)) {
                return i;
            }
        }
        return -1;
    }

    private static long instanceCount(GuestMemory memory, long context, int index) {
        return memory.load32(memory.load64(context + GUID_LIST) + 0x10L * index + 8);
    }

    /** Calls the routine of the driver for a request, if it has one. */
    private Outcome call(
            GuestMemory memory,
            long context,
            long device,
            Irp irp,
            IoStackLocation location,
            int index) {
        long size = location.argument3() & 0xFFFF_FFFFL;
        Wnode node = new Wnode(memory, location.argument4());
        int minor = location.minorFunction();
        return switch (minor) {
            case WmiRequests.QUERY_ALL_DATA ->
                    queryAll(memory, context, device, irp, node, size, index);
            case WmiRequests.ENABLE_EVENTS,
                    WmiRequests.DISABLE_EVENTS,
                    WmiRequests.ENABLE_COLLECTION,
                    WmiRequests.DISABLE_COLLECTION -> {
                long routine = memory.load64(context + FUNCTION_CONTROL);
                int which = minor - WmiRequests.ENABLE_EVENTS;
                yield routine == 0
                        ? refuse(irp, IoStatus.SUCCESS)
                        : new Outcome.Call(
                                routine,
                                new DriverRoutineReturned(),
                                device,
                                irp.address(),
                                index,
                                which >>> 1,
                                new long[] {1 - (which & 1)});
            }
            default -> single(memory, context, device, irp, node, size, index, minor);
        };
    }

    /** The lengths stand where the offsets and lengths will be. */
    private static Outcome queryAll(
            GuestMemory memory,
            long context,
            long device,
            Irp irp,
            Wnode node,
            long size,
            int index) {
        long count = instanceCount(memory, context, index);
        long data = Wnode.INSTANCES + 8 * count + 7 & -8;
        boolean fits = size > data;
        if (size >= Wnode.TOO_SMALL_BYTES) {
            node.set(0x30, data);
            node.set(0x34, count);
        }
        if (fits) {
            node.set(0x38, 0);
        }
        return new Outcome.Call(
                memory.load64(context + QUERY_DATA_BLOCK),
                new DriverRoutineReturned(),
                device,
                irp.address(),
                index,
                0,
                new long[] {
                    count,
                    fits ? node.address() + Wnode.INSTANCES : 0,
                    fits ? size - data : 0,
                    fits ? node.address() + data : 0
                });
    }

    private static Outcome single(
            GuestMemory memory,
            long context,
            long device,
            Irp irp,
            Wnode node,
            long size,
            int index,
            int minor) {
        long routine =
                memory.load64(
                        context
                                + switch (minor) {
                                    case WmiRequests.QUERY_SINGLE_INSTANCE -> QUERY_DATA_BLOCK;
                                    case WmiRequests.CHANGE_SINGLE_INSTANCE -> SET_DATA_BLOCK;
                                    case WmiRequests.CHANGE_SINGLE_ITEM -> SET_DATA_ITEM;
                                    default -> EXECUTE_METHOD;
                                });
        if (routine == 0) {
            return refuse(
                    irp,
                    minor == WmiRequests.EXECUTE_METHOD
                            ? IoStatus.INVALID_DEVICE_REQUEST
                            : WmiStatus.READ_ONLY);
        }
        long instance = node.get(0x34);
        // The library knows static names only.
        if (!node.is(Wnode.STATIC_INSTANCE_NAMES)
                || instance >= instanceCount(memory, context, index)) {
            return refuse(irp, WmiStatus.INSTANCE_NOT_FOUND);
        }
        boolean item =
                minor == WmiRequests.CHANGE_SINGLE_ITEM || minor == WmiRequests.EXECUTE_METHOD;
        long data = node.get(item ? 0x3C : 0x38);
        long used = node.get(item ? 0x40 : 0x3C);
        long room = Math.max(0, size - data);
        long buffer = node.address() + data;
        long[] more =
                switch (minor) {
                    case WmiRequests.QUERY_SINGLE_INSTANCE ->
                            new long[] {
                                1,
                                room == 0 ? 0 : node.address() + 0x3C,
                                room,
                                room == 0 ? 0 : buffer
                            };
                    case WmiRequests.CHANGE_SINGLE_INSTANCE -> new long[] {used, buffer};
                    case WmiRequests.CHANGE_SINGLE_ITEM ->
                            new long[] {node.get(0x38), used, buffer};
                    default -> new long[] {node.get(0x38), used, room, buffer};
                };
        return new Outcome.Call(
                routine, new DriverRoutineReturned(), device, irp.address(), index, instance, more);
    }

    @Resumes("WmilibDriverRoutineReturned")
    int returned(Processor processor, DriverRoutineReturned pending, int status) {
        return status;
    }

    // ---- registration ----

    private Outcome queryRegistration(Processor processor, long context, long device, Irp irp) {
        GuestMemory memory = processor.memory();
        long scratch = pool.allocate(PoolKind.NONPAGED, SCRATCH_BYTES, TAG);
        if (scratch == 0) {
            return refuse(irp, IoStatus.INSUFFICIENT_RESOURCES);
        }
        memory.storeBytes(scratch, new byte[SCRATCH_BYTES]);
        return new Outcome.Call(
                memory.load64(context + QUERY_REG_INFO),
                new RegistrationQueried(context, irp.address(), scratch),
                device,
                scratch,
                scratch + SCRATCH_NAME,
                scratch + SCRATCH_PATH,
                new long[] {scratch + SCRATCH_RESOURCE, scratch + SCRATCH_PDO});
    }

    @Resumes("WmilibRegistrationQueried")
    Outcome registrationQueried(Processor processor, RegistrationQueried pending, int status) {
        GuestMemory memory = processor.memory();
        long scratch = pending.scratch;
        Irp irp = new Irp(memory, pending.irp);
        int flags = (int) memory.load32(scratch);
        if (status >= 0) {
            IoStackLocation location = location(memory, irp);
            WmiRegInfo info = new WmiRegInfo(memory, location.argument4());
            long path = memory.load64(scratch + SCRATCH_PATH);
            status =
                    info.write(
                            location.argument3() & 0xFFFF_FFFFL,
                            pending.context,
                            flags,
                            scratch + SCRATCH_NAME,
                            path,
                            scratch + SCRATCH_RESOURCE,
                            memory.load64(scratch + SCRATCH_PDO));
            irp.setInformation(status < 0 ? Integer.BYTES : info.bytes());
            if (status >= 0 && (flags & WmiRegInfo.INSTANCE_PDO) != 0) {
                long count = memory.load32(pending.context);
                for (int i = 0; i < count; i++) {
                    references.add(memory.load64(scratch + SCRATCH_PDO));
                }
            }
        } else {
            irp.setInformation(0);
        }
        irp.setStatus(status);
        long name = memory.load64(scratch + SCRATCH_NAME + 8);
        if ((flags & WmiRegInfo.INSTANCE_BASENAME) != 0 && name != 0) {
            pool.free(processor, name, engine.caller(processor));
        }
        if (processor.machine().ended() == null) {
            pool.free(processor, scratch, engine.caller(processor));
        }
        return processor.machine().ended() == null ? Outcome.of(status) : Outcome.stay();
    }

    // ---- the answer of a DpWmi… routine ----

    @Ddi(
            value = "WmiCompleteRequest",
            header = "wmilib.h",
            library = Library.WMILIB,
            maximum = Irql.DISPATCH_LEVEL)
    Outcome complete(
            Processor processor, long device, Irp irp, int status, int bufferUsed, byte boost) {
        GuestMemory memory = processor.memory();
        IoStackLocation location = location(memory, irp);
        long used = bufferUsed & 0xFFFF_FFFFL;
        int minor = location.minorFunction();
        boolean answers =
                minor == WmiRequests.QUERY_ALL_DATA
                        || minor == WmiRequests.QUERY_SINGLE_INSTANCE
                        || minor == WmiRequests.EXECUTE_METHOD;
        int result = status;
        long information = 0;
        if (answers) {
            Wnode node = new Wnode(memory, location.argument4());
            long size = location.argument3() & 0xFFFF_FFFFL;
            if (status == IoStatus.BUFFER_TOO_SMALL) {
                if (size >= Wnode.TOO_SMALL_BYTES) {
                    node.becomeTooSmall(dataOffset(node, minor) + used);
                    information = Wnode.TOO_SMALL_BYTES;
                    result = IoStatus.SUCCESS;
                }
            } else if (status >= 0) {
                information = fill(node, minor, used);
                node.setBufferSize(information);
                node.setTimeStamp(events.now(processor));
            }
        }
        irp.setStatus(result);
        irp.setInformation(information);
        return new Outcome.Call(
                engine.table().address("IofCompleteRequest"),
                new WmiRequestCompleted(result),
                irp.address(),
                boost);
    }

    private static long dataOffset(Wnode node, int minor) {
        return node.get(
                switch (minor) {
                    case WmiRequests.QUERY_ALL_DATA -> 0x30;
                    case WmiRequests.QUERY_SINGLE_INSTANCE -> 0x38;
                    default -> 0x3C;
                });
    }

    /** Says in the node where the data is; gives the bytes of the whole. */
    private static long fill(Wnode node, int minor, long used) {
        long data = dataOffset(node, minor);
        if (minor == WmiRequests.QUERY_ALL_DATA) {
            long instances = node.get(0x34);
            node.memory().probe(node.address() + Wnode.INSTANCES, 4 * instances, false);
            int count = Math.toIntExact(instances);
            long[] lengths = new long[count];
            boolean fixed = count > 0;
            for (int i = 0; i < count; i++) {
                lengths[i] = node.get(Wnode.INSTANCES + 4 * i);
                fixed &= lengths[i] == lengths[0];
            }
            node.setFlags(node.flags() | (fixed ? Wnode.FIXED_INSTANCE_SIZE : 0));
            if (fixed) {
                node.set(Wnode.INSTANCES, lengths[0]);
            } else {
                long at = data;
                for (int i = 0; i < count; i++) {
                    node.set(Wnode.INSTANCES + 8 * i, at);
                    node.set(Wnode.INSTANCES + 8 * i + 4, lengths[i]);
                    at += lengths[i] + 7 & -8;
                }
            }
        } else {
            node.set(minor == WmiRequests.QUERY_SINGLE_INSTANCE ? 0x3C : 0x40, used);
        }
        return data + used;
    }

    @Resumes("WmilibRequestCompleted")
    int completed(Processor processor, WmiRequestCompleted pending) {
        return pending.status;
    }

    // ---- events ----

    @Ddi(
            value = "WmiFireEvent",
            header = "wmilib.h",
            library = Library.WMILIB,
            maximum = Irql.DISPATCH_LEVEL)
    Outcome fire(
            Processor processor, long device, long guid, int instance, int dataSize, long data) {
        GuestMemory memory = processor.memory();
        long caller = engine.caller(processor);
        long size = dataSize & 0xFFFF_FFFFL;
        long bytes = Wnode.SINGLE_INSTANCE_BYTES + size;
        long address =
                pool.fails(processor, TAG, caller)
                        ? 0
                        : pool.allocate(PoolKind.NONPAGED, bytes, TAG);
        int status = IoStatus.INSUFFICIENT_RESOURCES;
        if (address != 0) {
            Wnode node = new Wnode(memory, address);
            node.initialize(
                    bytes,
                    events.providerId(device),
                    WmiGuid.load(memory, guid),
                    Wnode.SINGLE_INSTANCE | Wnode.EVENT_ITEM | Wnode.STATIC_INSTANCE_NAMES);
            node.setTimeStamp(events.now(processor));
            node.set(0x30, 0);
            node.set(0x34, instance);
            node.set(0x38, Wnode.SINGLE_INSTANCE_BYTES);
            node.set(0x3C, size);
            memory.storeBytes(
                    address + Wnode.SINGLE_INSTANCE_BYTES, memory.loadBytes(data, (int) size));
            status = events.write(processor, node, caller);
            if (status < 0) {
                pool.free(processor, address, caller);
            }
        }
        if (data != 0 && processor.machine().ended() == null) {
            pool.free(processor, data, caller);
        }
        return processor.machine().ended() == null ? Outcome.of(status) : Outcome.stay();
    }
}
