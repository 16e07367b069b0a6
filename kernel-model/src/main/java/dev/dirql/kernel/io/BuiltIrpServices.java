package dev.dirql.kernel.io;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.memory.Mdls;
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
import dev.dirql.kernel.structures.IoStackLocation;
import dev.dirql.kernel.structures.Irp;
import dev.dirql.kernel.structures.Mdl;
import dev.dirql.kernel.threads.KThread;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;

/** Packets that drivers build and send to other drivers. Source: WDK, the page of each routine. */
final class BuiltIrpServices {
    private static final int TAG = 'I' | 'r' << 8 | 'p' << 16 | ' ' << 24;
    private static final int TAG_BUFFER = 'I' | 'o' << 8 | ' ' << 16 | ' ' << 24;

    private static final int READ = 0x03;
    private static final int WRITE = 0x04;
    private static final int DEVICE_CONTROL = 0x0E;
    private static final int INTERNAL_DEVICE_CONTROL = 0x0F;

    private static final int DO_BUFFERED_IO = 0x04;
    private static final int DO_DIRECT_IO = 0x10;
    private static final int IRP_ASSOCIATED_IRP = 0x08;
    private static final int METHOD_BUFFERED = 0;
    private static final int METHOD_IN_DIRECT = 1;
    private static final int METHOD_NEITHER = 3;

    static final String SAFE_COMPLETION = "IopUnloadSafeCompletion";

    /** In its context: the driver's routine. */
    static final int SAFE_ROUTINE = 8;

    private static final String FORWARD_COMPLETION = "IopSynchronousCompletion";
    private static final int SAFE_BLOCK_BYTES = 0x18;

    private static final int INVOKE_ALWAYS =
            IoStackLocation.SL_INVOKE_ON_SUCCESS
                    | IoStackLocation.SL_INVOKE_ON_ERROR
                    | IoStackLocation.SL_INVOKE_ON_CANCEL;

    private final ServiceEngine engine;
    private final Pool pool;
    private final SystemPackets packets;
    private final ObjectReferences references;
    private final Mdls mdls;
    private final RequestRules rules;
    private final SentIrps sent;

    BuiltIrpServices(
            ServiceEngine engine,
            Pool pool,
            SystemPackets packets,
            ObjectReferences references,
            Mdls mdls,
            RequestRules rules,
            SentIrps sent) {
        this.engine = engine;
        this.pool = pool;
        this.packets = packets;
        this.references = references;
        this.mdls = mdls;
        this.rules = rules;
        this.sent = sent;
    }

    record Forwarded(long answer) implements Pending {}

    record ForwardAwaited(long answer) implements Pending {}

    record ForwardSignaled() implements Pending {}

    // ---- using again ----

    @Ddi(value = "IoReuseIrp", maximum = Irql.DISPATCH_LEVEL, rule = "IoReuseIrp2")
    Outcome reuse(Processor processor, Irp irp, int status) {
        long caller = engine.caller(processor);
        boolean built = packets.wasBuilt(irp.address()) || (irp.flags() & IRP_ASSOCIATED_IRP) != 0;
        if ((built && !rules.reusedBuilt(processor, irp.address(), caller))
                || (sent.contains(irp.address())
                        && !rules.reusedInUse(processor, "IoReuseIrp", irp.address(), caller))) {
            return Outcome.stay();
        }
        sent.forget(irp.address());
        int stack = irp.stackCount();
        int size = irp.size();
        int allocation = irp.allocationFlags();
        processor.memory().probe(irp.address(), size, true);
        processor.memory().storeBytes(irp.address(), new byte[size]);
        IrpServices.initialize(irp, size, stack);
        irp.setAllocationFlags(allocation);
        irp.setStatus(status);
        return Outcome.done();
    }

