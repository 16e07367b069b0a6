package dev.dirql.kernel.pnp;

import dev.dirql.kernel.io.Devices;
import dev.dirql.kernel.io.IoStatus;
import dev.dirql.kernel.io.RoutineCalls;
import dev.dirql.kernel.io.SystemPackets;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.PendingFrame;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.services.Walk;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.DriverObject;
import dev.dirql.kernel.structures.IoStackLocation;
import dev.dirql.kernel.structures.Irp;
import dev.dirql.machine.Processor;

/**
 * Sends requests of IRP_MJ_PNP to the top of a device's stack and waits for them, in a system
 * thread. Source: WDK, "Plug and Play minor IRPs", and "Bug check 0xC9" for what drivers must do.
 */
final class PnpRequests {
    static final int START = 0x00;
    static final int QUERY_REMOVE = 0x01;
    static final int REMOVE = 0x02;
    static final int CANCEL_REMOVE = 0x03;
    static final int STOP = 0x04;
    static final int QUERY_STOP = 0x05;
    static final int CANCEL_STOP = 0x06;
    static final int QUERY_RELATIONS = 0x07;
    static final int QUERY_INTERFACE = 0x08;
    static final int QUERY_CAPABILITIES = 0x09;
    static final int EJECT = 0x11;
    static final int QUERY_STATE = 0x14;
    static final int SURPRISE_REMOVAL = 0x17;

    /** Symbol of the routine that sends one. */
    private static final String SEND = "PnpSendRequest";

    private static final int PNP = 0x1B;

    private final ServiceEngine engine;
    private final RoutineCalls calls;
    private final SystemPackets packets;
    private final PnpDevices devices;
    private final PnpRules rules;

    PnpRequests(
            ServiceEngine engine,
            RoutineCalls calls,
            SystemPackets packets,
            PnpDevices devices,
            PnpRules rules) {
        this.engine = engine;
        this.calls = calls;
        this.packets = packets;
        this.devices = devices;
        this.rules = rules;
    }

    /**
     * The dispatch routine at the top of a stack is running.
     *
     * @param result where IoStatus.Information goes, 0 for nowhere
     * @param depth how many device objects the stack has
     */
    record Dispatched(
            int device,
            int minor,
            long irp,
            long answer,
            long result,
            long routine,
            int depth,
            int irql)
            implements Pending {}

    /** The thread waits for the drivers of a stack. */
    record Awaited(int device, int minor, long answer, long result, int depth) implements Pending {}

    /** Sends a request; the next step gets its status. */
    Outcome send(Pending next, int device, int minor, long argument1, long argument2) {
        return new Outcome.Call(
                engine.table().address(SEND),
                next,
                device,
                minor,
                argument1,
                argument2,
                new long[] {0});
    }

    /**
     * As {@link #send}; the first field of the next step gets IoStatus.Information. Only a step
     * that itself is the continuation of another one can ask.
     */
    Outcome ask(
            Processor processor,
            Pending next,
            int device,
            int minor,
            long argument1,
            long argument2) {
        return new Outcome.Call(
                engine.table().address(SEND),
                next,
                device,
                minor,
                argument1,
                argument2,
                new long[] {PendingFrame.fieldAddress(processor, 0)});
    }

    /** NT sets every status to STATUS_NOT_SUPPORTED first. */
    @EntryPoint(value = SEND, frame = FrameShape.RETURN_ADDRESS)
    Outcome send(
            Processor processor, int device, int minor, long argument1, long argument2, long to) {
        PnpDevices.Entry entry = devices.get(device);
        DeviceObject top = Devices.top(processor.memory(), entry.pdo());
        SystemPackets.Answer answer = packets.answer(processor);
        long packet =
                answer.address() == 0
                        ? 0
                        : packets.make(processor, top.stackSize(), PNP, minor, answer);
        if (packet == 0) {
            if (answer.address() != 0) {
                packets.release(processor, answer);
            }
            return Outcome.of(IoStatus.INSUFFICIENT_RESOURCES);
        }
        Irp irp = new Irp(processor.memory(), packet);
        irp.setStatus(IoStatus.NOT_SUPPORTED);
        IoStackLocation first = irp.stackLocation(irp.stackCount());
        first.setArgument1(argument1);
        first.setArgument2(argument2);
        packets.tell(processor, packet, PNP, top.address(), 0);
        long routine = new DriverObject(processor.memory(), top.driverObject()).majorFunction(PNP);
        entry.sending(routine);
        return new Outcome.Call(
                engine.table().address("IofCallDriver"),
                new Dispatched(
                        device,
                        minor,
                        packet,
                        answer.address(),
                        to,
                        routine,
                        depth(processor, entry),
                        processor.irql()),
                top.address(),
                packet);
    }

