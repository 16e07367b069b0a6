package dev.dirql.kernel.io;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.DriverObject;
import dev.dirql.kernel.structures.FileObject;
import dev.dirql.kernel.structures.IoStackLocation;
import dev.dirql.kernel.structures.Irp;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.machine.Processor;

/**
 * Device objects by their names, and the file objects that come with them: the driver gets
 * IRP_MJ_CREATE, at once IRP_MJ_CLEANUP, since the handle is closed, and IRP_MJ_CLOSE when the file
 * object is dereferenced. Source: WDK, the page of each routine and "IRP_MJ_CLEANUP".
 */
final class DevicePointerServices {
    /** Symbol of the routine, and start routine of threads, that deletes a file object. */
    static final String DELETE_FILE = "IopDeleteFile";

    private static final String SEND = "IopSendFileRequest";

    private static final int IRP_SYNCHRONOUS_API = 0x004;
    private static final int FILE_OPEN = 1;
    private static final int FILE_NON_DIRECTORY_FILE = 0x40;
    private static final int OPTIONS_SHIFT = 24;

    private final ServiceEngine engine;
    private final ObjectNames names;
    private final FileObjects files;
    private final ObjectReferences references;
    private final SystemPackets packets;
    private final RoutineCalls calls;

    DevicePointerServices(
            ServiceEngine engine,
            ObjectNames names,
            FileObjects files,
            ObjectReferences references,
            SystemPackets packets,
            RoutineCalls calls) {
        this.engine = engine;
        this.names = names;
        this.files = files;
        this.references = references;
        this.packets = packets;
        this.calls = calls;
    }

    record FileRequestDispatched(long answer, long routine, int irql) implements Pending {}

    record FileRequestAwaited(long answer) implements Pending {}

    record PointerOpened(long file, long fileResult, long deviceResult) implements Pending {}

    record PointerCleanedUp(long file, long fileResult, long deviceResult) implements Pending {}

    record FileClosed(long file) implements Pending {}

    @Ddi(
            value = "IoGetDeviceObjectPointer",
            maximum = Irql.PASSIVE_LEVEL,
            rule = "IrqlIoPassive5",
            state = Ddi.State.PARTIAL,
            missing = "access rights, Parameters.Create.SecurityContext")
    Outcome get(
            Processor processor,
            UnicodeString name,
            int access,
            long fileResult,
            long deviceResult) {
        processor.memory().probe(fileResult, Long.BYTES, true);
        processor.memory().probe(deviceResult, Long.BYTES, true);
        String text = name.text();
        if (text.isEmpty() || text.charAt(0) != '\\') {
            return Outcome.of(IoStatus.OBJECT_PATH_SYNTAX_BAD);
        }
        ObjectNames.Entry found = names.device(text);
        if (found == null) {
            return Outcome.of(IoStatus.OBJECT_NAME_NOT_FOUND);
        }
        DeviceObject device = new DeviceObject(processor.memory(), found.device());
        if (Devices.isGoing(device)) {
            return Outcome.of(IoStatus.NO_SUCH_DEVICE);
        }
        long file = files.makeForDriver(processor.memory(), device);
        if (file == 0) {
            return Outcome.of(IoStatus.INSUFFICIENT_RESOURCES);
        }
        references.add(file);
        return send(new PointerOpened(file, fileResult, deviceResult), file, Requests.CREATE);
    }

    @Resumes("IopPointerOpened")
    Outcome opened(Processor processor, PointerOpened pending, int status) {
        if (status < 0) {
            references.remove(pending.file);
            files.closeForDriver(processor, pending.file, engine.caller(processor));
            return processor.machine().ended() == null ? Outcome.of(status) : Outcome.stay();
        }
        return send(
                new PointerCleanedUp(pending.file, pending.fileResult, pending.deviceResult),
                pending.file,
                Requests.CLEANUP);
    }

