package dev.dirql.kernel.io;

import dev.dirql.events.Event;
import dev.dirql.kernel.Crash;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelMemory;
import dev.dirql.kernel.memory.Mdls;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolBlock;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.services.Ddi;
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
import dev.dirql.kernel.threads.KApc;
import dev.dirql.kernel.threads.KThread;
import dev.dirql.kernel.threads.Scheduler;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/** Makes IRPs, hands them to drivers, and completes them. */
final class IrpServices {
    /** Entries of DRIVER_OBJECT.MajorFunction. */
    static final int MAJOR_FUNCTIONS = 28;

    /** Symbol of the routine that every dispatch entry holds at first. */
    static final String INVALID_REQUEST = "IopInvalidDeviceRequest";

    /** Symbol of the APC routine that completes a packet in its thread. */
    private static final String COMPLETE_IN_THREAD = "IopCompleteRequest";

    private static final int TAG = 'I' | 'r' << 8 | 'p' << 16 | ' ' << 24;
    private static final int IRP_ASSOCIATED_IRP = 0x008;

    /** The verifier minds it as much as STATUS_PENDING. WDK, "Bug check 0xC9". */
    private static final int NOT_A_STATUS = -1;

    private static final int INVOKE_ANY =
            IoStackLocation.SL_INVOKE_ON_SUCCESS
                    | IoStackLocation.SL_INVOKE_ON_ERROR
                    | IoStackLocation.SL_INVOKE_ON_CANCEL;

    private static final int INCONSISTENT_IRP = 0x2A;
    private static final int NO_MORE_IRP_STACK_LOCATIONS = 0x35;
    private static final int MULTIPLE_IRP_COMPLETE_REQUESTS = 0x44;

    private final ServiceEngine engine;
    private final Pool pool;
    private final Requests requests;
    private final SystemPackets packets;
    private final Mdls mdls;
    private final RequestRules rules;
    private final SentIrps sent;
    private final RoutineCalls calls;
    private final Crash crash;

    IrpServices(
            ServiceEngine engine,
            Pool pool,
            Requests requests,
            SystemPackets packets,
            Mdls mdls,
            RequestRules rules,
            SentIrps sent,
            RoutineCalls calls,
            Crash crash) {
        this.engine = engine;
        this.pool = pool;
        this.requests = requests;
        this.packets = packets;
        this.mdls = mdls;
        this.rules = rules;
        this.sent = sent;
        this.calls = calls;
        this.crash = crash;
    }

    /** A completion routine is running, or the event of a finished request is being set. */
    record CompletionReturned(
            long irp, int boost, long routine, int irql, int apcs, boolean pending)
            implements Pending {}

    record RequestSignaled(long irp) implements Pending {}

    /** A packet was handed to its thread. */
    record CompletionQueued(long irp) implements Pending {}

    /** A request that the driver has no routine for is completed. */
    record RequestRefused(long irp) implements Pending {}

    // ---- making and freeing ----

    @Ddi(
            value = "IoAllocateIrp",
            maximum = Irql.DISPATCH_LEVEL,
            state = Ddi.State.PARTIAL,
            missing = "quota")
    long allocateIrp(Processor processor, byte stackSize, boolean chargeQuota) {
        long address =
                pool.fails(processor, TAG, engine.caller(processor))
                        ? 0
                        : pool.allocate(PoolKind.NONPAGED, Irp.size(stackSize), TAG);
        if (address != 0) {
            initialize(new Irp(processor.memory(), address), Irp.size(stackSize), stackSize);
        }
        return address;
    }

    @Ddi(
            value = "IoAllocateIrpEx",
            maximum = Irql.DISPATCH_LEVEL,
            state = Ddi.State.PARTIAL,
            missing = "quota; extensions of IRPs")
    long allocateIrpEx(Processor processor, long device, byte stackSize, boolean chargeQuota) {
        return allocateIrp(processor, stackSize, chargeQuota);
    }

    /** Everything else of the packet is zero. */
    static void initialize(Irp irp, int packetSize, int stackSize) {
        irp.setType(Irp.IO_TYPE_IRP);
        irp.setSize(packetSize);
        irp.setStackCount(stackSize);
        irp.setCurrentLocation(stackSize + 1);
        irp.setCurrentStackLocation(irp.stackLocation(stackSize + 1).address());
        irp.threadListEntry().initializeHead();
    }

