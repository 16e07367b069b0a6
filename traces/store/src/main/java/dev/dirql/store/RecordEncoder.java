package dev.dirql.store;

import dev.dirql.events.Decision;
import dev.dirql.events.Event;
import dev.dirql.events.Finding;
import dev.dirql.events.Stamp;

/**
 * Writes events and decisions as records. The fields of a record stand in the order of the Java
 * record's components; {@link RecordDecoder} reads them in the same order.
 */
final class RecordEncoder {
    private final DocumentBytes out;

    RecordEncoder(DocumentBytes out) {
        this.out = out;
    }

    /**
     * Writes an event and tells what kind it was. The commonest kinds come first: the cases are
     * tried in order.
     */
    RecordKind event(Stamp stamp, Event event) {
        return switch (event) {
            case Event.LockAcquired e -> {
                out.begin(RecordKind.LOCK_ACQUIRED, stamp);
                out.i64(e.lock());
                out.string(e.lockName());
                out.enumeration(e.lockKind());
                out.irql(e.irqlBefore());
                out.irql(e.irqlAfter());
                out.i64(e.caller());
                out.i64(e.spinNs());
                yield RecordKind.LOCK_ACQUIRED;
            }
            case Event.LockReleased e -> {
                out.begin(RecordKind.LOCK_RELEASED, stamp);
                out.i64(e.lock());
                out.string(e.lockName());
                out.enumeration(e.lockKind());
                out.irql(e.irqlBefore());
                out.irql(e.irqlAfter());
                out.i64(e.caller());
                out.i64(e.holdNs());
                yield RecordKind.LOCK_RELEASED;
            }
            case Event.IrqlChanged e -> {
                out.begin(RecordKind.IRQL_CHANGED, stamp);
                out.irql(e.from());
                out.irql(e.to());
                out.i64(e.caller());
                yield RecordKind.IRQL_CHANGED;
            }
            case Event.LockContended e -> {
                out.begin(RecordKind.LOCK_CONTENDED, stamp);
                out.i64(e.lock());
                out.string(e.lockName());
                out.enumeration(e.lockKind());
                out.i32(e.owner());
                out.i64(e.caller());
                yield RecordKind.LOCK_CONTENDED;
            }
            case Event.LockTryFailed e -> {
                out.begin(RecordKind.LOCK_TRY_FAILED, stamp);
                out.i64(e.lock());
                out.string(e.lockName());
                out.enumeration(e.lockKind());
                out.i64(e.caller());
                yield RecordKind.LOCK_TRY_FAILED;
            }
            case Event.ImageLoaded e -> {
                out.begin(RecordKind.IMAGE_LOADED, stamp);
                out.string(e.name());
                out.i64(e.base());
                out.i64(e.size());
                yield RecordKind.IMAGE_LOADED;
            }
            case Event.RunEnded e -> {
                out.begin(RecordKind.RUN_ENDED, stamp);
                out.enumeration(e.reason());
                out.string(e.detail());
                yield RecordKind.RUN_ENDED;
            }
            case Event.InterruptRequested e -> {
                out.begin(RecordKind.INTERRUPT_REQUESTED, stamp);
                out.i32(e.vector());
                out.i32(e.target());
                out.string(e.source());
                yield RecordKind.INTERRUPT_REQUESTED;
            }
            case Event.InterruptTaken e -> {
                out.begin(RecordKind.INTERRUPT_TAKEN, stamp);
                out.i32(e.vector());
                out.i64(e.interrupted());
                yield RecordKind.INTERRUPT_TAKEN;
            }
            case Event.InterruptCompleted e -> {
                out.begin(RecordKind.INTERRUPT_COMPLETED, stamp);
                out.i32(e.vector());
                yield RecordKind.INTERRUPT_COMPLETED;
            }
            case Event.InterruptUnclaimed e -> {
                out.begin(RecordKind.INTERRUPT_UNCLAIMED, stamp);
                out.i32(e.vector());
                yield RecordKind.INTERRUPT_UNCLAIMED;
            }
            case Event.InterruptConnected e -> {
                out.begin(RecordKind.INTERRUPT_CONNECTED, stamp);
                out.i64(e.interrupt());
                out.i32(e.vector());
                out.irql(e.irql());
                out.irql(e.synchronizeIrql());
                out.i64(e.routine());
                out.string(e.name());
                yield RecordKind.INTERRUPT_CONNECTED;
            }
            case Event.InterruptDisconnected e -> {
                out.begin(RecordKind.INTERRUPT_DISCONNECTED, stamp);
                out.i64(e.interrupt());
                out.i32(e.vector());
                yield RecordKind.INTERRUPT_DISCONNECTED;
            }
            case Event.IsrStarted e -> {
                out.begin(RecordKind.ISR_STARTED, stamp);
                out.i64(e.interrupt());
                out.i64(e.routine());
                out.i32(e.vector());
                yield RecordKind.ISR_STARTED;
            }
            case Event.IsrReturned e -> {
                out.begin(RecordKind.ISR_RETURNED, stamp);
                out.i64(e.interrupt());
                out.i64(e.routine());
                out.bool(e.claimed());
                yield RecordKind.ISR_RETURNED;
            }
            case Event.SynchronizeStarted e -> {
                out.begin(RecordKind.SYNCHRONIZE_STARTED, stamp);
                out.i64(e.interrupt());
                out.i64(e.routine());
                out.i64(e.caller());
                yield RecordKind.SYNCHRONIZE_STARTED;
            }
            case Event.SynchronizeReturned e -> {
                out.begin(RecordKind.SYNCHRONIZE_RETURNED, stamp);
                out.i64(e.interrupt());
                out.i64(e.routine());
                out.bool(e.result());
                yield RecordKind.SYNCHRONIZE_RETURNED;
            }
            case Event.LockDefined e -> {
                out.begin(RecordKind.LOCK_DEFINED, stamp);
                out.i64(e.lock());
                out.string(e.lockName());
                out.enumeration(e.lockKind());
                out.string(e.storage());
                yield RecordKind.LOCK_DEFINED;
            }
            case Event.DpcQueued e -> {
                out.begin(RecordKind.DPC_QUEUED, stamp);
                out.i64(e.dpc());
                out.i64(e.routine());
                out.i32(e.target());
                out.bool(e.inserted());
                out.i64(e.caller());
                yield RecordKind.DPC_QUEUED;
            }
            case Event.DpcRemoved e -> {
                out.begin(RecordKind.DPC_REMOVED, stamp);
                out.i64(e.dpc());
                out.i64(e.routine());
                out.i32(e.target());
                out.i64(e.caller());
                yield RecordKind.DPC_REMOVED;
            }
            case Event.DpcStarted e -> {
                out.begin(RecordKind.DPC_STARTED, stamp);
                out.i64(e.dpc());
                out.i64(e.routine());
                yield RecordKind.DPC_STARTED;
            }
            case Event.DpcFinished e -> {
                out.begin(RecordKind.DPC_FINISHED, stamp);
                out.i64(e.dpc());
                out.i64(e.routine());
                yield RecordKind.DPC_FINISHED;
            }
            case Event.ThreadCreated e -> {
                out.begin(RecordKind.THREAD_CREATED, stamp);
                out.i64(e.created());
                out.string(e.name());
                out.i32(e.priority());
                out.i64(e.affinity());
                out.i64(e.routine());
                yield RecordKind.THREAD_CREATED;
            }
            case Event.ThreadSwitched e -> {
                out.begin(RecordKind.THREAD_SWITCHED, stamp);
                out.i64(e.from());
                out.i64(e.to());
                out.string(e.reason());
                yield RecordKind.THREAD_SWITCHED;
            }
            case Event.ThreadEnded e -> {
                out.begin(RecordKind.THREAD_ENDED, stamp);
                out.i64(e.ended());
                out.i32(e.status());
                yield RecordKind.THREAD_ENDED;
            }
            case Event.WaitStarted e -> {
                out.begin(RecordKind.WAIT_STARTED, stamp);
                out.i64(e.object());
                out.string(e.objectKind());
                out.i64(e.timeoutNs());
                out.i64(e.caller());
                yield RecordKind.WAIT_STARTED;
            }
            case Event.WaitEnded e -> {
                out.begin(RecordKind.WAIT_ENDED, stamp);
                out.i64(e.object());
                out.i64(e.waiter());
                out.i32(e.status());
                yield RecordKind.WAIT_ENDED;
            }
            case Event.ObjectSignaled e -> {
                out.begin(RecordKind.OBJECT_SIGNALED, stamp);
                out.i64(e.object());
                out.string(e.objectKind());
                out.i64(e.caller());
                yield RecordKind.OBJECT_SIGNALED;
            }
            case Event.IrpCreated e -> {
                out.begin(RecordKind.IRP_CREATED, stamp);
                out.i64(e.irp());
                out.i32(e.major());
                out.i64(e.device());
                out.i64(e.length());
                yield RecordKind.IRP_CREATED;
            }
            case Event.IrpDispatched e -> {
                out.begin(RecordKind.IRP_DISPATCHED, stamp);
                out.i64(e.irp());
                out.i32(e.major());
                out.i64(e.device());
                out.i64(e.routine());
                yield RecordKind.IRP_DISPATCHED;
            }
            case Event.IrpPended e -> {
                out.begin(RecordKind.IRP_PENDED, stamp);
                out.i64(e.irp());
                out.i64(e.caller());
                yield RecordKind.IRP_PENDED;
            }
            case Event.IrpStarted e -> {
                out.begin(RecordKind.IRP_STARTED, stamp);
                out.i64(e.irp());
                out.i64(e.device());
                out.i64(e.routine());
                yield RecordKind.IRP_STARTED;
            }
            case Event.IrpQueued e -> {
                out.begin(RecordKind.IRP_QUEUED, stamp);
                out.i64(e.irp());
                out.i64(e.device());
                out.i64(e.caller());
                yield RecordKind.IRP_QUEUED;
            }
            case Event.IrpCompleted e -> {
                out.begin(RecordKind.IRP_COMPLETED, stamp);
                out.i64(e.irp());
                out.i32(e.status());
                out.i64(e.information());
                out.i64(e.caller());
                yield RecordKind.IRP_COMPLETED;
            }
            case Event.RegisterRead e -> {
                out.begin(RecordKind.REGISTER_READ, stamp);
                out.string(e.device());
                out.string(e.register());
                out.i32(e.width());
                out.i64(e.value());
                yield RecordKind.REGISTER_READ;
            }
            case Event.RegisterWritten e -> {
                out.begin(RecordKind.REGISTER_WRITTEN, stamp);
                out.string(e.device());
                out.string(e.register());
                out.i32(e.width());
                out.i64(e.value());
                yield RecordKind.REGISTER_WRITTEN;
            }
            case Event.DmaTransferred e -> {
                out.begin(RecordKind.DMA_TRANSFERRED, stamp);
                out.string(e.device());
                out.i64(e.physicalAddress());
                out.i64(e.length());
                out.bool(e.toMemory());
                yield RecordKind.DMA_TRANSFERRED;
            }
            case Event.DmaRefused e -> {
                out.begin(RecordKind.DMA_REFUSED, stamp);
                out.string(e.device());
                out.i64(e.physicalAddress());
                out.i64(e.length());
                out.bool(e.toMemory());
                out.string(e.reason());
                yield RecordKind.DMA_REFUSED;
            }
            case Event.LineChanged e -> {
                out.begin(RecordKind.LINE_CHANGED, stamp);
                out.string(e.device());
                out.i32(e.line());
                out.bool(e.asserted());
                yield RecordKind.LINE_CHANGED;
            }
            case Event.StimulusApplied e -> {
                out.begin(RecordKind.STIMULUS_APPLIED, stamp);
                out.string(e.device());
                out.string(e.stimulus());
                yield RecordKind.STIMULUS_APPLIED;
            }
            case Event.PoolAllocated e -> {
                out.begin(RecordKind.POOL_ALLOCATED, stamp);
                out.i64(e.address());
                out.i64(e.size());
                out.i32(e.tag());
                out.string(e.pool());
                out.i64(e.caller());
                yield RecordKind.POOL_ALLOCATED;
            }
            case Event.PoolFreed e -> {
                out.begin(RecordKind.POOL_FREED, stamp);
                out.i64(e.address());
                out.i64(e.size());
                out.i32(e.tag());
                out.i64(e.caller());
                yield RecordKind.POOL_FREED;
            }
            case Event.PageBroughtIn e -> {
                out.begin(RecordKind.PAGE_BROUGHT_IN, stamp);
                out.i64(e.page());
                out.i64(e.address());
                out.i64(e.caller());
                yield RecordKind.PAGE_BROUGHT_IN;
            }
            case Event.DebugPrinted e -> {
                out.begin(RecordKind.DEBUG_PRINTED, stamp);
                out.string(e.text());
                out.i64(e.caller());
                yield RecordKind.DEBUG_PRINTED;
            }
            case Event.ImageUnloaded e -> {
                out.begin(RecordKind.IMAGE_UNLOADED, stamp);
                out.string(e.name());
                out.i64(e.base());
                out.i64(e.size());
                yield RecordKind.IMAGE_UNLOADED;
            }
            case Event.IrpCancelled e -> {
                out.begin(RecordKind.IRP_CANCELLED, stamp);
                out.i64(e.irp());
                out.i64(e.routine());
                out.i64(e.caller());
                yield RecordKind.IRP_CANCELLED;
            }
            case Event.FindingReported e -> finding(stamp, e.finding());
            case Event.BugChecked e -> {
                out.begin(RecordKind.BUG_CHECKED, stamp);
                out.i32(e.code());
                out.string(e.name());
                out.i64(e.parameter1());
                out.i64(e.parameter2());
                out.i64(e.parameter3());
                out.i64(e.parameter4());
                out.i64(e.address());
                yield RecordKind.BUG_CHECKED;
            }
        };
    }

    void decision(Decision decision) {
        out.u8(RecordKind.DECISION.code);
        out.i64(decision.ordinal());
        out.enumeration(decision.kind());
        out.string(decision.context());
        out.string(decision.routine());
        out.i64(decision.occurrence());
        out.i32(decision.alternatives());
        out.i32(decision.choice());
    }

    private RecordKind finding(Stamp stamp, Finding finding) {
        if (finding.places().size() > TraceFormat.PLACES_MAXIMUM) {
            throw new IllegalArgumentException(
                    "finding with %d places: a record holds at most %d"
                            .formatted(finding.places().size(), TraceFormat.PLACES_MAXIMUM));
        }
        out.begin(RecordKind.FINDING_REPORTED, stamp);
        out.string(finding.rule());
        out.string(finding.id());
        out.enumeration(finding.severity());
        out.string(finding.message());
        out.u16(finding.places().size());
        for (Finding.Place place : finding.places()) {
            out.string(place.role());
            out.i64(place.sequence());
            out.processor(place.processor());
            out.i64(place.thread());
            out.irql(place.irql());
            out.i64(place.address());
            out.u16(place.stack().size());
            place.stack().forEach(out::i64);
        }
        return RecordKind.FINDING_REPORTED;
    }
}
