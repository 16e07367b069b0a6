package dev.dirql.kernel.pnp;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.io.Devices;
import dev.dirql.kernel.io.IoStatus;
import dev.dirql.kernel.io.SystemPackets;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.DevobjExtension;
import dev.dirql.kernel.structures.IoStackLocation;
import dev.dirql.kernel.structures.Irp;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;

/**
 * Requests of IRP_MJ_POWER as drivers make them. The system itself never changes its power state.
 * Source: WDK, the page of each routine.
 */
final class PowerServices {
    private static final String COMPLETED = "PopRequestCompletion";
    private static final int TAG = 'P' | 'o' << 8 | 'w' << 16 | ' ' << 24;
    private static final int POWER = 0x16;
    private static final int WAIT_WAKE = 0;
    private static final int SET_POWER = 2;
    private static final int QUERY_POWER = 3;
    private static final int DEVICE_POWER_STATE = 1;

    /** What a completion needs: device object, minor function, state, routine and context. */
    private static final int BLOCK_BYTES = 0x20;

    private static final int INVOKE_ALWAYS =
            IoStackLocation.SL_INVOKE_ON_SUCCESS
                    | IoStackLocation.SL_INVOKE_ON_ERROR
                    | IoStackLocation.SL_INVOKE_ON_CANCEL;

    private final ServiceEngine engine;
    private final Pool pool;
    private final SystemPackets packets;

    PowerServices(ServiceEngine engine, Pool pool, SystemPackets packets) {
        this.engine = engine;
        this.pool = pool;
        this.packets = packets;
    }

    record RequestSent() implements Pending {}

    record CompletionFunctionReturned(long block) implements Pending {}

    @Ddi(value = "PoRequestPowerIrp", maximum = Irql.DISPATCH_LEVEL)
    Outcome request(
            Processor processor,
            DeviceObject device,
            byte minorFunction,
            int state,
            long function,
            long context,
            long result) {
        GuestMemory memory = processor.memory();
        int minor = minorFunction & 0xFF;
        if (minor != WAIT_WAKE && minor != SET_POWER && minor != QUERY_POWER) {
            return Outcome.of(IoStatus.INVALID_PARAMETER_2);
        }
        if (result != 0) {
            processor.memory().probe(result, Long.BYTES, true);
        }
        DeviceObject top = Devices.top(memory, device.address());
        long block = pool.allocate(PoolKind.NONPAGED, BLOCK_BYTES, TAG);
        long packet = block == 0 ? 0 : packets.make(processor, top.stackSize(), POWER, minor);
        if (packet == 0) {
            if (block != 0) {
                pool.free(processor, block, engine.caller(processor));
            }
            return Outcome.of(IoStatus.INSUFFICIENT_RESOURCES);
        }
        memory.store64(block, device.address());
        memory.store32(block + 0x08, minor);
        memory.store32(block + 0x0C, state);
        memory.store64(block + 0x10, function);
        memory.store64(block + 0x18, context);
        Irp irp = new Irp(memory, packet);
        irp.setStatus(IoStatus.NOT_SUPPORTED);
        IoStackLocation first = irp.stackLocation(irp.stackCount());
        if (minor == WAIT_WAKE) {
            first.setArgument1(state);
        } else {
            first.setArgument2(DEVICE_POWER_STATE);
            first.setArgument3(state);
        }
        first.setCompletionRoutine(engine.table().address(COMPLETED));
        first.setContext(block);
        first.setControl(INVOKE_ALWAYS);
        if (result != 0) {
            memory.store64(result, packet);
        }
        packets.tell(processor, packet, POWER, top.address(), 0);
        return new Outcome.Call(
                engine.table().address("IofCallDriver"), new RequestSent(), top.address(), packet);
    }

    @Resumes("PopRequestSent")
    int sent(Processor processor, RequestSent pending) {
        return IoStatus.PENDING;
    }

    /** The completion routine of every requested packet: calls the routine of who requested it. */
    @EntryPoint(value = COMPLETED, frame = FrameShape.RETURN_ADDRESS)
    Outcome completed(Processor processor, long device, Irp irp, long block) {
        GuestMemory memory = processor.memory();
        long function = memory.load64(block + 0x10);
        CompletionFunctionReturned next = new CompletionFunctionReturned(block);
        if (function == 0) {
            return new Outcome.Then(next);
        }
        return new Outcome.Call(
                function,
                next,
                memory.load64(block),
                memory.load32(block + 0x08),
                memory.load32(block + 0x0C),
                memory.load64(block + 0x18),
                new long[] {irp.ioStatus()});
    }

    @Resumes("PopRequestCompleted")
    Outcome functionReturned(Processor processor, CompletionFunctionReturned pending) {
        pool.free(processor, pending.block, engine.caller(processor));
        return processor.machine().ended() == null ? Outcome.of(IoStatus.SUCCESS) : Outcome.stay();
    }

    @Ddi(value = "PoCallDriver", maximum = Irql.DISPATCH_LEVEL)
    Outcome call(Processor processor, long device, long irp) {
        return new Outcome.TailCall(engine.table().address("IofCallDriver"), device, irp);
    }

    /** Since Windows Vista the power manager needs no such word. */
    @Ddi(value = "PoStartNextPowerIrp", maximum = Irql.DISPATCH_LEVEL)
    void startNext(Processor processor, long irp) {}

    /** Says what the state was before. */
    @Ddi(value = "PoSetPowerState", maximum = Irql.DISPATCH_LEVEL)
    int setState(Processor processor, DeviceObject device, int type, int state) {
        DevobjExtension more =
                new DevobjExtension(processor.memory(), device.deviceObjectExtension());
        int flags = more.powerFlags();
        int shift = type == DEVICE_POWER_STATE ? 4 : 0;
        more.setPowerFlags((flags & ~(0xF << shift)) | ((state & 0xF) << shift));
        return (flags >>> shift) & 0xF;
    }
}
