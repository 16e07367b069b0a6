package dev.dirql.store;

import dev.dirql.events.Decision;
import dev.dirql.events.Event;
import dev.dirql.events.Finding;
import dev.dirql.events.Stamp;
import dev.dirql.store.TraceRecord.DecisionRecord;
import dev.dirql.store.TraceRecord.EventRecord;
import java.util.ArrayList;
import java.util.List;

/** Reads the records that {@link RecordEncoder} writes. */
final class RecordDecoder {
    private RecordDecoder() {}

    /** Reads one record. {@code sequence} is that of the next event. */
    static TraceRecord record(DocumentFields in, long sequence) {
        RecordKind kind = in.kind();
        if (kind == RecordKind.DECISION) {
            return new DecisionRecord(sequence, decision(in));
        }
        int irql = in.irql();
        int processor = in.processor();
        long timeNs = in.i64();
        long thread = in.i64();
        return new EventRecord(
                new Stamp(sequence, timeNs, processor, thread, irql), event(kind, in));
    }

    private static Event event(RecordKind kind, DocumentFields in) {
        return switch (kind) {
            case IMAGE_LOADED -> new Event.ImageLoaded(in.string(), in.i64(), in.i64());
            case RUN_ENDED -> new Event.RunEnded(in.runEnd(), in.string());
            case IRQL_CHANGED -> new Event.IrqlChanged(in.irql(), in.irql(), in.i64());
            case INTERRUPT_REQUESTED ->
                    new Event.InterruptRequested(in.i32(), in.i32(), in.string());
            case INTERRUPT_TAKEN -> new Event.InterruptTaken(in.i32(), in.i64());
            case INTERRUPT_COMPLETED -> new Event.InterruptCompleted(in.i32());
            case INTERRUPT_UNCLAIMED -> new Event.InterruptUnclaimed(in.i32());
            case INTERRUPT_CONNECTED ->
                    new Event.InterruptConnected(
                            in.i64(), in.i32(), in.irql(), in.irql(), in.i64(), in.string());
            case INTERRUPT_DISCONNECTED -> new Event.InterruptDisconnected(in.i64(), in.i32());
            case ISR_STARTED -> new Event.IsrStarted(in.i64(), in.i64(), in.i32());
            case ISR_RETURNED -> new Event.IsrReturned(in.i64(), in.i64(), in.bool());
            case SYNCHRONIZE_STARTED -> new Event.SynchronizeStarted(in.i64(), in.i64(), in.i64());
            case SYNCHRONIZE_RETURNED ->
                    new Event.SynchronizeReturned(in.i64(), in.i64(), in.bool());
            case LOCK_CONTENDED ->
                    new Event.LockContended(
                            in.i64(), in.string(), in.lockKind(), in.i32(), in.i64());
            case LOCK_ACQUIRED ->
                    new Event.LockAcquired(
                            in.i64(),
                            in.string(),
                            in.lockKind(),
                            in.irql(),
                            in.irql(),
                            in.i64(),
                            in.i64());
            case LOCK_RELEASED ->
                    new Event.LockReleased(
                            in.i64(),
                            in.string(),
                            in.lockKind(),
                            in.irql(),
                            in.irql(),
                            in.i64(),
                            in.i64());
            case LOCK_TRY_FAILED ->
                    new Event.LockTryFailed(in.i64(), in.string(), in.lockKind(), in.i64());
            case LOCK_DEFINED ->
                    new Event.LockDefined(in.i64(), in.string(), in.lockKind(), in.string());
            case DPC_QUEUED ->
                    new Event.DpcQueued(in.i64(), in.i64(), in.i32(), in.bool(), in.i64());
            case DPC_REMOVED -> new Event.DpcRemoved(in.i64(), in.i64(), in.i32(), in.i64());
            case DPC_STARTED -> new Event.DpcStarted(in.i64(), in.i64());
            case DPC_FINISHED -> new Event.DpcFinished(in.i64(), in.i64());
            case THREAD_CREATED ->
                    new Event.ThreadCreated(in.i64(), in.string(), in.i32(), in.i64(), in.i64());
            case THREAD_SWITCHED -> new Event.ThreadSwitched(in.i64(), in.i64(), in.string());
            case THREAD_ENDED -> new Event.ThreadEnded(in.i64(), in.i32());
            case WAIT_STARTED -> new Event.WaitStarted(in.i64(), in.string(), in.i64(), in.i64());
            case WAIT_ENDED -> new Event.WaitEnded(in.i64(), in.i64(), in.i32());
            case OBJECT_SIGNALED -> new Event.ObjectSignaled(in.i64(), in.string(), in.i64());
            case IRP_CREATED -> new Event.IrpCreated(in.i64(), in.i32(), in.i64(), in.i64());
            case IRP_DISPATCHED -> new Event.IrpDispatched(in.i64(), in.i32(), in.i64(), in.i64());
            case IRP_PENDED -> new Event.IrpPended(in.i64(), in.i64());
            case IRP_STARTED -> new Event.IrpStarted(in.i64(), in.i64(), in.i64());
            case IRP_QUEUED -> new Event.IrpQueued(in.i64(), in.i64(), in.i64());
            case IRP_COMPLETED -> new Event.IrpCompleted(in.i64(), in.i32(), in.i64(), in.i64());
            case REGISTER_READ ->
                    new Event.RegisterRead(in.string(), in.string(), in.i32(), in.i64());
            case REGISTER_WRITTEN ->
                    new Event.RegisterWritten(in.string(), in.string(), in.i32(), in.i64());
            case DMA_TRANSFERRED ->
                    new Event.DmaTransferred(in.string(), in.i64(), in.i64(), in.bool());
            case DMA_REFUSED ->
                    new Event.DmaRefused(in.string(), in.i64(), in.i64(), in.bool(), in.string());
            case LINE_CHANGED -> new Event.LineChanged(in.string(), in.i32(), in.bool());
            case STIMULUS_APPLIED -> new Event.StimulusApplied(in.string(), in.string());
            case POOL_ALLOCATED ->
                    new Event.PoolAllocated(in.i64(), in.i64(), in.i32(), in.string(), in.i64());
            case POOL_FREED -> new Event.PoolFreed(in.i64(), in.i64(), in.i32(), in.i64());
            case PAGE_BROUGHT_IN -> new Event.PageBroughtIn(in.i64(), in.i64(), in.i64());
            case DEBUG_PRINTED -> new Event.DebugPrinted(in.string(), in.i64());
            case FINDING_WITHOUT_STACKS -> new Event.FindingReported(finding(in, false));
            case FINDING_REPORTED -> new Event.FindingReported(finding(in, true));
            case IMAGE_UNLOADED -> new Event.ImageUnloaded(in.string(), in.i64(), in.i64());
            case IRP_CANCELLED -> new Event.IrpCancelled(in.i64(), in.i64(), in.i64());
            case BUG_CHECKED ->
                    new Event.BugChecked(
                            in.i32(),
                            in.string(),
                            in.i64(),
                            in.i64(),
                            in.i64(),
                            in.i64(),
                            in.i64());
            case DECISION -> throw new IllegalArgumentException("a decision is not an event");
        };
    }

    private static Decision decision(DocumentFields in) {
        return new Decision(
                in.i64(),
                in.decisionKind(),
                in.string(),
                in.string(),
                in.i64(),
                in.i32(),
                in.i32());
    }

    private static Finding finding(DocumentFields in, boolean stacks) {
        String rule = in.string();
        String id = in.string();
        var severity = in.severity();
        String message = in.string();
        int count = in.u16();
        List<Finding.Place> places = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            places.add(
                    new Finding.Place(
                            in.string(),
                            in.i64(),
                            in.processor(),
                            in.i64(),
                            in.irql(),
                            in.i64(),
                            stacks ? stack(in) : List.of()));
        }
        return new Finding(rule, id, severity, message, places);
    }

    private static List<Long> stack(DocumentFields in) {
        int count = in.u16();
        List<Long> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            frames.add(in.i64());
        }
        return frames;
    }
}