    @Ddi(value = "IoMakeAssociatedIrp", header = "ntddk.h", maximum = Irql.DISPATCH_LEVEL)
    long makeAssociated(Processor processor, Irp master, byte stackSize) {
        long caller = engine.caller(processor);
        long address =
                pool.fails(processor, TAG, caller)
                        ? 0
                        : pool.allocate(PoolKind.NONPAGED, Irp.size(stackSize), TAG);
        if (address != 0) {
            Irp irp = new Irp(processor.memory(), address);
            IrpServices.initialize(irp, Irp.size(stackSize), stackSize);
            irp.setFlags(IRP_ASSOCIATED_IRP);
            irp.setThread(master.thread());
            irp.setSystemBuffer(master.address());
        }
        return address;
    }

    // ---- building ----

    @Ddi(value = "IoBuildSynchronousFsdRequest", maximum = Irql.APC_LEVEL)
    long buildSynchronous(
            Processor processor,
            int major,
            DeviceObject device,
            long buffer,
            int length,
            long offset,
            long event,
            long statusBlock) {
        long address = transfer(processor, major, device, buffer, length, offset);
        if (address != 0) {
            packets.tell(processor, address, major, device.address(), length & 0xFFFF_FFFFL);
            Irp irp = new Irp(processor.memory(), address);
            irp.setUserEvent(event);
            irp.setUserIosb(statusBlock);
            packets.completeInThread(irp);
        }
        return address;
    }

    /** The driver keeps the packet in its completion routine and frees it. */
    @Ddi(value = "IoBuildAsynchronousFsdRequest", maximum = Irql.APC_LEVEL)
    long buildAsynchronous(
            Processor processor,
            int major,
            DeviceObject device,
            long buffer,
            int length,
            long offset,
            long statusBlock) {
        long address = transfer(processor, major, device, buffer, length, offset);
        if (address != 0) {
            new Irp(processor.memory(), address).setUserIosb(statusBlock);
            packets.leave(address);
        }
        return address;
    }

    private long transfer(
            Processor processor,
            int major,
            DeviceObject device,
            long buffer,
            int length,
            long offset) {
        long bytes = length & 0xFFFF_FFFFL;
        boolean moves = major == READ || major == WRITE;
        long position = offset == 0 || !moves ? 0 : processor.memory().load64(offset);
        if (moves && bytes != 0 && (device.flags() & DO_BUFFERED_IO) != 0) {
            processor.memory().probe(buffer, bytes, major == READ);
        }
        long address = begin(processor, device, major);
        if (address == 0 || !moves) {
            return address;
        }
        Irp irp = new Irp(processor.memory(), address);
        IoStackLocation first = irp.stackLocation(irp.stackCount());
        first.setReadLength(bytes);
        first.setReadByteOffset(position);
        if (bytes == 0) {
            return address;
        }
        if ((device.flags() & DO_BUFFERED_IO) != 0) {
            irp.setUserBuffer(buffer);
            byte[] content =
                    major == WRITE
                            ? processor.memory().loadBytes(buffer, (int) bytes)
                            : new byte[(int) bytes];
            return kept(processor, irp, systemBuffer(processor, irp, content, major == READ));
        }
        if ((device.flags() & DO_DIRECT_IO) != 0) {
            return kept(processor, irp, direct(processor, irp, buffer, bytes, major == READ));
        }
        irp.setUserBuffer(buffer);
        return address;
    }