    @Ddi(value = "IoInitializeIrp", maximum = Irql.DISPATCH_LEVEL, rule = "IoReuseIrp")
    Outcome initializeIrp(Processor processor, Irp irp, short packetSize, byte stackSize) {
        int size = packetSize & 0xFFFF;
        long caller = engine.caller(processor);
        PoolBlock block = pool.find(irp.address());
        boolean isAllocated =
                block != null
                        && !block.isFree()
                        && block.data() == irp.address()
                        && block.tag() == TAG;
        if ((sent.contains(irp.address())
                        && !rules.reusedInUse(processor, "IoInitializeIrp", irp.address(), caller))
                || (isAllocated && !rules.initializedAllocated(processor, irp.address(), caller))) {
            return Outcome.stay();
        }
        processor.memory().probe(irp.address(), size, true);
        for (int i = 0; i < size; i++) {
            processor.memory().store8(irp.address() + i, 0);
        }
        initialize(irp, size, stackSize);
        sent.forget(irp.address());
        return Outcome.done();
    }

    @Ddi(value = "IoFreeIrp", maximum = Irql.DISPATCH_LEVEL, rule = "IoAllocateFree")
    Outcome freeIrp(Processor processor, Irp irp) {
        long caller = engine.caller(processor);
        if (irp.type() != Irp.IO_TYPE_IRP || pool.find(irp.address()) == null) {
            return rules.notAnIrp(processor, "IoFreeIrp", irp.address(), caller)
                    ? bugCheck(processor, MULTIPLE_IRP_COMPLETE_REQUESTS, irp.address())
                    : Outcome.stay();
        }
        Request request = requests.ofIrp(irp.address());
        if (request != null) {
            rules.irpFreed(processor, irp.address(), caller);
            if (processor.machine().ended() != null) {
                return Outcome.stay();
            }
            request.losePacket();
        }
        if (packets.contains(irp.address())) {
            rules.irpFreed(processor, irp.address(), caller);
            if (processor.machine().ended() != null) {
                return Outcome.stay();
            }
            packets.forget(irp.address());
        } else if (request == null
                && sent.contains(irp.address())
                && !rules.freedInUse(processor, irp.address(), caller)) {
            return Outcome.stay();
        }
        packets.forget(irp.address());
        sent.forget(irp.address());
        pool.free(processor, irp.address(), caller);
        return processor.machine().ended() == null ? Outcome.done() : Outcome.stay();
    }

    // ---- going down ----

    @Ddi(value = "IofCallDriver", maximum = Irql.DISPATCH_LEVEL, rule = "ForwardedAtBadIrql")
    Outcome callDriver(Processor processor, DeviceObject device, Irp irp) {
        long caller = engine.caller(processor);
        if (irp.type() != Irp.IO_TYPE_IRP) {
            return rules.notAnIrp(processor, "IoCallDriver", irp.address(), caller)
                    ? bugCheck(processor, INCONSISTENT_IRP, irp.address())
                    : Outcome.stay();
        }
        if ((device.address() == 0 || device.type() != DeviceObject.IO_TYPE_DEVICE)
                && !rules.noDevice(processor, device.address(), caller)) {
            return Outcome.stay();
        }
        int location = irp.currentLocation() - 1;
        if (location <= 0) {
            return bugCheck(processor, NO_MORE_IRP_STACK_LOCATIONS, irp.address());
        }
        GuestMemory memory = processor.memory();
        IoStackLocation next =
                new IoStackLocation(memory, irp.currentStackLocation() - IoStackLocation.BYTES);
        memory.probe(next.address(), IoStackLocation.BYTES, true);
        if (!mayGoDown(processor, irp, next, caller)) {
            return Outcome.stay();
        }
        sent.sent(irp);
        int major = next.majorFunction();
        long routine = new DriverObject(memory, device.driverObject()).majorFunction(major);
        irp.setCurrentLocation(location);
        irp.setCurrentStackLocation(next.address());
        next.setDeviceObject(device.address());
        emit(processor, new Event.IrpDispatched(irp.address(), major, device.address(), routine));
        return new Outcome.TailCall(routine, device.address(), irp.address());
    }

