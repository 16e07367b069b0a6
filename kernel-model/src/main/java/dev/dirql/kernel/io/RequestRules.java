package dev.dirql.kernel.io;

import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.locks.SpinLocks;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.structures.Irp;
import dev.dirql.machine.Processor;

/**
 * What drivers may not do with the packets that they are given. Source: WDK, the pages of the rules
 * and "Bug check 0xC4", "Bug check 0xC9".
 */
final class RequestRules {
    private static final int IO_VIOLATION = 0xC9;
    private static final int FREED_WHILE_IN_USE = 0x02;
    private static final int COMPLETED_PENDING = 0x06;
    private static final int CANCEL_ROUTINE_SET = 0x07;
    private static final int NOT_PROCESSED = 0x226;
    private static final int FREED_AS_POOL = 0x105;

    private final LoadedImages images;
    private final SpinLocks locks;
    private final Rules rules;

    RequestRules(LoadedImages images, SpinLocks locks, Rules rules) {
        this.images = images;
        this.locks = locks;
        this.rules = rules;
    }

    /** IoCompleteRequest runs completion routines, which may want a lock that the caller holds. */
    void completing(Processor processor, long caller) {
        locks.mustHoldNone(processor, "IoCompleteRequest", caller);
    }

    /** IoCompleteRequest of a packet whose status says that it is not done. */
    void completedPending(Processor processor, Irp irp, long caller) {
        int status = irp.status();
        rules.broken(
                processor,
                Violation.error(
                        "CompleteRequestStatusCheck",
                        "",
                        "the IRP 0x%x is completed with %s"
                                .formatted(irp.address(), NtStatus.text(status)),
                        new Verifier(IO_VIOLATION, COMPLETED_PENDING, status, irp.address(), 0)),
                caller);
    }

    /** IoFreeIrp of a packet that its driver did not allocate. */
    void irpFreed(Processor processor, long irp, long caller) {
        rules.broken(
                processor,
                Violation.error(
                        "IoAllocateFree",
                        "",
                        "IoFreeIrp frees the IRP 0x%x, which the I/O manager made and uses"
                                .formatted(irp),
                        new Verifier(IO_VIOLATION, FREED_WHILE_IN_USE, irp, 0, 0)),
                caller);
    }

    /** ExFreePool of a packet. */
    void irpFreedAsPool(Processor processor, long irp, long caller) {
        rules.broken(
                processor,
                Violation.error(
                        "RequestMemoryFreed",
                        Integer.toHexString(FREED_AS_POOL),
                        "ExFreePool frees the IRP 0x%x, which the I/O manager made and uses"
                                .formatted(irp),
                        Verifier.detected(FREED_AS_POOL, irp, 0, 0)),
                caller);
    }

    /** ExFreePool of what a packet points to. */
    void bufferFreed(Processor processor, String what, long address, long irp, long caller) {
        rules.broken(
                processor,
                Violation.error(
                        "RequestMemoryFreed",
                        "",
                        "ExFreePool frees the %s 0x%x of the IRP 0x%x, which the I/O manager uses"
                                .formatted(what, address, irp),
                        Verifier.NONE),
                caller);
    }

    /**
     * IoStatus.Information says how many bytes of the system buffer go to the user's buffer.
     *
     * @param bytes size of the user's buffer
     */
    void informationTooLarge(
            Processor processor, long irp, long information, long bytes, long caller) {
        rules.broken(
                processor,
                Violation.error(
                        "InformationBeyondBuffer",
                        "",
                        "the IRP 0x%x is completed with %s bytes in a buffer of %d"
                                .formatted(irp, Long.toUnsignedString(information), bytes),
                        Verifier.NONE),
                caller);
    }

    /** IoCompleteRequest of a packet that can still be cancelled. */
    void completedCancelable(Processor processor, Irp irp, long caller) {
        rules.broken(
                processor,
                Violation.error(
                        "CompletedCancelable",
                        "",
                        "the IRP 0x%x is completed while its cancel routine %s is still set"
                                .formatted(irp.address(), images.name(irp.cancelRoutine())),
                        new Verifier(
                                IO_VIOLATION,
                                CANCEL_ROUTINE_SET,
                                irp.cancelRoutine(),
                                irp.address(),
                                0)),
                caller);
    }

    /** A dispatch routine marked its packet pending and returned another status. */
    void markedNotPending(Processor processor, long routine, long irp, int status) {
        rules.broken(
                processor,
                Violation.error(
                        "MarkIrpPending",
                        "",
                        "%s marked the IRP 0x%x pending and returned %s, not STATUS_PENDING"
                                .formatted(images.name(routine), irp, NtStatus.text(status)),
                        Verifier.NONE),
                routine);
    }

    /** A dispatch routine returned another status than STATUS_PENDING for a packet not done. */
    void notProcessed(Processor processor, long routine, long irp, int status) {
        rules.broken(
                processor,
                Violation.error(
                        "IrpProcessingComplete",
                        Integer.toHexString(NOT_PROCESSED),
                        "%s returned %s for the IRP 0x%x, which is not completed"
                                .formatted(images.name(routine), NtStatus.text(status), irp),
                        new Verifier(IO_VIOLATION, NOT_PROCESSED, routine, irp, 0)),
                routine);
    }

    /** A dispatch routine returned STATUS_PENDING for a packet that nobody marked. */
    void pendingNotMarked(Processor processor, long routine, long irp, boolean completed) {
        rules.broken(
                processor,
                Violation.error(
                        completed ? "PendedCompletedRequest" : "MarkIrpPending2",
                        "",
                        "%s returned STATUS_PENDING for the IRP 0x%x, which is %s"
                                .formatted(
                                        images.name(routine),
                                        irp,
                                        completed
                                                ? "completed and was not marked pending"
                                                : "not marked pending"),
                        Verifier.NONE),
                routine);
    }
}
