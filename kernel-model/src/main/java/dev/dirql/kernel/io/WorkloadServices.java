package dev.dirql.kernel.io;

import dev.dirql.events.Event;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.DriverObject;
import dev.dirql.machine.Processor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a compiled workload calls: requests to drivers, as a program would make them. */
final class WorkloadServices {
    private static final int USER_REQUEST = 6;
    private static final String HEADER = "";

    private final ServiceEngine engine;
    private final Drivers drivers;
    private final FileObjects files;
    private final Requests requests;
    private final WorkloadThreads threads;
    private final RoutineCalls calls;
    private final DriverUnloads unloads;
    private final Supplier<DeviceStacks> stacks;

    WorkloadServices(
            ServiceEngine engine,
            Drivers drivers,
            FileObjects files,
            Requests requests,
            WorkloadThreads threads,
            RoutineCalls calls,
            DriverUnloads unloads,
            Supplier<DeviceStacks> stacks) {
        this.engine = engine;
        this.drivers = drivers;
        this.files = files;
        this.requests = requests;
        this.threads = threads;
        this.calls = calls;
        this.unloads = unloads;
        this.stacks = stacks;
    }

    /** What comes after a request. */
    enum After {
        NOTHING,
        DROP_FILE_IF_FAILED,
        CLOSE,
        DROP_FILE
    }

    /** The dispatch routine of the top driver is running. */
    record Dispatched(long request, long irp, long routine, int irql, int apcs, After after)
            implements Pending {}

    /** The thread waits for the request. */
    record Awaited(long request, long routine, After after) implements Pending {}

    /** The thread waits for one of its asynchronous requests. */
    record AwaitedAll(long request) implements Pending {}

    /** IoCancelIrp of a request returned. */
    record CancelAsked(long request) implements Pending {}

    record Plugged() implements Pending {}

    /** A thread ends: its requests are cancelled. */
    record ThreadCancelled(int thread) implements Pending {}

    /** A thread ends: its requests are completed. */
    record ThreadDone(int thread) implements Pending {}

    @Ddi(
            value = "WorkloadTransfer",
            header = HEADER,
            library = Ddi.Library.WORKLOAD,
            maximum = Irql.PASSIVE_LEVEL)
    Outcome transfer(
            Processor processor,
            int driver,
            int device,
            int major,
            int length,
            long offset,
            boolean asynchronous) {
        DeviceObject target = target(processor, driver, device);
        if (target == null) {
            return Outcome.of(IoStatus.NO_SUCH_DEVICE);
        }
        long file = files.of(processor.memory(), processor.thread, target);
        Request request =
                file == 0
                        ? null
                        : requests.transfer(
                                processor,
                                target,
                                file,
                                major,
                                length & 0xFFFF_FFFFL,
                                offset,
                                asynchronous);
        return send(processor, request, target, After.NOTHING);
    }

    @Ddi(
            value = "WorkloadControl",
            header = HEADER,
            library = Ddi.Library.WORKLOAD,
            maximum = Irql.PASSIVE_LEVEL)
    Outcome control(
            Processor processor,
            int driver,
            int device,
            int code,
            int inputLength,
            long inputValue,
            int outputLength,
            boolean asynchronous) {
        DeviceObject target = target(processor, driver, device);
        if (target == null) {
            return Outcome.of(IoStatus.NO_SUCH_DEVICE);
        }
        byte[] input = new byte[inputLength];
        for (int i = 0; i < Math.min(8, inputLength); i++) {
            input[i] = (byte) (inputValue >>> (8 * i));
        }
        long file = files.of(processor.memory(), processor.thread, target);
        Request request =
                file == 0
                        ? null
                        : requests.control(
                                processor,
                                target,
                                file,
                                code,
                                input,
                                outputLength & 0xFFFF_FFFFL,
                                asynchronous);
        return send(processor, request, target, After.NOTHING);
    }

    @Ddi(
            value = "WorkloadOpen",
            header = HEADER,
            library = Ddi.Library.WORKLOAD,
            maximum = Irql.PASSIVE_LEVEL)
    Outcome open(Processor processor, int driver, int device) {
        return plain(processor, driver, device, Requests.CREATE, After.DROP_FILE_IF_FAILED);
    }