    private boolean mayGoDown(Processor processor, Irp irp, IoStackLocation next, long caller) {
        if (!processor.flags.interruptsEnabled()
                && !rules.sentUninterruptible(processor, irp.address(), caller)) {
            return false;
        }
        if (irp.cancelRoutine() != 0 && !rules.sentCancelable(processor, irp, caller)) {
            return false;
        }
        if (irp.currentLocation() > irp.stackCount() || (next.control() & INVOKE_ANY) == 0) {
            return true;
        }
        IoStackLocation own = irp.current();
        boolean copied =
                own.completionRoutine() == next.completionRoutine()
                        && own.context() == next.context()
                        && (own.control() & INVOKE_ANY) == (next.control() & INVOKE_ANY);
        return !copied
                || rules.completionRoutineCopied(processor, irp, next.completionRoutine(), caller);
    }

    /** The routine that every dispatch entry of a driver object holds at first. */
    @EntryPoint(value = INVALID_REQUEST, frame = FrameShape.RETURN_ADDRESS)
    Outcome invalidRequest(Processor processor, long device, Irp irp) {
        irp.setStatus(IoStatus.INVALID_DEVICE_REQUEST);
        irp.setInformation(0);
        return new Outcome.Call(
                engine.table().address("IofCompleteRequest"),
                new RequestRefused(irp.address()),
                irp.address(),
                0);
    }

    @Resumes
    int refused(Processor processor, RequestRefused pending) {
        return IoStatus.INVALID_DEVICE_REQUEST;
    }

    // ---- coming back ----

    @Ddi(
            value = "IofCompleteRequest",
            maximum = Irql.DISPATCH_LEVEL,
            rule = "CompleteRequest",
            state = Ddi.State.PARTIAL,
            missing = Scheduler.NO_BOOST)
    Outcome completeRequest(Processor processor, Irp irp, byte boost) {
        if (irp.type() != Irp.IO_TYPE_IRP || irp.currentLocation() > irp.stackCount() + 1) {
            return bugCheck(processor, MULTIPLE_IRP_COMPLETE_REQUESTS, irp.address());
        }
        processor.memory().probe(irp.address(), Irp.size(irp.stackCount()), true);
        if (irp.currentLocation() <= irp.stackCount() && isStillQueued(irp)) {
            return bugCheck(processor, INCONSISTENT_IRP, irp.address());
        }
        rules.completing(processor, engine.caller(processor));
        if (irp.status() == IoStatus.PENDING || irp.status() == NOT_A_STATUS) {
            rules.completedPending(processor, irp, engine.caller(processor));
            if (processor.machine().ended() != null) {
                return Outcome.stay();
            }
        }
        if (irp.currentLocation() <= irp.stackCount() && irp.cancelRoutine() != 0) {
            rules.completedCancelable(processor, irp, engine.caller(processor));
            if (processor.machine().ended() != null) {
                return Outcome.stay();
            }
        }
        return walk(processor, irp, boost);
    }

    /** An IRP that is completed must not wait in its device's queue any more. */
    private boolean isStillQueued(Irp irp) {
        long device = irp.current().deviceObject();
        return device != 0
                && isAllocated(device)
                && DeviceQueueChange.contains(
                        new DeviceObject(irp.memory(), device).deviceQueue(),
                        irp.deviceQueueEntry().address());
    }

    /** A driver may have deleted its device object before it completes the last packet. */
    private boolean isAllocated(long address) {
        PoolBlock block = pool.find(address);
        return block != null && !block.isFree() && block.data() == address;
    }

    /** Goes up from stack location to stack location until a routine wants to be called. */
    private Outcome walk(Processor processor, Irp irp, int boost) {
        while (irp.currentLocation() <= irp.stackCount()) {
            IoStackLocation location = irp.current();
            int control = location.control();
            irp.setCurrentLocation(irp.currentLocation() + 1);
            irp.setCurrentStackLocation(location.address() + IoStackLocation.BYTES);
            irp.setPendingReturned((control & IoStackLocation.SL_PENDING_RETURNED) != 0);
            sent.cameUp(irp);
            boolean isTop = irp.currentLocation() > irp.stackCount();
            long routine = location.completionRoutine();
            long context = location.context();
            clear(location);
            if (isInvoked(control, irp)) {
                long device = isTop ? 0 : irp.current().deviceObject();
                return new Outcome.Call(
                        routine,
                        new CompletionReturned(
                                irp.address(),
                                boost,
                                ofDriver(irp, routine, context),
                                processor.irql(),
                                calls.apcs(processor),
                                irp.pendingReturned() && !isTop),
                        device,
                        irp.address(),
                        context);
            }
            if (irp.pendingReturned() && !isTop) {
                IoStackLocation above = irp.current();
                above.setControl(above.control() | IoStackLocation.SL_PENDING_RETURNED);
            }
        }
        irp.setCurrentLocation(irp.stackCount() + 2);
        return finish(processor, irp, boost);
    }

