package dev.dirql.kernel.io;

import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.locks.SpinLocks;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.structures.Irp;
import dev.dirql.machine.Processor;
import java.util.Locale;

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
    private static final int INTERRUPTS_DISABLED = 0xC0;
    private static final int FREED_NO_IRP = 0x01;
    private static final int SENT_NO_IRP = 0x03;
    private static final int NO_DEVICE = 0x04;
    private static final int STATUS_ON_DEAD_STACK = 0x0C;
    private static final int EVENT_ON_DEAD_STACK = 0x0D;
    private static final int SENT_CANCELABLE = 0x203;
    private static final int COMPLETION_ROUTINE_COPIED = 0x207;
    private static final int FREED_IN_USE = 0x20B;
    private static final int STATUS_DIFFERS = 0x224;
    private static final int STATUS_ILLEGAL = 0x225;
    private static final int PENDING_NOT_PROPAGATED = 0x228;
    private static final int INITIALIZED_ALLOCATED = 0x238;
    private static final int PENDING_NOT_MARKED = 0x23D;
    private static final int MARKED_NOT_PENDING = 0x23E;
    private static final int REUSED_IN_USE = 0x310;
    private static final int REUSED_BUILT = 0x311;
    private static final int INFORMATION_TOO_LARGE = 0x312;

    /** Codes from here on have numbers of their own for their users. */
    private static final int LEVEL_2 = 0x200;

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

    private static String number(int code) {
        return Integer.toHexString(code).toUpperCase(Locale.ROOT);
    }

    /** A rule with a code of I/O verification is broken; says whether the run goes on. */
    private boolean tell(
            Processor processor,
            String rule,
            int code,
            String message,
            long p2,
            long p3,
            long p4,
            long place) {
        rules.broken(
                processor,
                Violation.error(
                        rule,
                        code < LEVEL_2 ? "" : number(code),
                        message,
                        new Verifier(IO_VIOLATION, code, p2, p3, p4)),
                place);
        return processor.machine().ended() == null;
    }

    /** IoFreeIrp or IoCallDriver of something else. */
    boolean notAnIrp(Processor processor, String routine, long irp, long caller) {
        return tell(
                processor,
                "InvalidIrp",
                routine.equals("IoFreeIrp") ? FREED_NO_IRP : SENT_NO_IRP,
                "%s gets 0x%x, which is no IRP".formatted(routine, irp),
                irp,
                0,
                0,
                caller);
    }

    /** IoCallDriver to something else than a device object. */
    boolean noDevice(Processor processor, long device, long caller) {
        return tell(
                processor,
                "InvalidDeviceObject",
                NO_DEVICE,
                "IoCallDriver gets 0x%x, which is no device object".formatted(device),
                device,
                0,
                0,
                caller);
    }

    /** IoCallDriver with interrupts disabled. */
    boolean sentUninterruptible(Processor processor, long irp, long caller) {
        rules.broken(
                processor,
                Violation.error(
                        "InterruptsDisabled",
                        number(INTERRUPTS_DISABLED),
                        "the IRP 0x%x is sent to a driver with interrupts disabled".formatted(irp),
                        Verifier.detected(INTERRUPTS_DISABLED, irp, 0, 0)),
                caller);
        return processor.machine().ended() == null;
    }

    /** IoCallDriver of a packet that the caller can still be asked to cancel. */
    boolean sentCancelable(Processor processor, Irp irp, long caller) {
        return tell(
                processor,
                "SentCancelable",
                SENT_CANCELABLE,
                "the IRP 0x%x is sent to the next driver while its cancel routine %s is still set"
                        .formatted(irp.address(), images.name(irp.cancelRoutine())),
                caller,
                irp.address(),
                0,
                caller);
    }

    /**
     * A stack location that was copied with all that is in it: the completion routine of the driver
     * above would be called twice.
     */
    boolean completionRoutineCopied(Processor processor, Irp irp, long routine, long caller) {
        LoadedImage owner = images.find(routine);
        return (owner != null && owner == images.find(caller))
                || tell(
                        processor,
                        "CompletionRoutineCopied",
                        COMPLETION_ROUTINE_COPIED,
                        "the IRP 0x%x is sent on with a copy of the completion routine %s"
                                .formatted(irp.address(), images.name(routine)),
                        caller,
                        irp.address(),
                        0,
                        caller);
    }

    /** A completion routine let a pending packet go up as if it were not pending. */
    boolean pendingNotPropagated(Processor processor, long irp, long routine) {
        return images.find(routine) == null
                || tell(
                        processor,
                        "PendingNotPropagated",
                        PENDING_NOT_PROPAGATED,
                        "%s did not mark the IRP 0x%x pending, whose PendingReturned was TRUE"
                                .formatted(images.name(routine), irp),
                        routine,
                        irp,
                        0,
                        routine);
    }

    /** IoFreeIrp of a packet that a lower driver has. */
    boolean freedInUse(Processor processor, long irp, long caller) {
        return tell(
                processor,
                "IrpInUse",
                FREED_IN_USE,
                "IoFreeIrp frees the IRP 0x%x, which a driver has that it was sent to"
                        .formatted(irp),
                caller,
                irp,
                0,
                caller);
    }

    /** IoReuseIrp or IoInitializeIrp of a packet that a lower driver has. */
    boolean reusedInUse(Processor processor, String routine, long irp, long caller) {
        return tell(
                processor,
                "IrpInUse",
                REUSED_IN_USE,
                "%s gets the IRP 0x%x, which a driver has that it was sent to"
                        .formatted(routine, irp),
                caller,
                irp,
                0,
                caller);
    }

    /** IoReuseIrp of a packet that was made neither by IoAllocateIrp nor of raw memory. */
    boolean reusedBuilt(Processor processor, long irp, long caller) {
        return tell(
                processor,
                "IoReuseIrp",
                REUSED_BUILT,
                "IoReuseIrp gets the IRP 0x%x, which was not made by IoAllocateIrp".formatted(irp),
                caller,
                irp,
                0,
                caller);
    }

    /** IoInitializeIrp of a packet of IoAllocateIrp. */
    boolean initializedAllocated(Processor processor, long irp, long caller) {
        return tell(
                processor,
                "IrpInitializedTwice",
                INITIALIZED_ALLOCATED,
                "IoInitializeIrp gets the IRP 0x%x, which IoAllocateIrp has initialized"
                        .formatted(irp),
                0,
                0,
                0,
                caller);
    }

    /** The event or status block of a packet is in a part of a stack that is not in use. */
    boolean onDeadStack(Processor processor, boolean event, long address, Irp irp, long caller) {
        return tell(
                processor,
                "CompletionOnUnwoundStack",
                event ? EVENT_ON_DEAD_STACK : STATUS_ON_DEAD_STACK,
                "the %s 0x%x of the IRP 0x%x is on a stack, in a call that has returned"
                        .formatted(event ? "event" : "status block", address, irp.address()),
                address,
                0,
                0,
                caller);
    }

    /** A dispatch routine returned another status than that of the packet it completed. */
    boolean statusDiffers(Processor processor, long routine, long irp, int returned, int status) {
        boolean illegal = returned == -1;
        return tell(
                processor,
                "DispatchStatus",
                illegal ? STATUS_ILLEGAL : STATUS_DIFFERS,
                "%s returned %s for the IRP 0x%x, which was completed with %s"
                        .formatted(
                                images.name(routine),
                                NtStatus.text(returned),
                                irp,
                                NtStatus.text(status)),
                routine,
                irp,
                (illegal ? returned : status) & 0xFFFF_FFFFL,
                routine);
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
                        number(INFORMATION_TOO_LARGE),
                        "the IRP 0x%x is completed with %s bytes in a buffer of %d"
                                .formatted(irp, Long.toUnsignedString(information), bytes),
                        new Verifier(IO_VIOLATION, INFORMATION_TOO_LARGE, caller, irp, 0)),
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
                        number(MARKED_NOT_PENDING),
                        "%s marked the IRP 0x%x pending and returned %s, not STATUS_PENDING"
                                .formatted(images.name(routine), irp, NtStatus.text(status)),
                        new Verifier(
                                IO_VIOLATION,
                                MARKED_NOT_PENDING,
                                routine,
                                irp,
                                status & 0xFFFF_FFFFL)),
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
                        number(PENDING_NOT_MARKED),
                        "%s returned STATUS_PENDING for the IRP 0x%x, which is %s"
                                .formatted(
                                        images.name(routine),
                                        irp,
                                        completed
                                                ? "completed and was not marked pending"
                                                : "not marked pending"),
                        new Verifier(
                                IO_VIOLATION, PENDING_NOT_MARKED, routine, irp, IoStatus.PENDING)),
                routine);
    }
}