    private static int depth(Processor processor, PnpDevices.Entry entry) {
        int depth = 1;
        DeviceObject at = new DeviceObject(processor.memory(), entry.pdo());
        Walk walk = new Walk(Devices.ATTACHED);
        while (at.attachedDevice() != 0) {
            walk.at(at.address());
            at = new DeviceObject(processor.memory(), at.attachedDevice());
            depth++;
        }
        return depth;
    }

    @Resumes("PnpDispatched")
    Outcome dispatched(Processor processor, Dispatched pending, int status) {
        if (!calls.dispatchReturned(processor, 0, pending.routine, pending.irql)) {
            return Outcome.stay();
        }
        Awaited next =
                new Awaited(
                        pending.device,
                        pending.minor,
                        pending.answer,
                        pending.result,
                        pending.depth);
        if (status == IoStatus.PENDING) {
            return new Outcome.Call(
                    engine.table().address("KeWaitForSingleObject"),
                    next,
                    pending.answer,
                    0,
                    0,
                    0,
                    new long[] {0});
        }
        SystemPackets.Answer answer = new SystemPackets.Answer(processor.memory(), pending.answer);
        if (answer.isThere()) {
            return awaited(processor, next);
        }
        rules.notCompleted(processor, pending.irp, status, pending.routine);
        // The event stays for whoever completes the packet later.
        return processor.machine().ended() == null ? Outcome.of(status) : Outcome.stay();
    }

    @Resumes("PnpAwaited")
    Outcome awaited(Processor processor, Awaited pending) {
        SystemPackets.Answer answer = new SystemPackets.Answer(processor.memory(), pending.answer);
        int status = answer.status();
        long information = answer.information();
        packets.release(processor, answer);
        if (pending.result != 0) {
            processor.memory().store64(pending.result, information);
        }
        PnpDevices.Entry entry = devices.get(pending.device);
        if (isFailedWrongly(pending.minor, status)) {
            rules.mustSucceed(processor, entry, minorName(pending.minor), status);
        } else if (!entry.isReached() && isToBePassedOn(pending.minor, status)) {
            rules.notPassedOn(processor, entry, minorName(pending.minor), status);
        }
        if (processor.machine().ended() == null
                && pending.minor == SURPRISE_REMOVAL
                && depth(processor, entry) < pending.depth) {
            rules.detachedTooEarly(processor, entry);
        }
        return processor.machine().ended() == null ? Outcome.of(status) : Outcome.stay();
    }

    private static boolean isFailedWrongly(int minor, int status) {
        return status < 0
                && (minor == REMOVE
                        || minor == CANCEL_REMOVE
                        || minor == STOP
                        || minor == CANCEL_STOP
                        || minor == SURPRISE_REMOVAL);
    }

    /** A failure need not go down; and these may be answered on the way. */
    private static boolean isToBePassedOn(int minor, int status) {
        boolean excluded = minor == QUERY_INTERFACE || minor == QUERY_STOP || minor == QUERY_REMOVE;
        return !excluded && (status >= 0 || status == IoStatus.NOT_SUPPORTED);
    }

    /** The name of a minor function that the system sends. */
    static String minorName(int minor) {
        return switch (minor) {
            case START -> "IRP_MN_START_DEVICE";
            case QUERY_REMOVE -> "IRP_MN_QUERY_REMOVE_DEVICE";
            case REMOVE -> "IRP_MN_REMOVE_DEVICE";
            case CANCEL_REMOVE -> "IRP_MN_CANCEL_REMOVE_DEVICE";
            case STOP -> "IRP_MN_STOP_DEVICE";
            case QUERY_STOP -> "IRP_MN_QUERY_STOP_DEVICE";
            case CANCEL_STOP -> "IRP_MN_CANCEL_STOP_DEVICE";
            case QUERY_RELATIONS -> "IRP_MN_QUERY_DEVICE_RELATIONS";
            case EJECT -> "IRP_MN_EJECT";
            case QUERY_CAPABILITIES -> "IRP_MN_QUERY_CAPABILITIES";
            case QUERY_STATE -> "IRP_MN_QUERY_PNP_DEVICE_STATE";
            case SURPRISE_REMOVAL -> "IRP_MN_SURPRISE_REMOVAL";
            default -> "IRP_MJ_PNP 0x%02x".formatted(minor);
        };
    }
}
