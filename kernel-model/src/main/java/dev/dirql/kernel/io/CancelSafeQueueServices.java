package dev.dirql.kernel.io;

import dev.dirql.events.LockKind;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.locks.SpinLocks;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.PendingFrame;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.IoCsq;
import dev.dirql.kernel.structures.IoCsqIrpContext;
import dev.dirql.kernel.structures.IoStackLocation;
import dev.dirql.kernel.structures.Irp;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;

/**
 * The IoCsq… routines: queues of a driver, with its own lock, from which packets are removed when
 * they are cancelled. Source: WDK, the page of each routine and "Cancel-safe IRP queues".
 */
final class CancelSafeQueueServices {
    private static final String CANCEL_ROUTINE = "IopCsqCancelRoutine";

    /** In the frame of a service: where CsqAcquireLock stores the IRQL. */
    private static final int IRQL_SLOT = 0x40;

    private final ServiceEngine engine;
    private final Irqls irqls;
    private final SpinLocks locks;
    private final CancelServices cancel;

    CancelSafeQueueServices(
            ServiceEngine engine, Irqls irqls, SpinLocks locks, CancelServices cancel) {
        this.engine = engine;
        this.irqls = irqls;
        this.locks = locks;
        this.cancel = cancel;
    }

    record InsertLocked(long csq, long irp, long context, long insertContext) implements Pending {}

    record Inserted(long csq, long irp, long context, int irql, boolean answers)
            implements Pending {}

    record InsertUnlocked(int status) implements Pending {}

    record CancelledRemoved(long csq, long irp, long context, int irql) implements Pending {}

    record CancelledUnlocked(long csq, long irp) implements Pending {}

    record CancelReleased(long irp, int irql) implements Pending {}

    record CancelLocked(long csq, long irp, long context) implements Pending {}

    record CancelCompleted() implements Pending {}

    record RemoveNextLocked(long csq, long peekContext) implements Pending {}

    record Peeked(long csq, long peekContext, int irql) implements Pending {}

    record RemoveLocked(long csq, long context) implements Pending {}

    record Removed(long csq, long irp, int irql) implements Pending {}

    record RemoveUnlocked(long irp) implements Pending {}

    // ---- making ----

    @Ddi("IoCsqInitialize")
    int initialize(
            Processor processor,
            IoCsq csq,
            long insert,
            long remove,
            long peek,
            long acquire,
            long release,
            long complete) {
        processor.memory().probe(csq.address(), IoCsq.BYTES, true);
        csq.initialize(IoCsq.IO_TYPE_CSQ, insert, remove, peek, acquire, release, complete);
        return IoStatus.SUCCESS;
    }

    @Ddi("IoCsqInitializeEx")
    int initializeEx(
            Processor processor,
            IoCsq csq,
            long insert,
            long remove,
            long peek,
            long acquire,
            long release,
            long complete) {
        processor.memory().probe(csq.address(), IoCsq.BYTES, true);
        csq.initialize(IoCsq.IO_TYPE_CSQ_EX, insert, remove, peek, acquire, release, complete);
        return IoStatus.SUCCESS;
    }

    // ---- the driver's lock ----

    private static Outcome.Call acquire(IoCsq csq, Pending next, long frame) {
        return new Outcome.Call(csq.acquireLock(), next, csq.address(), frame + IRQL_SLOT);
    }

    /** From the first step of a service, whose frame will be below its return address. */
    private static Outcome.Call acquireFirst(Processor processor, IoCsq csq, Pending next) {
        long frame = processor.registers[Processor.RSP] - PendingFrame.SIZE;
        return acquire(csq, next, frame);
    }

    /** The IRQL that CsqAcquireLock stored. */
    private static int irql(Processor processor) {
        long frame = processor.registers[Processor.RSP];
        return (int) processor.memory().load8(frame + IRQL_SLOT);
    }

    private static Outcome.Call release(IoCsq csq, int irql, Pending next) {
        return new Outcome.Call(csq.releaseLock(), next, csq.address(), irql);
    }

    // ---- inserting ----

    @Ddi(value = "IoCsqInsertIrp", maximum = Irql.DISPATCH_LEVEL)
    Outcome insert(Processor processor, IoCsq csq, Irp irp, long context) {
        return insert(processor, csq, irp, context, 0);
    }

