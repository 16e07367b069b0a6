package dev.dirql.kernel.pnp;

import dev.dirql.events.Severity;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.machine.Processor;
import java.util.List;

/**
 * What the Plug and Play manager expects of drivers. Source: WDK, the pages of the requests and
 * "Bug check 0xC9", 0x21E, 0x226 and 0x243.
 */
final class PnpRules {
    private static final int IO_VIOLATION = 0xC9;
    private static final int NOT_DELETED = 0x21E;
    private static final int NOT_COMPLETED = 0x226;
    private static final int STILL_INITIALIZING = 0x243;

    private final LoadedImages images;
    private final Rules rules;

    PnpRules(LoadedImages images, Rules rules) {
        this.images = images;
        this.rules = rules;
    }

    /** A driver could not add or start a device, or the system has no memory for it. */
    void notStarted(Processor processor, PnpDevice device, String what, int status, long routine) {
        rules.broken(
                processor,
                new Violation(
                        "DeviceNotStarted",
                        "",
                        Severity.WARNING,
                        "%s of %s ended with %s: the device is not started"
                                .formatted(what, device.name(), NtStatus.text(status)),
                        Verifier.NONE,
                        List.of()),
                routine);
    }

    /** A driver refuses the removal of a device. */
    void removalRefused(Processor processor, PnpDevice device, int status, long routine) {
        rules.broken(
                processor,
                new Violation(
                        "DeviceRemovalRefused",
                        "",
                        Severity.WARNING,
                        "IRP_MN_QUERY_REMOVE_DEVICE of %s ended with %s: its drivers stay"
                                .formatted(device.name(), NtStatus.text(status)),
                        Verifier.NONE,
                        List.of()),
                routine);
    }

    /** A dispatch routine returned another status than STATUS_PENDING for a packet it kept. */
    void notCompleted(Processor processor, long irp, int status, long routine) {
        rules.broken(
                processor,
                Violation.error(
                        "PnpIrpCompletion",
                        Integer.toHexString(NOT_COMPLETED),
                        "%s returned %s for the IRP 0x%x, which is not completed"
                                .formatted(images.name(routine), NtStatus.text(status), irp),
                        new Verifier(IO_VIOLATION, NOT_COMPLETED, routine, irp, 0)),
                routine);
    }

    /** After IRP_MN_REMOVE_DEVICE there is still a device object above the physical one. */
    void notDeleted(Processor processor, PnpDevice device, long object, long routine) {
        rules.broken(
                processor,
                Violation.error(
                        "DeleteDevice",
                        Integer.toHexString(NOT_DELETED),
                        ("the device object 0x%x is still in the stack of %s, which is removed:"
                                        + " IoDetachDevice and IoDeleteDevice were not called")
                                .formatted(object, device.name()),
                        new Verifier(IO_VIOLATION, NOT_DELETED, routine, 0, object)),
                routine);
    }

    /** AddDevice left DO_DEVICE_INITIALIZING set. */
    void stillInitializing(Processor processor, long object, long routine) {
        rules.broken(
                processor,
                Violation.error(
                        "DeviceInitializing",
                        Integer.toHexString(STILL_INITIALIZING),
                        "%s left DO_DEVICE_INITIALIZING set in the device object 0x%x"
                                .formatted(images.name(routine), object),
                        new Verifier(IO_VIOLATION, STILL_INITIALIZING, routine, 0, object)),
                routine);
    }
}