    @Ddi(
            value = "WorkloadClose",
            header = HEADER,
            library = Ddi.Library.WORKLOAD,
            maximum = Irql.PASSIVE_LEVEL)
    Outcome close(Processor processor, int driver, int device) {
        return plain(processor, driver, device, Requests.CLEANUP, After.CLOSE);
    }

    private Outcome plain(Processor processor, int driver, int device, int major, After after) {
        DeviceObject target = target(processor, driver, device);
        if (target == null) {
            return Outcome.of(IoStatus.NO_SUCH_DEVICE);
        }
        long file = files.of(processor.memory(), processor.thread, target);
        return send(
                processor,
                file == 0 ? null : requests.plain(processor, target, file, major),
                target,
                after);
    }

    /** The device object that gets the request, or null. */
    private @Nullable DeviceObject target(Processor processor, int driver, int device) {
        requests.forgetCompleted(processor);
        long address = drivers.device(driver, device);
        if (address == 0) {
            return null;
        }
        // What is open goes on; only opening is refused once the driver is to go.
        DeviceObject top = Devices.top(processor.memory(), address);
        return Devices.isUnloadPending(new DeviceObject(processor.memory(), address))
                        && !files.isOpen(processor.thread, top)
                ? null
                : top;
    }

    private Outcome send(
            Processor processor, @Nullable Request request, DeviceObject target, After after) {
        if (request == null) {
            return Outcome.of(IoStatus.INSUFFICIENT_RESOURCES);
        }
        long routine =
                new DriverObject(processor.memory(), target.driverObject())
                        .majorFunction(request.major);
        return new Outcome.Call(
                engine.table().address("IofCallDriver"),
                new Dispatched(
                        request.number,
                        request.irp(),
                        routine,
                        processor.irql(),
                        calls.apcs(processor),
                        after),
                target.address(),
                request.irp());
    }

    @Resumes
    Outcome dispatched(Processor processor, Dispatched pending, int status) {
        Request request = requests.get(pending.request);
        if (!calls.dispatchReturned(processor, request.device, pending.routine, pending.irql)
                || !calls.dispatchEnablesInterrupts(processor, pending.routine)
                || !calls.dispatchKeepsApcs(processor, pending.routine, pending.apcs)) {
            return Outcome.stay();
        }
        requests.dispatched(processor, request, pending.irp, pending.routine, status);
        if (processor.machine().ended() != null) {
            return Outcome.stay();
        }
        if (status == IoStatus.PENDING) {
            processor
                    .machine()
                    .emit(processor, new Event.IrpPended(pending.irp, engine.caller(processor)));
        } else if (request.isDeferred()) {
            requests.complete(processor, request);
            if (processor.machine().ended() != null) {
                return Outcome.stay();
            }
        }
        if (request.asynchronous) {
            return toUser(processor, pending.routine, status);
        }
        if (status != IoStatus.PENDING) {
            return completed(processor, request, pending.routine, pending.after, status);
        }
        return new Outcome.Call(
                engine.table().address("KeWaitForSingleObject"),
                new Awaited(pending.request, pending.routine, pending.after),
                request.event(),
                USER_REQUEST,
                0,
                0,
                new long[] {0});
    }

    @Resumes
    Outcome awaited(Processor processor, Awaited pending) {
        Request request = requests.get(pending.request);
        return completed(processor, request, pending.routine, pending.after, request.status());
    }

    /** A driver that returned without completing the packet keeps it: it stays outstanding. */
    private Outcome completed(
            Processor processor, Request request, long routine, After after, int returned) {
        int status = request.isCompleted() ? request.status() : returned;
        long device = request.device;
        if (request.isCompleted()) {
            requests.forget(processor, request);
        }
        DeviceObject target = new DeviceObject(processor.memory(), device);
        switch (after) {
            case NOTHING -> {}
            case DROP_FILE_IF_FAILED -> {
                if (status < 0) {
                    files.close(processor, target, routine);
                } else {
                    files.opened(processor, target);
                }
            }
            case CLOSE -> {
                long file = files.of(processor.memory(), processor.thread, target);
                return send(
                        processor,
                        requests.plain(processor, target, file, Requests.CLOSE),
                        target,
                        After.DROP_FILE);
            }
            case DROP_FILE -> files.close(processor, target, routine);
        }
        return toUser(processor, routine, status);
    }

