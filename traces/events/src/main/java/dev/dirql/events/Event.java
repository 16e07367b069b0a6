package dev.dirql.events;

/**
 * Something that happened. Addresses are guest virtual addresses unless a name says otherwise; code
 * addresses are turned into routine and line with the symbols that the trace keeps; times are
 * virtual nanoseconds.
 */
public sealed interface Event {

    // ---- the run ----

    /** A driver image was loaded; its sections are mapped at {@code base}. */
    record ImageLoaded(String name, long base, long size) implements Event {}

    /** A driver image was unloaded; nothing is executed there any more. */
    record ImageUnloaded(String name, long base, long size) implements Event {}

    /** The run is over. */
    record RunEnded(RunEnd reason, String detail) implements Event {}

    // ---- IRQL and interrupts ----

    /**
     * A processor's IRQL changed, by a service or by {@code mov cr8}. {@code caller} is the code
     * that asked.
     */
    record IrqlChanged(int from, int to, long caller) implements Event {}

    /**
     * A local APIC accepted a request. {@code source} names the device or the software interrupt.
     */
    record InterruptRequested(int vector, int target, String source) implements Event {}

    /** A processor acknowledged a vector and left {@code interrupted}. */
    record InterruptTaken(int vector, long interrupted) implements Event {}

    /** The vector's handler signalled end of interrupt. */
    record InterruptCompleted(int vector) implements Event {}

    /** No interrupt object on the vector claimed the interrupt. */
    record InterruptUnclaimed(int vector) implements Event {}

    /** An interrupt object was connected to a vector. */
    record InterruptConnected(
            long interrupt, int vector, int irql, int synchronizeIrql, long routine, String name)
            implements Event {}

    /** An interrupt object was disconnected. */
    record InterruptDisconnected(long interrupt, int vector) implements Event {}

    record IsrStarted(long interrupt, long routine, int vector) implements Event {}

    record IsrReturned(long interrupt, long routine, boolean claimed) implements Event {}

    /** A SynchCritSection routine starts under the interrupt spin lock. */
    record SynchronizeStarted(long interrupt, long routine, long caller) implements Event {}

    record SynchronizeReturned(long interrupt, long routine, boolean result) implements Event {}

    // ---- locks ----

    /**
     * A processor begins to spin, or its thread to wait, as the kind of lock says. {@code owner} is
     * the processor that holds the lock, or on which its holder was last, or -1.
     */
    record LockContended(long lock, String lockName, LockKind lockKind, int owner, long caller)
            implements Event {}

    /**
     * @param irqlBefore IRQL when the routine was called
     * @param irqlAfter IRQL while the lock is held
     * @param spinNs time from the first try to the acquisition, spent spinning or waiting as the
     *     kind of lock says
     */
    record LockAcquired(
            long lock,
            String lockName,
            LockKind lockKind,
            int irqlBefore,
            int irqlAfter,
            long caller,
            long spinNs)
            implements Event {}

    /**
     * @param holdNs time since the acquisition
     */
    record LockReleased(
            long lock,
            String lockName,
            LockKind lockKind,
            int irqlBefore,
            int irqlAfter,
            long caller,
            long holdNs)
            implements Event {}

    /** A routine that tries once found the lock held. */
    record LockTryFailed(long lock, String lockName, LockKind lockKind, long caller)
            implements Event {}

    /**
     * A lock was seen for the first time. {@code storage} says where it lives, as in "device
     * extension".
     */
    record LockDefined(long lock, String lockName, LockKind lockKind, String storage)
            implements Event {}

    // ---- DPCs ----

    /**
     * KeInsertQueueDpc and its relatives; {@code inserted} is false when the DPC was in a queue
     * already.
     */
    record DpcQueued(long dpc, long routine, int target, boolean inserted, long caller)
            implements Event {}

    record DpcRemoved(long dpc, long routine, int target, long caller) implements Event {}

    record DpcStarted(long dpc, long routine) implements Event {}

    record DpcFinished(long dpc, long routine) implements Event {}

    // ---- threads and waits ----

    record ThreadCreated(long created, String name, int priority, long affinity, long routine)
            implements Event {}

    /** The processor goes on with another thread; 0 stands for no thread before the first. */
    record ThreadSwitched(long from, long to, String reason) implements Event {}

    record ThreadEnded(long ended, int status) implements Event {}

    /**
     * @param timeoutNs time after which the wait ends by itself, -1 for never
     */
    record WaitStarted(long object, String objectKind, long timeoutNs, long caller)
            implements Event {}

    /** A wait was satisfied or timed out; {@code waiter} is the thread that may run again. */
    record WaitEnded(long object, long waiter, int status) implements Event {}

    record ObjectSignaled(long object, String objectKind, long caller) implements Event {}

    // ---- requests ----

    record IrpCreated(long irp, int major, long device, long length) implements Event {}

    record IrpDispatched(long irp, int major, long device, long routine) implements Event {}

    record IrpPended(long irp, long caller) implements Event {}

    /** StartIo is called with the packet. */
    record IrpStarted(long irp, long device, long routine) implements Event {}

    record IrpQueued(long irp, long device, long caller) implements Event {}

    /**
     * Somebody asked for the cancellation of a packet. {@code routine} is the cancel routine that
     * is called, 0 if none was set.
     */
    record IrpCancelled(long irp, long routine, long caller) implements Event {}

    record IrpCompleted(long irp, int status, long information, long caller) implements Event {}

    // ---- devices ----

    record RegisterRead(String device, String register, int width, long value) implements Event {}

    record RegisterWritten(String device, String register, int width, long value)
            implements Event {}

    /**
     * @param toMemory true when the device wrote guest memory
     */
    record DmaTransferred(String device, long physicalAddress, long length, boolean toMemory)
            implements Event {}

    /**
     * A device tried to access memory and could not: nothing was transferred.
     *
     * @param toMemory true when the device would have written guest memory
     */
    record DmaRefused(
            String device, long physicalAddress, long length, boolean toMemory, String reason)
            implements Event {}

    record LineChanged(String device, int line, boolean asserted) implements Event {}

    /**
     * A scenario raised, lost, duplicated, delayed or stormed an interrupt, or poked the device
     * otherwise.
     */
    record StimulusApplied(String device, String stimulus) implements Event {}

    // ---- memory ----

    record PoolAllocated(long address, long size, int tag, String pool, long caller)
            implements Event {}

    record PoolFreed(long address, long size, int tag, long caller) implements Event {}

    /** A pageable page was absent and was brought in. */
    record PageBroughtIn(long page, long address, long caller) implements Event {}

    // ---- results ----

    /** DbgPrint, DbgPrintEx, KdPrint. */
    record DebugPrinted(String text, long caller) implements Event {}

    record FindingReported(Finding finding) implements Event {}

    record BugChecked(
            int code,
            String name,
            long parameter1,
            long parameter2,
            long parameter3,
            long parameter4,
            long address)
            implements Event {}
}