    @Ddi(value = "IoCsqInsertIrpEx", maximum = Irql.DISPATCH_LEVEL)
    Outcome insertEx(Processor processor, IoCsq csq, Irp irp, long context, long insertContext) {
        return insert(processor, csq, irp, context, insertContext);
    }

    private static Outcome insert(
            Processor processor, IoCsq csq, Irp irp, long context, long insertContext) {
        GuestMemory memory = processor.memory();
        processor.memory().probe(irp.address(), Irp.BYTES, true);
        if (context == 0) {
            irp.setDriverContext3(csq.address());
        } else {
            processor.memory().probe(context, IoCsqIrpContext.BYTES, true);
            new IoCsqIrpContext(memory, context).initialize(irp.address(), csq.address());
            irp.setDriverContext3(context);
        }
        return acquireFirst(
                processor,
                csq,
                new InsertLocked(csq.address(), irp.address(), context, insertContext));
    }

    @Resumes("IopCsqInsertIrp")
    Outcome insertLocked(Processor processor, InsertLocked pending) {
        IoCsq csq = new IoCsq(processor.memory(), pending.csq);
        Irp irp = new Irp(processor.memory(), pending.irp);
        processor.memory().probe(pending.irp, Irp.BYTES, true);
        if (irp.cancel()) {
            // WDK, IoCsqInsertIrp: what is cancelled already does not come into the queue.
            markPending(irp);
            forget(processor, pending.irp, pending.context);
            return release(csq, irql(processor), new CancelledUnlocked(pending.csq, pending.irp));
        }
        boolean answers = csq.type() == IoCsq.IO_TYPE_CSQ_EX;
        return new Outcome.Call(
                csq.insertIrp(),
                new Inserted(pending.csq, pending.irp, pending.context, irql(processor), answers),
                pending.csq,
                pending.irp,
                answers ? pending.insertContext : 0);
    }

    @Resumes("IopCsqInserted")
    Outcome inserted(Processor processor, Inserted pending, int result) {
        IoCsq csq = new IoCsq(processor.memory(), pending.csq);
        Irp irp = new Irp(processor.memory(), pending.irp);
        int status = pending.answers ? result : IoStatus.SUCCESS;
        if (status < 0) {
            return release(csq, pending.irql, new InsertUnlocked(status));
        }
        processor.memory().probe(pending.irp, Irp.BYTES, true);
        markPending(irp);
        if (!irp.cancel()) {
            irp.setCancelRoutine(engine.table().address(CANCEL_ROUTINE));
            return release(csq, pending.irql, new InsertUnlocked(status));
        }
        // Cancelled meanwhile, before there was a routine to call.
        return new Outcome.Call(
                csq.removeIrp(),
                new CancelledRemoved(pending.csq, pending.irp, pending.context, pending.irql),
                pending.csq,
                pending.irp);
    }

    private static void markPending(Irp irp) {
        IoStackLocation location = irp.current();
        location.setControl(location.control() | IoStackLocation.SL_PENDING_RETURNED);
    }

    @Resumes("IopCsqInsertReturn")
    int insertUnlocked(Processor processor, InsertUnlocked pending) {
        return pending.status;
    }

    // ---- cancelling ----

    @Resumes("IopCsqCancelledRemoved")
    Outcome cancelledRemoved(Processor processor, CancelledRemoved pending) {
        forget(processor, pending.irp, pending.context);
        return release(
                new IoCsq(processor.memory(), pending.csq),
                pending.irql,
                new CancelledUnlocked(pending.csq, pending.irp));
    }

    private static void forget(Processor processor, long irp, long context) {
        if (context != 0) {
            new IoCsqIrpContext(processor.memory(), context).setIrp(0);
        }
        new Irp(processor.memory(), irp).setDriverContext3(0);
    }

    @Resumes("IopCsqCancelledUnlocked")
    Outcome cancelledUnlocked(Processor processor, CancelledUnlocked pending) {
        return new Outcome.Call(
                new IoCsq(processor.memory(), pending.csq).completeCanceledIrp(),
                new CancelCompleted(),
                pending.csq,
                pending.irp);
    }

    @Resumes("IopCsqCompletedCanceled")
    void cancelCompleted(Processor processor, CancelCompleted pending) {}

    /** The cancel routine of every packet in such a queue; the cancel spin lock is held. */
    @EntryPoint(value = CANCEL_ROUTINE, frame = FrameShape.RETURN_ADDRESS)
    Outcome cancelRoutine(Processor processor, long device, Irp irp) {
        int before = irp.cancelIrql();
        locks.release(
                processor, cancel.lock(), LockKind.SPIN_LOCK, before, engine.caller(processor));
        return processor.machine().ended() == null
                ? new Outcome.Then(new CancelReleased(irp.address(), before))
                : Outcome.stay();
    }