    /** The routine that IoSetCompletionRoutineEx was given, or the routine itself. */
    private long ofDriver(Irp irp, long routine, long context) {
        return routine == engine.table().address(BuiltIrpServices.SAFE_COMPLETION)
                ? irp.memory().load64(context + BuiltIrpServices.SAFE_ROUTINE)
                : routine;
    }

    private static boolean isInvoked(int control, Irp irp) {
        boolean success = irp.status() >= 0;
        return (success && (control & IoStackLocation.SL_INVOKE_ON_SUCCESS) != 0)
                || (!success && (control & IoStackLocation.SL_INVOKE_ON_ERROR) != 0)
                || (irp.cancel() && (control & IoStackLocation.SL_INVOKE_ON_CANCEL) != 0);
    }

    /** What a driver left in its stack location is gone when the next routine looks. */
    private static void clear(IoStackLocation location) {
        location.setMinorFunction(0);
        location.setFlags(0);
        location.setControl(location.control() & IoStackLocation.SL_ERROR_RETURNED);
        location.setArgument1(0);
        location.setArgument2(0);
        location.setArgument3(0);
        location.setArgument4(0);
        location.setFileObject(0);
    }

    @Resumes
    Outcome completionReturned(Processor processor, CompletionReturned pending, int status) {
        if (!calls.completionReturned(processor, pending.routine, pending.irql)
                || !calls.completionKeepsApcs(processor, pending.routine, pending.apcs)) {
            return Outcome.stay();
        }
        if (status == IoStatus.MORE_PROCESSING_REQUIRED) {
            return Outcome.done();
        }
        Irp irp = new Irp(processor.memory(), pending.irp);
        boolean isLost =
                pending.pending
                        && irp.currentLocation() <= irp.stackCount()
                        && (irp.current().control() & IoStackLocation.SL_PENDING_RETURNED) == 0;
        if (isLost && !rules.pendingNotPropagated(processor, pending.irp, pending.routine)) {
            return Outcome.stay();
        }
        return walk(processor, irp, pending.boost);
    }

    /** All drivers are done with the packet. */
    private Outcome finish(Processor processor, Irp irp, int boost) {
        Request request = requests.ofIrp(irp.address());
        if ((irp.flags() & IRP_ASSOCIATED_IRP) != 0) {
            return finishAssociated(processor, irp, boost);
        }
        if (packets.contains(irp.address())) {
            return finishOwn(processor, irp, boost);
        }
        if (request == null) {
            // A packet of IoAllocateIrp belongs to its driver, whose completion routine keeps it.
            return bugCheck(processor, INCONSISTENT_IRP, irp.address());
        }
        emit(
                processor,
                new Event.IrpCompleted(
                        irp.address(), irp.status(), irp.information(), engine.caller(processor)));
        request.completedBy(engine.caller(processor), irp.pendingReturned());
        if (!irp.pendingReturned()) {
            // The thread that sent it is still in its dispatch routine and does the rest itself.
            request.deferCompletion();
            return Outcome.done();
        }
        requests.complete(processor, request);
        if (processor.machine().ended() != null) {
            return Outcome.stay();
        }
        return new Outcome.Call(
                engine.table().address("KeSetEvent"),
                new RequestSignaled(irp.address()),
                request.event(),
                boost,
                0);
    }

    /** The last of the packets that a master packet waits for completes it. */
    private Outcome finishAssociated(Processor processor, Irp irp, int boost) {
        Irp master = new Irp(processor.memory(), irp.systemBuffer());
        processor.memory().probe(master.address(), Irp.BYTES, true);
        int left = master.irpCount() - 1;
        master.setIrpCount(left);
        mdls.release(processor, irp.mdlAddress(), engine.caller(processor));
        pool.free(processor, irp.address(), engine.caller(processor));
        if (processor.machine().ended() != null) {
            return Outcome.stay();
        }
        return left == 0
                ? new Outcome.TailCall(
                        engine.table().address("IofCompleteRequest"), master.address(), boost)
                : Outcome.done();
    }