    @Resumes("IopPointerCleanedUp")
    Outcome cleanedUp(Processor processor, PointerCleanedUp pending) {
        processor.memory().probe(pending.fileResult, Long.BYTES, true);
        processor.memory().probe(pending.deviceResult, Long.BYTES, true);
        FileObject file = new FileObject(processor.memory(), pending.file);
        processor.memory().store64(pending.fileResult, pending.file);
        processor.memory().store64(pending.deviceResult, related(processor, file));
        return Outcome.of(IoStatus.SUCCESS);
    }

    /** No file system is mounted on any device. */
    @Ddi(value = "IoGetRelatedDeviceObject", maximum = Irql.DISPATCH_LEVEL)
    long related(Processor processor, FileObject file) {
        return Devices.top(processor.memory(), file.deviceObject()).address();
    }

    // ---- the end of a file object ----

    @EntryPoint(value = DELETE_FILE, frame = FrameShape.RETURN_ADDRESS)
    Outcome delete(Processor processor, long file) {
        return send(new FileClosed(file), file, Requests.CLOSE);
    }

    @Resumes("IopFileClosed")
    Outcome closed(Processor processor, FileClosed pending) {
        files.closeForDriver(processor, pending.file, engine.caller(processor));
        return processor.machine().ended() == null ? Outcome.of(0) : Outcome.stay();
    }

    // ---- requests ----

    private Outcome send(Pending next, long file, int major) {
        return new Outcome.Call(engine.table().address(SEND), next, file, major);
    }

    /** Sends a request for a file object to the top of the stack, waits and gives its status. */
    @EntryPoint(value = SEND, frame = FrameShape.RETURN_ADDRESS)
    Outcome send(Processor processor, FileObject file, int major) {
        DeviceObject top = Devices.top(processor.memory(), file.deviceObject());
        SystemPackets.Answer answer = packets.answer(processor);
        long packet =
                answer.address() == 0
                        ? 0
                        : packets.make(processor, top.stackSize(), major, 0, answer);
        if (packet == 0) {
            if (answer.address() != 0) {
                packets.release(processor, answer);
            }
            return Outcome.of(IoStatus.INSUFFICIENT_RESOURCES);
        }
        Irp irp = new Irp(processor.memory(), packet);
        irp.setFlags(irp.flags() | IRP_SYNCHRONOUS_API);
        irp.setOriginalFileObject(file.address());
        IoStackLocation first = irp.stackLocation(irp.stackCount());
        first.setFileObject(file.address());
        if (major == Requests.CREATE) {
            first.setArgument2((long) FILE_OPEN << OPTIONS_SHIFT | FILE_NON_DIRECTORY_FILE);
        }
        packets.tell(processor, packet, major, top.address(), 0);
        long routine =
                new DriverObject(processor.memory(), top.driverObject()).majorFunction(major);
        return new Outcome.Call(
                engine.table().address("IofCallDriver"),
                new FileRequestDispatched(answer.address(), routine, processor.irql()),
                top.address(),
                packet);
    }

    @Resumes("IopFileRequestDispatched")
    Outcome dispatched(Processor processor, FileRequestDispatched pending, int status) {
        if (!calls.dispatchReturned(processor, 0, pending.routine, pending.irql)) {
            return Outcome.stay();
        }
        SystemPackets.Answer answer = new SystemPackets.Answer(processor.memory(), pending.answer);
        FileRequestAwaited next = new FileRequestAwaited(pending.answer);
        return answer.isThere()
                ? awaited(processor, next)
                : new Outcome.Call(
                        engine.table().address("KeWaitForSingleObject"),
                        next,
                        pending.answer,
                        0,
                        0,
                        0,
                        new long[] {0});
    }

    @Resumes("IopFileRequestAwaited")
    Outcome awaited(Processor processor, FileRequestAwaited pending) {
        SystemPackets.Answer answer = new SystemPackets.Answer(processor.memory(), pending.answer);
        int status = answer.status();
        packets.release(processor, answer);
        return Outcome.of(status);
    }
}