    @Ddi(value = "IoBuildDeviceIoControlRequest", maximum = Irql.APC_LEVEL)
    long buildControl(
            Processor processor,
            int code,
            DeviceObject device,
            long input,
            int inputLength,
            long output,
            int outputLength,
            boolean internal,
            long event,
            long statusBlock) {
        int major = internal ? INTERNAL_DEVICE_CONTROL : DEVICE_CONTROL;
        if (inputLength != 0) {
            processor.memory().probe(input, inputLength & 0xFFFF_FFFFL, false);
        }
        long address = begin(processor, device, major);
        if (address == 0) {
            return 0;
        }
        Irp irp = new Irp(processor.memory(), address);
        irp.setUserEvent(event);
        irp.setUserIosb(statusBlock);
        IoStackLocation first = irp.stackLocation(irp.stackCount());
        first.setOutputBufferLength(outputLength & 0xFFFF_FFFFL);
        first.setInputBufferLength(inputLength & 0xFFFF_FFFFL);
        first.setIoControlCode(code);
        int method = code & 3;
        if (method == METHOD_NEITHER) {
            irp.setUserBuffer(output);
            first.setType3InputBuffer(input);
            return told(processor, device, major, outputLength, address);
        }
        byte[] given =
                inputLength == 0 ? new byte[0] : processor.memory().loadBytes(input, inputLength);
        if (method == METHOD_BUFFERED) {
            irp.setUserBuffer(output);
            byte[] content = new byte[Math.max(inputLength, outputLength)];
            System.arraycopy(given, 0, content, 0, given.length);
            boolean done =
                    content.length == 0 || systemBuffer(processor, irp, content, outputLength != 0);
            return told(processor, device, major, outputLength, kept(processor, irp, done));
        }
        boolean done =
                (given.length == 0 || systemBuffer(processor, irp, given, false))
                        && (outputLength == 0
                                || direct(
                                        processor,
                                        irp,
                                        output,
                                        outputLength & 0xFFFF_FFFFL,
                                        method != METHOD_IN_DIRECT));
        return told(processor, device, major, outputLength, kept(processor, irp, done));
    }

    private long told(
            Processor processor, DeviceObject device, int major, int length, long address) {
        if (address != 0) {
            packets.tell(processor, address, major, device.address(), length & 0xFFFF_FFFFL);
            packets.completeInThread(new Irp(processor.memory(), address));
        }
        return address;
    }

    private long begin(Processor processor, DeviceObject device, int major) {
        return pool.fails(processor, TAG, engine.caller(processor))
                ? 0
                : packets.make(processor, device.stackSize(), major, 0);
    }

    /** The packet, or 0 if something of it could not be had. */
    private long kept(Processor processor, Irp irp, boolean complete) {
        if (complete) {
            return irp.address();
        }
        packets.drop(processor, irp, engine.caller(processor));
        return 0;
    }

    private boolean systemBuffer(Processor processor, Irp irp, byte[] content, boolean copyBack) {
        long address = pool.allocate(PoolKind.NONPAGED, content.length, TAG_BUFFER);
        if (address == 0) {
            return false;
        }
        processor.memory().storeBytes(address, content);
        irp.setSystemBuffer(address);
        irp.setFlags(
                irp.flags()
                        | SystemPackets.IRP_BUFFERED_IO
                        | SystemPackets.IRP_DEALLOCATE_BUFFER
                        | (copyBack ? SystemPackets.IRP_INPUT_OPERATION : 0));
        return true;
    }

    private boolean direct(
            Processor processor, Irp irp, long buffer, long bytes, boolean driverWrites) {
        long address = mdls.allocate(processor, buffer, bytes);
        if (address == 0) {
            return false;
        }
        mdls.lock(
                processor,
                new Mdl(processor.memory(), address),
                driverWrites,
                engine.caller(processor));
        irp.setMdlAddress(address);
        return true;
    }

    // ---- completion ----

    @Ddi(value = "IoSetCompletionRoutineEx", maximum = Irql.DISPATCH_LEVEL)
    int setCompletionRoutine(
            Processor processor,
            DeviceObject device,
            Irp irp,
            long routine,
            long context,
            boolean onSuccess,
            boolean onError,
            boolean onCancel) {
        IoStackLocation next =
                new IoStackLocation(
                        processor.memory(), irp.currentStackLocation() - IoStackLocation.BYTES);
        processor.memory().probe(next.address(), IoStackLocation.BYTES, true);
        long block = pool.allocate(PoolKind.NONPAGED, SAFE_BLOCK_BYTES, TAG);
        if (block == 0) {
            return IoStatus.INSUFFICIENT_RESOURCES;
        }
        references.add(device.address());
        processor.memory().store64(block, device.address());
        processor.memory().store64(block + SAFE_ROUTINE, routine);
        processor.memory().store64(block + 16, context);
        next.setCompletionRoutine(engine.table().address(SAFE_COMPLETION));
        next.setContext(block);
        next.setControl(
                (onSuccess ? IoStackLocation.SL_INVOKE_ON_SUCCESS : 0)
                        | (onError ? IoStackLocation.SL_INVOKE_ON_ERROR : 0)
                        | (onCancel ? IoStackLocation.SL_INVOKE_ON_CANCEL : 0));
        return IoStatus.SUCCESS;
    }

