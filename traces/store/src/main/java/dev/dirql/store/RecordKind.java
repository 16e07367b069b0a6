package dev.dirql.store;

import dev.dirql.events.Decision;
import dev.dirql.events.Event;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The kinds of record with their codes. A code is never given to another kind. */
enum RecordKind {
    IMAGE_LOADED(1, Event.ImageLoaded.class),
    RUN_ENDED(2, Event.RunEnded.class),
    IRQL_CHANGED(3, Event.IrqlChanged.class),
    INTERRUPT_REQUESTED(4, Event.InterruptRequested.class),
    INTERRUPT_TAKEN(5, Event.InterruptTaken.class),
    INTERRUPT_COMPLETED(6, Event.InterruptCompleted.class),
    INTERRUPT_UNCLAIMED(7, Event.InterruptUnclaimed.class),
    INTERRUPT_CONNECTED(8, Event.InterruptConnected.class),
    INTERRUPT_DISCONNECTED(9, Event.InterruptDisconnected.class),
    ISR_STARTED(10, Event.IsrStarted.class),
    ISR_RETURNED(11, Event.IsrReturned.class),
    SYNCHRONIZE_STARTED(12, Event.SynchronizeStarted.class),
    SYNCHRONIZE_RETURNED(13, Event.SynchronizeReturned.class),
    LOCK_CONTENDED(14, Event.LockContended.class),
    LOCK_ACQUIRED(15, Event.LockAcquired.class),
    LOCK_RELEASED(16, Event.LockReleased.class),
    LOCK_TRY_FAILED(17, Event.LockTryFailed.class),
    LOCK_DEFINED(18, Event.LockDefined.class),
    DPC_QUEUED(19, Event.DpcQueued.class),
    DPC_REMOVED(20, Event.DpcRemoved.class),
    DPC_STARTED(21, Event.DpcStarted.class),
    DPC_FINISHED(22, Event.DpcFinished.class),
    THREAD_CREATED(23, Event.ThreadCreated.class),
    THREAD_SWITCHED(24, Event.ThreadSwitched.class),
    THREAD_ENDED(25, Event.ThreadEnded.class),
    WAIT_STARTED(26, Event.WaitStarted.class),
    WAIT_ENDED(27, Event.WaitEnded.class),
    OBJECT_SIGNALED(28, Event.ObjectSignaled.class),
    IRP_CREATED(29, Event.IrpCreated.class),
    IRP_DISPATCHED(30, Event.IrpDispatched.class),
    IRP_PENDED(31, Event.IrpPended.class),
    IRP_STARTED(32, Event.IrpStarted.class),
    IRP_QUEUED(33, Event.IrpQueued.class),
    IRP_COMPLETED(34, Event.IrpCompleted.class),
    REGISTER_READ(35, Event.RegisterRead.class),
    REGISTER_WRITTEN(36, Event.RegisterWritten.class),
    DMA_TRANSFERRED(37, Event.DmaTransferred.class),
    LINE_CHANGED(38, Event.LineChanged.class),
    STIMULUS_APPLIED(39, Event.StimulusApplied.class),
    POOL_ALLOCATED(40, Event.PoolAllocated.class),
    POOL_FREED(41, Event.PoolFreed.class),
    PAGE_BROUGHT_IN(42, Event.PageBroughtIn.class),
    DEBUG_PRINTED(43, Event.DebugPrinted.class),
    /** A finding as it was recorded before its places had stacks. */
    FINDING_WITHOUT_STACKS(44, Event.FindingReported.class),
    BUG_CHECKED(45, Event.BugChecked.class),
    IMAGE_UNLOADED(46, Event.ImageUnloaded.class),
    IRP_CANCELLED(47, Event.IrpCancelled.class),
    FINDING_REPORTED(48, Event.FindingReported.class),
    DMA_REFUSED(60, Event.DmaRefused.class),
    DECISION(128, Decision.class);

    private static final @Nullable RecordKind[] BY_CODE = new @Nullable RecordKind[256];

    /** Only asked for single classes. */
    private static final Map<Class<?>, RecordKind> BY_TYPE = new HashMap<>();

    static {
        for (RecordKind kind : values()) {
            if (BY_CODE[kind.code] != null) {
                throw new IllegalStateException(
                        "code %d: both %s and %s".formatted(kind.code, BY_CODE[kind.code], kind));
            }
            BY_CODE[kind.code] = kind;
            BY_TYPE.put(kind.type, kind);
        }
    }

    final int code;
    final Class<?> type;

    RecordKind(int code, Class<?> type) {
        this.code = code;
        this.type = type;
    }

    /** The kind with that code, null if there is none. */
    static @Nullable RecordKind of(int code) {
        return BY_CODE[code & 0xFF];
    }

    /** The kind of an event. */
    static RecordKind of(Event event) {
        RecordKind kind = BY_TYPE.get(event.getClass());
        if (kind == null) {
            throw new IllegalStateException(event.getClass() + ": has no code");
        }
        return kind;
    }

    /** Whether new traces have such records; others are only read. */
    boolean isWritten() {
        return this != FINDING_WITHOUT_STACKS;
    }

    /** Whether a document is closed after such a record, so that nothing can lose it. */
    boolean closesDocument() {
        return this == FINDING_REPORTED
                || this == FINDING_WITHOUT_STACKS
                || this == BUG_CHECKED
                || this == RUN_ENDED;
    }
}