    /** Whether an address is in a part of a thread's stack that no call uses any more. */
    private static boolean isOnDeadStack(Processor processor, long address, long threadAddress) {
        if (!KernelMemory.isStack(address) || threadAddress == 0) {
            return false;
        }
        KThread thread = new KThread(processor.memory(), threadAddress);
        if (address < thread.stackLimit() || address >= thread.stackBase()) {
            return false;
        }
        Machine machine = processor.machine();
        long pointer = thread.kernelStack();
        for (int i = 0; i < machine.processorCount(); i++) {
            if (machine.processor(i).thread == threadAddress) {
                pointer = machine.processor(i).registers[Processor.RSP];
            }
        }
        return pointer >= thread.stackLimit() && pointer < thread.stackBase() && address < pointer;
    }

    private boolean isAnswerable(Processor processor, Irp irp, long caller) {
        return (!isOnDeadStack(processor, irp.userEvent(), irp.thread())
                        || rules.onDeadStack(processor, true, irp.userEvent(), irp, caller))
                && (!isOnDeadStack(processor, irp.userIosb(), irp.thread())
                        || rules.onDeadStack(processor, false, irp.userIosb(), irp, caller));
    }

    private Outcome finishOwn(Processor processor, Irp irp, int boost) {
        long caller = engine.caller(processor);
        if (!isAnswerable(processor, irp, caller)) {
            return Outcome.stay();
        }
        Event completed =
                new Event.IrpCompleted(irp.address(), irp.status(), irp.information(), caller);
        if (packets.isCompletedInThread(irp.address())) {
            packets.releasePages(processor, irp, caller);
            if (processor.machine().ended() != null) {
                return Outcome.stay();
            }
            emit(processor, completed);
            return queueCompletion(processor, irp, boost);
        }
        long event = packets.finish(processor, irp, caller);
        if (processor.machine().ended() != null) {
            return Outcome.stay();
        }
        emit(processor, completed);
        return event == 0
                ? Outcome.done()
                : new Outcome.Call(
                        engine.table().address("KeSetEvent"),
                        new RequestSignaled(irp.address()),
                        event,
                        boost,
                        0);
    }

    /** A special kernel APC in the thread that made the packet does the rest. */
    private Outcome queueCompletion(Processor processor, Irp irp, int boost) {
        long thread = irp.thread();
        new KApc(processor.memory(), irp.apc())
                .initialize(thread, 0, engine.table().address(COMPLETE_IN_THREAD), 0, 0, 0, 0);
        return new Outcome.Call(
                engine.table().address("KeInsertQueueApc"),
                new CompletionQueued(irp.address()),
                irp.apc(),
                0,
                boost,
                0);
    }

    @Resumes("IopCompletionQueued")
    Outcome completionQueued(Processor processor, CompletionQueued pending, boolean queued) {
        if (!queued) {
            packets.drop(
                    processor, new Irp(processor.memory(), pending.irp), engine.caller(processor));
        }
        return processor.machine().ended() == null ? Outcome.done() : Outcome.stay();
    }

    @EntryPoint(value = COMPLETE_IN_THREAD, frame = FrameShape.RETURN_ADDRESS)
    Outcome completeInThread(
            Processor processor,
            long apc,
            long normalRoutine,
            long normalContext,
            long argument1,
            long argument2) {
        int boost = (int) processor.memory().load64(argument2);
        Irp irp = Irp.ofApc(processor.memory(), apc);
        long event = packets.finish(processor, irp, engine.caller(processor));
        if (processor.machine().ended() != null) {
            return Outcome.stay();
        }
        return event == 0
                ? Outcome.done()
                : new Outcome.Call(
                        engine.table().address("KeSetEvent"),
                        new RequestSignaled(irp.address()),
                        event,
                        boost,
                        0);
    }

    @Resumes
    void requestSignaled(Processor processor, RequestSignaled pending) {}

    private Outcome bugCheck(Processor processor, int code, long irp) {
        crash.bugCheck(processor, code, irp, 0, 0, 0);
        return Outcome.stay();
    }

    private static void emit(Processor processor, Event event) {
        processor.machine().emit(processor, event);
    }
}