    private Outcome toUser(Processor processor, long routine, int status) {
        return calls.enablesApcs(processor, "WorkloadTransfer", routine)
                ? Outcome.of(status)
                : Outcome.stay();
    }

    @Ddi(
            value = "WorkloadWait",
            header = HEADER,
            library = Ddi.Library.WORKLOAD,
            maximum = Irql.PASSIVE_LEVEL)
    Outcome waitForAll(Processor processor) {
        requests.forgetCompleted(processor);
        Request request = requests.outstanding(processor.thread, 0);
        if (request == null) {
            return Outcome.done();
        }
        return new Outcome.Call(
                engine.table().address("KeWaitForSingleObject"),
                new AwaitedAll(request.number),
                request.event(),
                USER_REQUEST,
                0,
                0,
                new long[] {0});
    }

    @Resumes
    Outcome awaitedAll(Processor processor, AwaitedAll pending) {
        return waitForAll(processor);
    }

    @Ddi(
            value = "WorkloadCancel",
            header = HEADER,
            library = Ddi.Library.WORKLOAD,
            maximum = Irql.PASSIVE_LEVEL)
    Outcome cancelAll(Processor processor) {
        return cancelAfter(processor, 0);
    }

    /** Cancels the first outstanding request of the thread that was made after another. */
    private Outcome cancelAfter(Processor processor, long number) {
        Request request = requests.outstanding(processor.thread, number);
        if (request == null) {
            return Outcome.done();
        }
        request.keepPacket(true);
        return new Outcome.Call(
                engine.table().address("IoCancelIrp"),
                new CancelAsked(request.number),
                request.irp());
    }

    @Resumes
    Outcome cancelAsked(Processor processor, CancelAsked pending) {
        requests.packetNotNeeded(processor, requests.get(pending.request));
        return processor.machine().ended() == null
                ? cancelAfter(processor, pending.request)
                : Outcome.stay();
    }

    @Ddi(
            value = "WorkloadUnload",
            header = HEADER,
            library = Ddi.Library.WORKLOAD,
            maximum = Irql.PASSIVE_LEVEL)
    Outcome unload(Processor processor, int driver) {
        requests.forgetCompleted(processor);
        files.closeUnopened(processor, engine.caller(processor));
        return Outcome.of(unloads.request(processor, driver, engine.caller(processor)));
    }

    /** Something happens to a device by Plug and Play; it is over when this returns. */
    @Ddi(
            value = "WorkloadPlug",
            header = HEADER,
            library = Ddi.Library.WORKLOAD,
            maximum = Irql.PASSIVE_LEVEL)
    Outcome plug(Processor processor, int action, int device, long nanoseconds) {
        requests.forgetCompleted(processor);
        files.closeUnopened(processor, engine.caller(processor));
        return processor.machine().ended() == null
                ? stacks.get().change(processor, action, device, nanoseconds, new Plugged())
                : Outcome.stay();
    }

    @Resumes
    Outcome plugged(Processor processor, Plugged pending, int status) {
        return Outcome.of(status);
    }

    /** The workload itself called a routine of a driver, which has returned. */
    @Ddi(value = "WorkloadReturned", header = HEADER, library = Ddi.Library.WORKLOAD)
    Outcome returned(Processor processor, long routine) {
        return calls.returned(processor, routine, Irql.PASSIVE_LEVEL)
                ? Outcome.done()
                : Outcome.stay();
    }

    @Ddi(
            value = "WorkloadFinished",
            header = HEADER,
            library = Ddi.Library.WORKLOAD,
            maximum = Irql.PASSIVE_LEVEL)
    Outcome finished(Processor processor, int thread) {
        return new Outcome.Call(
                engine.table().address("WorkloadCancel"), new ThreadCancelled(thread));
    }

    @Resumes
    Outcome threadCancelled(Processor processor, ThreadCancelled pending) {
        return new Outcome.Call(
                engine.table().address("WorkloadWait"), new ThreadDone(pending.thread));
    }

    @Resumes
    Outcome threadDone(Processor processor, ThreadDone pending) {
        files.closeUnopened(processor, engine.caller(processor));
        threads.finished(processor, pending.thread);
        if (processor.machine().ended() != null) {
            return Outcome.stay();
        }
        return new Outcome.TailCall(engine.table().address("PsTerminateSystemThread"), 0, 0);
    }
}