    @Resumes("IopCsqCancelReleased")
    Outcome cancelReleased(Processor processor, CancelReleased pending) {
        irqls.set(processor, pending.irql, engine.caller(processor));
        GuestMemory memory = processor.memory();
        long value = new Irp(memory, pending.irp).driverContext3();
        IoCsqIrpContext context = new IoCsqIrpContext(memory, value);
        boolean hasContext = context.type() == IoCsqIrpContext.IO_TYPE_CSQ_IRP_CONTEXT;
        long csq = hasContext ? context.csq() : value;
        return acquire(
                new IoCsq(memory, csq),
                new CancelLocked(csq, pending.irp, hasContext ? value : 0),
                processor.registers[Processor.RSP]);
    }

    @Resumes("IopCsqCancelLocked")
    Outcome cancelLocked(Processor processor, CancelLocked pending) {
        return new Outcome.Call(
                new IoCsq(processor.memory(), pending.csq).removeIrp(),
                new CancelledRemoved(pending.csq, pending.irp, pending.context, irql(processor)),
                pending.csq,
                pending.irp);
    }

    // ---- removing ----

    @Ddi(value = "IoCsqRemoveNextIrp", maximum = Irql.DISPATCH_LEVEL)
    Outcome removeNext(Processor processor, IoCsq csq, long peekContext) {
        return acquireFirst(processor, csq, new RemoveNextLocked(csq.address(), peekContext));
    }

    @Resumes("IopCsqRemoveNextLocked")
    Outcome removeNextLocked(Processor processor, RemoveNextLocked pending) {
        return peek(processor, pending.csq, pending.peekContext, irql(processor), 0);
    }

    private static Outcome peek(
            Processor processor, long csq, long peekContext, int irql, long after) {
        return new Outcome.Call(
                new IoCsq(processor.memory(), csq).peekNextIrp(),
                new Peeked(csq, peekContext, irql),
                csq,
                after,
                peekContext);
    }

    /** A packet without cancel routine is being cancelled: the next one, then. */
    @Resumes("IopCsqPeeked")
    Outcome peeked(Processor processor, Peeked pending, long found) {
        IoCsq csq = new IoCsq(processor.memory(), pending.csq);
        if (found == 0) {
            return release(csq, pending.irql, new RemoveUnlocked(0));
        }
        Irp irp = new Irp(processor.memory(), found);
        if (irp.cancelRoutine() == 0) {
            return peek(processor, pending.csq, pending.peekContext, pending.irql, found);
        }
        irp.setCancelRoutine(0);
        return new Outcome.Call(
                csq.removeIrp(), new Removed(pending.csq, found, pending.irql), pending.csq, found);
    }

    @Ddi(value = "IoCsqRemoveIrp", maximum = Irql.DISPATCH_LEVEL)
    Outcome remove(Processor processor, IoCsq csq, long context) {
        return acquireFirst(processor, csq, new RemoveLocked(csq.address(), context));
    }

    @Resumes("IopCsqRemoveLocked")
    Outcome removeLocked(Processor processor, RemoveLocked pending) {
        int irql = irql(processor);
        IoCsq csq = new IoCsq(processor.memory(), pending.csq);
        long found = new IoCsqIrpContext(processor.memory(), pending.context).irp();
        Irp irp = new Irp(processor.memory(), found);
        if (found == 0 || irp.cancelRoutine() == 0) {
            return release(csq, irql, new RemoveUnlocked(0));
        }
        irp.setCancelRoutine(0);
        return new Outcome.Call(
                csq.removeIrp(), new Removed(pending.csq, found, irql), pending.csq, found);
    }

    @Resumes("IopCsqRemoved")
    Outcome removed(Processor processor, Removed pending) {
        GuestMemory memory = processor.memory();
        long value = new Irp(memory, pending.irp).driverContext3();
        forget(processor, pending.irp, value == pending.csq ? 0 : value);
        return release(
                new IoCsq(memory, pending.csq), pending.irql, new RemoveUnlocked(pending.irp));
    }

    @Resumes("IopCsqRemoveReturn")
    long removeUnlocked(Processor processor, RemoveUnlocked pending) {
        return pending.irp;
    }
}
