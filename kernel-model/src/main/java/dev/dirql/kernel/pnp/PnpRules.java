package dev.dirql.kernel.pnp;

import dev.dirql.events.Severity;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.machine.Processor;
import java.util.List;
import java.util.Locale;

/**
 * What the Plug and Play manager expects of drivers. Source: WDK, the pages of the requests and
 * "Bug check 0xC9", 0x21E, 0x226, 0x22E, 0x22F, 0x241 and 0x243, "PnpRemove rule".
 */
final class PnpRules {
    private static final int IO_VIOLATION = 0xC9;
    private static final int NOT_DELETED = 0x21E;
    private static final int NOT_COMPLETED = 0x226;
    private static final int SUCCESSFUL = 0x22E;
    private static final int UNTOUCHED = 0x22F;
    private static final int DETACHED_TOO_EARLY = 0x241;
    private static final int STILL_INITIALIZING = 0x243;
    private static final int FAILED_WRONGLY = 0x43006;

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
        tell(
                processor,
                "DeviceRemovalRefused",
                "IRP_MN_QUERY_REMOVE_DEVICE of %s ended with %s: its drivers stay"
                        .formatted(device.name(), NtStatus.text(status)),
                routine);
    }

    /** Somebody who has a device open refuses that it is removed. */
    void removalVetoed(Processor processor, PnpDevice device, int status, long routine) {
        tell(
                processor,
                "DeviceRemovalRefused",
                "a notification that %s is to be removed was answered with %s: its drivers stay"
                        .formatted(device.name(), NtStatus.text(status)),
                routine);
    }

    /** A driver refuses that a device is stopped. */
    void stopRefused(Processor processor, PnpDevice device, int status, long routine) {
        tell(
                processor,
                "DeviceStopRefused",
                "IRP_MN_QUERY_STOP_DEVICE of %s ended with %s: it is not stopped"
                        .formatted(device.name(), NtStatus.text(status)),
                routine);
    }

    /** A device cannot be removed because of a file. */
    void open(Processor processor, PnpDevices.Entry entry) {
        tell(
                processor,
                "DeviceRemovalRefused",
                "a file is open on %s: its drivers stay".formatted(entry.device().name()),
                entry.routine());
    }

    /** A device that is not started cannot be stopped or removed. */
    void notThere(Processor processor, PnpDevices.Entry entry, String what) {
        tell(
                processor,
                "DeviceNotStarted",
                "%s is to be %s and is not started".formatted(entry.device().name(), what),
                entry.routine());
    }

    private void tell(Processor processor, String rule, String text, long routine) {
        rules.broken(
                processor,
                new Violation(rule, "", Severity.WARNING, text, Verifier.NONE, List.of()),
                routine);
    }

    /** A request that drivers must not fail ended with a failure. */
    void mustSucceed(Processor processor, PnpDevices.Entry entry, String request, int status) {
        rules.broken(
                processor,
                Violation.error(
                        "PnpRemove",
                        Integer.toHexString(FAILED_WRONGLY),
                        "%s of %s ended with %s, and drivers must not fail it"
                                .formatted(request, entry.device().name(), NtStatus.text(status)),
                        Verifier.detected(FAILED_WRONGLY, 0, 0, 0)),
                entry.routine());
    }

    /** A request was completed by a driver that should have handed it to the next lower one. */
    void notPassedOn(Processor processor, PnpDevices.Entry entry, String request, int status) {
        rules.broken(
                processor,
                Violation.error(
                        "PnpIrpCompletion",
                        Integer.toHexString(status < 0 ? UNTOUCHED : SUCCESSFUL)
                                .toUpperCase(Locale.ROOT),
                        "%s of %s ended with %s and did not come to the bottom of the stack"
                                .formatted(request, entry.device().name(), NtStatus.text(status)),
                        Verifier.NONE),
                entry.routine());
    }

    /** A driver left the stack when it was told that its device is gone. */
    void detachedTooEarly(Processor processor, PnpDevices.Entry entry) {
        rules.broken(
                processor,
                Violation.error(
                        "PnpSurpriseRemove",
                        Integer.toHexString(DETACHED_TOO_EARLY),
                        ("a device object left the stack of %s in IRP_MN_SURPRISE_REMOVAL, and not"
                                        + " in IRP_MN_REMOVE_DEVICE")
                                .formatted(entry.device().name()),
                        new Verifier(IO_VIOLATION, DETACHED_TOO_EARLY, entry.routine(), 0, 0)),
                entry.routine());
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