    /** The device object was kept until here, and its driver with it. */
    @EntryPoint(value = SAFE_COMPLETION, frame = FrameShape.RETURN_ADDRESS)
    Outcome safeCompletion(Processor processor, long device, long irp, long block) {
        GuestMemory memory = processor.memory();
        long kept = memory.load64(block);
        long routine = memory.load64(block + SAFE_ROUTINE);
        long context = memory.load64(block + 16);
        pool.free(processor, block, engine.caller(processor));
        references.remove(kept);
        return processor.machine().ended() == null
                ? new Outcome.TailCall(routine, device, irp, context, 0)
                : Outcome.stay();
    }

    @Ddi(value = "IoForwardIrpSynchronously", maximum = Irql.APC_LEVEL, rule = "PnpIrpCompletion")
    Outcome forward(Processor processor, DeviceObject device, Irp irp) {
        if (irp.currentLocation() <= 1) {
            return Outcome.of(false);
        }
        SystemPackets.Answer answer = packets.answer(processor);
        if (answer.address() == 0) {
            return Outcome.of(false);
        }
        IoStackLocation current = irp.current();
        IoStackLocation next =
                new IoStackLocation(processor.memory(), current.address() - IoStackLocation.BYTES);
        byte[] parameters =
                processor.memory().loadBytes(current.address(), IoStackLocation.COPIED_BYTES);
        processor.memory().storeBytes(next.address(), parameters);
        next.setCompletionRoutine(engine.table().address(FORWARD_COMPLETION));
        next.setContext(answer.event());
        next.setControl(INVOKE_ALWAYS);
        return new Outcome.Call(
                engine.table().address("IofCallDriver"),
                new Forwarded(answer.address()),
                device.address(),
                irp.address());
    }

    @EntryPoint(value = FORWARD_COMPLETION, frame = FrameShape.RETURN_ADDRESS)
    Outcome forwardCompletion(Processor processor, long device, long irp, long event) {
        return new Outcome.Call(
                engine.table().address("KeSetEvent"), new ForwardSignaled(), event, 0, 0);
    }

    @Resumes("IopForwardSignaled")
    int forwardSignaled(Processor processor, ForwardSignaled pending) {
        return IoStatus.MORE_PROCESSING_REQUIRED;
    }

    @Resumes("IopForwarded")
    Outcome forwarded(Processor processor, Forwarded pending, int status) {
        if (status == IoStatus.PENDING) {
            return new Outcome.Call(
                    engine.table().address("KeWaitForSingleObject"),
                    new ForwardAwaited(pending.answer),
                    pending.answer,
                    0,
                    0,
                    0,
                    new long[] {0});
        }
        return forwardAwaited(processor, new ForwardAwaited(pending.answer));
    }

    @Resumes("IopForwardReturn")
    Outcome forwardAwaited(Processor processor, ForwardAwaited pending) {
        packets.release(processor, new SystemPackets.Answer(processor.memory(), pending.answer));
        return Outcome.of(true);
    }

    // ---- who sent it ----

    @Ddi(value = "IoGetRequestorProcess", header = "ntifs.h", maximum = Irql.DISPATCH_LEVEL)
    long requestorProcess(Processor processor, Irp irp) {
        return irp.thread() == 0 ? 0 : new KThread(processor.memory(), irp.thread()).process();
    }

    @Ddi(value = "IoGetRequestorProcessId", header = "ntifs.h", maximum = Irql.DISPATCH_LEVEL)
    int requestorProcessId(Processor processor, Irp irp) {
        return irp.thread() == 0
                ? 0
                : (int) new KThread(processor.memory(), irp.thread()).processId();
    }
}
