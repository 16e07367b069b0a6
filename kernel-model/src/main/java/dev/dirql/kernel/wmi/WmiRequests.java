package dev.dirql.kernel.wmi;

import dev.dirql.kernel.io.Devices;
import dev.dirql.kernel.io.IoStatus;
import dev.dirql.kernel.io.RoutineCalls;
import dev.dirql.kernel.io.SystemPackets;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.DriverObject;
import dev.dirql.kernel.structures.IoStackLocation;
import dev.dirql.kernel.structures.Irp;
import dev.dirql.machine.Processor;

/**
 * Sends requests of IRP_MJ_SYSTEM_CONTROL to the top of the stack of a provider, and waits for
 * them. Source: WDK, "Handling WMI requests" and the page of each minor function.
 */
final class WmiRequests {
    static final int QUERY_ALL_DATA = 0x00;
    static final int QUERY_SINGLE_INSTANCE = 0x01;
    static final int CHANGE_SINGLE_INSTANCE = 0x02;
    static final int CHANGE_SINGLE_ITEM = 0x03;
    static final int ENABLE_EVENTS = 0x04;
    static final int DISABLE_EVENTS = 0x05;
    static final int ENABLE_COLLECTION = 0x06;
    static final int DISABLE_COLLECTION = 0x07;
    static final int REGINFO = 0x08;
    static final int EXECUTE_METHOD = 0x09;
    static final int REGINFO_EX = 0x0B;

    private static final String SEND = "WmipSendRequest";
    private static final int SYSTEM_CONTROL = 0x17;

    private final ServiceEngine engine;
    private final RoutineCalls calls;
    private final SystemPackets packets;
    private final WmiRegistry registry;

    WmiRequests(
            ServiceEngine engine, RoutineCalls calls, SystemPackets packets, WmiRegistry registry) {
        this.engine = engine;
        this.calls = calls;
        this.packets = packets;
        this.registry = registry;
    }

    record SystemControlDispatched(long device, long answer, long routine, int irql)
            implements Pending {}

    record SystemControlAwaited(long device, long answer) implements Pending {}

    /** Who waits for the last request of a provider was told. */
    record LastRequestTold(int status) implements Pending {}

    /** Sends a request; the next step gets its status. */
    Outcome send(Pending next, long device, int minor, long dataPath, long size, long buffer) {
        return new Outcome.Call(
                engine.table().address(SEND),
                next,
                device,
                minor,
                dataPath,
                size,
                new long[] {buffer});
    }

    @EntryPoint(value = SEND, frame = FrameShape.RETURN_ADDRESS)
    Outcome send(
            Processor processor, long device, int minor, long dataPath, long size, long buffer) {
        WmiProvider provider = registry.provider(device);
        DeviceObject top = Devices.top(processor.memory(), device);
        SystemPackets.Answer answer = packets.answer(processor);
        long packet =
                answer.address() == 0 || provider == null
                        ? 0
                        : packets.make(processor, top.stackSize(), SYSTEM_CONTROL, minor, answer);
        if (packet == 0 || provider == null) {
            if (answer.address() != 0) {
                packets.release(processor, answer);
            }
            return Outcome.of(
                    provider == null
                            ? WmiStatus.GUID_DISCONNECTED
                            : IoStatus.INSUFFICIENT_RESOURCES);
        }
        registry.replace(provider.with(provider.active() + 1, provider.leaving()));
        Irp irp = new Irp(processor.memory(), packet);
        irp.setStatus(IoStatus.NOT_SUPPORTED);
        IoStackLocation first = irp.stackLocation(irp.stackCount());
        first.setArgument1(device);
        first.setArgument2(dataPath);
        first.setArgument3(size);
        first.setArgument4(buffer);
        packets.tell(processor, packet, SYSTEM_CONTROL, top.address(), size);
        long routine =
                new DriverObject(processor.memory(), top.driverObject())
                        .majorFunction(SYSTEM_CONTROL);
        return new Outcome.Call(
                engine.table().address("IofCallDriver"),
                new SystemControlDispatched(device, answer.address(), routine, processor.irql()),
                top.address(),
                packet);
    }

    @Resumes("WmipRequestDispatched")
    Outcome dispatched(Processor processor, SystemControlDispatched pending, int status) {
        if (!calls.dispatchReturned(processor, 0, pending.routine, pending.irql)) {
            return Outcome.stay();
        }
        SystemPackets.Answer answer = new SystemPackets.Answer(processor.memory(), pending.answer);
        SystemControlAwaited next = new SystemControlAwaited(pending.device, pending.answer);
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

    @Resumes("WmipRequestAwaited")
    Outcome awaited(Processor processor, SystemControlAwaited pending) {
        SystemPackets.Answer answer = new SystemPackets.Answer(processor.memory(), pending.answer);
        int status = answer.status();
        packets.release(processor, answer);
        WmiProvider provider = registry.provider(pending.device);
        if (provider == null) {
            return Outcome.of(status);
        }
        registry.replace(provider.with(provider.active() - 1, provider.leaving()));
        return provider.active() == 1 && provider.leaving() != 0
                ? new Outcome.Call(
                        engine.table().address("KeSetEvent"),
                        new LastRequestTold(status),
                        provider.leaving())
                : Outcome.of(status);
    }

    @Resumes("WmipLastRequestTold")
    int told(Processor processor, LastRequestTold pending) {
        return pending.status;
    }
}
