package dev.dirql.kernel.pnp;

import dev.dirql.kernel.io.Devices;
import dev.dirql.kernel.io.IoStatus;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.pnp.PnpDevices.State;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.services.Walk;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.machine.Processor;

/**
 * What brings a device stack from one state to another: each is a routine of a system thread that
 * is called with the number of a device and answers with a status. Source: WDK, "Starting a
 * device", "Stopping a device to rebalance resources" and "Understanding when remove IRPs are
 * issued".
 */
final class PnpTransitions {
    /** Symbols of the routines. */
    static final String START = "PnpStartStack";

    static final String STOP = "PnpStopStack";
    static final String QUERY_AND_REMOVE = "PnpQueryRemoveStack";
    static final String REMOVE = "PnpRemoveStack";
    static final String SURPRISE_REMOVE = "PnpSurpriseRemoveStack";
    static final String QUERY_STATE = "PnpQueryStackState";
    static final String EJECT = "PnpEjectStack";

    private static final int TAG = 'P' | 'n' << 8 | 'p' << 16 | ' ' << 24;

    /** PNP_DEVICE_DISABLED, FAILED and REMOVED. */
    private static final int STATE_UNUSABLE = 0x01 | 0x04 | 0x08;

    private final ServiceEngine engine;
    private final Pool pool;
    private final PnpDevices devices;
    private final PnpRequests requests;
    private final PnpRules rules;
    private final PnpNotifications notifications;

    PnpTransitions(
            ServiceEngine engine,
            Pool pool,
            PnpDevices devices,
            PnpRequests requests,
            PnpRules rules,
            PnpNotifications notifications) {
        this.engine = engine;
        this.pool = pool;
        this.devices = devices;
        this.requests = requests;
        this.rules = rules;
        this.notifications = notifications;
    }

    record StartAnswered(int device, long lists) implements Pending {}

    record CapabilitiesAnswered(int device, long block) implements Pending {}

    /** The first field is what the drivers say of the device. */
    record StateAnswered(long state, int device) implements Pending {}

    record QueryStopAnswered(int device, long nanoseconds) implements Pending {}

    record StopAnswered(int device, long nanoseconds) implements Pending {}

    record StopPassed(int device) implements Pending {}

    record Restarted(int device) implements Pending {}

    record CancelStopAnswered(int device) implements Pending {}

    /** Those who have the device open were asked. */
    record RemovalAsked(int device) implements Pending {}

    /** They were told that it is not removed. */
    record RemovalCancelTold(int device) implements Pending {}

    /** They were told that it is. */
    record RemovalTold(int device) implements Pending {}

    /** They were told that it is gone. */
    record SurpriseTold(int device) implements Pending {}

    record Ejected(int device) implements Pending {}

    record EjectAnswered(int device) implements Pending {}

    record QueryRemoveAnswered(int device) implements Pending {}

    record CancelRemoveAnswered(int device) implements Pending {}

    record RemoveAnswered(int device) implements Pending {}

    record SurpriseAnswered(int device) implements Pending {}

    record AskStateAgain(int device) implements Pending {}

    record StateAskedAgain(long state, int device) implements Pending {}

    private Outcome call(String routine, Pending next, int device) {
        return new Outcome.Call(engine.table().address(routine), next, device);
    }

    // ---- starting ----

    /** Answers with the failure of a driver; the stack is then as it was. */
    @EntryPoint(value = START, frame = FrameShape.RETURN_ADDRESS)
    Outcome start(Processor processor, int number) {
        PnpDevices.Entry entry = devices.get(number);
        PnpDevice device = entry.device();
        entry.setState(State.STARTING);
        int rawBytes = ResourceList.bytes(device);
        long lists = 0;
        if (rawBytes != 0) {
            lists = pool.allocate(PoolKind.PAGED, 2L * rawBytes, TAG);
            if (lists == 0) {
                rules.notStarted(
                        processor,
                        device,
                        "making its resource list",
                        IoStatus.INSUFFICIENT_RESOURCES,
                        0);
                return answer(processor, IoStatus.INSUFFICIENT_RESOURCES);
            }
            ResourceList.write(processor.memory(), lists, device, false);
            ResourceList.write(processor.memory(), lists + rawBytes, device, true);
        }
        long translated = lists == 0 ? 0 : lists + rawBytes;
        return requests.send(
                new StartAnswered(number, lists), number, PnpRequests.START, lists, translated);
    }

    @Resumes("PnpStartAnswered")
    Outcome startAnswered(Processor processor, StartAnswered pending, int status) {
        if (pending.lists != 0) {
            pool.free(processor, pending.lists, 0);
        }
        PnpDevices.Entry entry = devices.get(pending.device);
        if (status < 0) {
            rules.notStarted(
                    processor, entry.device(), "IRP_MN_START_DEVICE", status, entry.routine());
            return answer(processor, status);
        }
        long block = pool.allocate(PoolKind.NONPAGED, DeviceCapabilities.BYTES, TAG);
        if (block == 0) {
            return askState(processor, pending.device);
        }
        new DeviceCapabilities(processor.memory(), block).initialize();
        return requests.send(
                new CapabilitiesAnswered(pending.device, block),
                pending.device,
                PnpRequests.QUERY_CAPABILITIES,
                block,
                0);
    }

    @Resumes("PnpCapabilitiesAnswered")
    Outcome capabilitiesAnswered(Processor processor, CapabilitiesAnswered pending, int status) {
        devices.get(pending.device)
                .setEjectable(
                        status >= 0
                                && new DeviceCapabilities(processor.memory(), pending.block)
                                        .isEjectSupported());
        pool.free(processor, pending.block, 0);
        return askState(processor, pending.device);
    }

    private Outcome askState(Processor processor, int device) {
        return requests.ask(
                processor, new StateAnswered(0, device), device, PnpRequests.QUERY_STATE, 0, 0);
    }

    @Resumes("PnpStateAnswered")
    Outcome stateAnswered(Processor processor, StateAnswered pending, int status) {
        PnpDevices.Entry entry = devices.get(pending.device);
        if (status >= 0 && (pending.state & STATE_UNUSABLE) != 0) {
            rules.notStarted(
                    processor,
                    entry.device(),
                    "IRP_MN_QUERY_PNP_DEVICE_STATE",
                    status,
                    entry.routine());
            return answer(processor, IoStatus.UNSUCCESSFUL);
        }
        entry.setState(State.STARTED);
        return Outcome.of(IoStatus.SUCCESS);
    }

    private static Outcome answer(Processor processor, int status) {
        return processor.machine().ended() == null ? Outcome.of(status) : Outcome.stay();
    }

    // ---- stopping and starting again ----

    /** Only STATUS_SUCCESS says that a device can be stopped. */
    @EntryPoint(value = STOP, frame = FrameShape.RETURN_ADDRESS)
    Outcome stop(Processor processor, int number, long nanoseconds) {
        if (devices.get(number).state() != State.STARTED) {
            return notStarted(processor, number, "stopped");
        }
        devices.get(number).setState(State.STOPPING);
        return requests.send(
                new QueryStopAnswered(number, nanoseconds), number, PnpRequests.QUERY_STOP, 0, 0);
    }

    @Resumes("PnpQueryStopAnswered")
    Outcome queryStopAnswered(Processor processor, QueryStopAnswered pending, int status) {
        PnpDevices.Entry entry = devices.get(pending.device);
        if (status == IoStatus.SUCCESS) {
            return requests.send(
                    new StopAnswered(pending.device, pending.nanoseconds),
                    pending.device,
                    PnpRequests.STOP,
                    0,
                    0);
        }
        rules.stopRefused(processor, entry.device(), status, entry.routine());
        return processor.machine().ended() == null
                ? requests.send(
                        new CancelStopAnswered(pending.device),
                        pending.device,
                        PnpRequests.CANCEL_STOP,
                        0,
                        0)
                : Outcome.stay();
    }

    @Resumes("PnpCancelStopAnswered")
    Outcome cancelStopAnswered(Processor processor, CancelStopAnswered pending) {
        devices.get(pending.device).setState(State.STARTED);
        return Outcome.of(IoStatus.UNSUCCESSFUL);
    }

    @Resumes("PnpStopAnswered")
    Outcome stopAnswered(Processor processor, StopAnswered pending) {
        return pending.nanoseconds == 0
                ? stopPassed(processor, new StopPassed(pending.device))
                : new Outcome.Call(
                        engine.table().address("WorkloadDelay"),
                        new StopPassed(pending.device),
                        pending.nanoseconds);
    }

    @Resumes("PnpStopPassed")
    Outcome stopPassed(Processor processor, StopPassed pending) {
        return call(START, new Restarted(pending.device), pending.device);
    }

    /** A device that does not start again is gone, as if it had been pulled out. */
    @Resumes("PnpRestarted")
    Outcome restarted(Processor processor, Restarted pending, int status) {
        return status >= 0
                ? Outcome.of(IoStatus.SUCCESS)
                : surpriseRemove(processor, pending.device);
    }

    // ---- removing ----

    @EntryPoint(value = QUERY_AND_REMOVE, frame = FrameShape.RETURN_ADDRESS)
    Outcome queryAndRemove(Processor processor, int number) {
        if (devices.get(number).state() != State.STARTED) {
            return notStarted(processor, number, "removed");
        }
        devices.get(number).setState(State.REMOVING);
        long pdo = devices.get(number).pdo();
        RemovalAsked next = new RemovalAsked(number);
        return notifications.concern(pdo)
                ? notifications.removal(processor, next, PnpNotifications.QUERY_REMOVE, pdo)
                : removalAsked(processor, next, IoStatus.SUCCESS);
    }

    @Resumes("PnpRemovalAsked")
    Outcome removalAsked(Processor processor, RemovalAsked pending, int status) {
        if (status >= 0) {
            return requests.send(
                    new QueryRemoveAnswered(pending.device),
                    pending.device,
                    PnpRequests.QUERY_REMOVE,
                    0,
                    0);
        }
        return tellCancelled(processor, pending.device);
    }

    private Outcome tellCancelled(Processor processor, int device) {
        long pdo = devices.get(device).pdo();
        RemovalCancelTold next = new RemovalCancelTold(device);
        return notifications.concern(pdo)
                ? notifications.removal(processor, next, PnpNotifications.REMOVE_CANCELLED, pdo)
                : removalCancelTold(processor, next);
    }

    @Resumes("PnpRemovalCancelTold")
    Outcome removalCancelTold(Processor processor, RemovalCancelTold pending) {
        devices.get(pending.device).setState(State.STARTED);
        return Outcome.of(IoStatus.UNSUCCESSFUL);
    }

    @Resumes("PnpRemovalTold")
    Outcome removalTold(Processor processor, RemovalTold pending) {
        return remove(processor, pending.device);
    }

    /** As if somebody had pressed the eject button of a device. */
    @EntryPoint(value = EJECT, frame = FrameShape.RETURN_ADDRESS)
    Outcome eject(Processor processor, int number) {
        return call(QUERY_AND_REMOVE, new Ejected(number), number);
    }

    @Resumes("PnpEjected")
    Outcome ejected(Processor processor, Ejected pending, int status) {
        boolean supported = status >= 0 && devices.get(pending.device).isEjectable();
        return supported
                ? requests.send(
                        new EjectAnswered(pending.device), pending.device, PnpRequests.EJECT, 0, 0)
                : Outcome.of(status);
    }

    @Resumes("PnpEjectAnswered")
    Outcome ejectAnswered(Processor processor, EjectAnswered pending, int status) {
        if (status >= 0) {
            devices.get(pending.device).device().presence().vanish();
        }
        return Outcome.of(status);
    }

    /** What is open after the query forbids the removal, too. */
    @Resumes("PnpQueryRemoveAnswered")
    Outcome queryRemoveAnswered(Processor processor, QueryRemoveAnswered pending, int status) {
        PnpDevices.Entry entry = devices.get(pending.device);
        boolean open = isOpen(processor, entry);
        if (status >= 0 && !open) {
            RemovalTold next = new RemovalTold(pending.device);
            return notifications.concern(entry.pdo())
                    ? notifications.removal(
                            processor, next, PnpNotifications.REMOVE_COMPLETE, entry.pdo())
                    : removalTold(processor, next);
        }
        if (status < 0) {
            rules.removalRefused(processor, entry.device(), status, entry.routine());
        } else {
            rules.open(processor, entry);
        }
        return processor.machine().ended() == null
                ? requests.send(
                        new CancelRemoveAnswered(pending.device),
                        pending.device,
                        PnpRequests.CANCEL_REMOVE,
                        0,
                        0)
                : Outcome.stay();
    }

    @Resumes("PnpCancelRemoveAnswered")
    Outcome cancelRemoveAnswered(Processor processor, CancelRemoveAnswered pending) {
        return tellCancelled(processor, pending.device);
    }

    /** Whether a file is open on a device object of the stack. */
    static boolean isOpen(Processor processor, PnpDevices.Entry entry) {
        DeviceObject at = new DeviceObject(processor.memory(), entry.pdo());
        Walk walk = new Walk(Devices.ATTACHED);
        while (at.referenceCount() <= 0) {
            walk.at(at.address());
            if (at.attachedDevice() == 0) {
                return false;
            }
            at = new DeviceObject(processor.memory(), at.attachedDevice());
        }
        return true;
    }

    /** Sends IRP_MN_REMOVE_DEVICE and nothing before it. */
    @EntryPoint(value = REMOVE, frame = FrameShape.RETURN_ADDRESS)
    Outcome remove(Processor processor, int number) {
        PnpDevices.Entry entry = devices.get(number);
        if (entry.state() != State.FAILED) {
            entry.setState(State.REMOVING);
        }
        return requests.send(new RemoveAnswered(number), number, PnpRequests.REMOVE, 0, 0);
    }

    @Resumes("PnpRemoveAnswered")
    Outcome removeAnswered(Processor processor, RemoveAnswered pending) {
        PnpDevices.Entry entry = devices.get(pending.device);
        DeviceObject pdo = new DeviceObject(processor.memory(), entry.pdo());
        if (pdo.attachedDevice() != 0) {
            rules.notDeleted(processor, entry.device(), pdo.attachedDevice(), entry.routine());
        }
        if (entry.state() != State.FAILED) {
            entry.setState(State.REMOVED);
        }
        return answer(processor, IoStatus.SUCCESS);
    }

    /** The device is gone already; its stack is removed when nothing is open on it any more. */
    @EntryPoint(value = SURPRISE_REMOVE, frame = FrameShape.RETURN_ADDRESS)
    Outcome surpriseRemove(Processor processor, int number) {
        PnpDevices.Entry entry = devices.get(number);
        if (entry.state() != State.STARTED && entry.state() != State.STARTING) {
            return notStarted(processor, number, "removed");
        }
        entry.setState(State.REMOVING);
        return requests.send(
                new SurpriseAnswered(number), number, PnpRequests.SURPRISE_REMOVAL, 0, 0);
    }

    @Resumes("PnpSurpriseAnswered")
    Outcome surpriseAnswered(Processor processor, SurpriseAnswered pending) {
        long pdo = devices.get(pending.device).pdo();
        SurpriseTold next = new SurpriseTold(pending.device);
        return notifications.concern(pdo)
                ? notifications.removal(processor, next, PnpNotifications.REMOVE_COMPLETE, pdo)
                : surpriseTold(processor, next);
    }

    @Resumes("PnpSurpriseTold")
    Outcome surpriseTold(Processor processor, SurpriseTold pending) {
        PnpDevices.Entry entry = devices.get(pending.device);
        if (!isOpen(processor, entry)) {
            return remove(processor, pending.device);
        }
        entry.setState(State.SURPRISE_REMOVED);
        return Outcome.of(IoStatus.PENDING);
    }

    private Outcome notStarted(Processor processor, int number, String what) {
        rules.notThere(processor, devices.get(number), what);
        return answer(processor, IoStatus.NO_SUCH_DEVICE);
    }

    // ---- asking for the state ----

    /** What IoInvalidateDeviceState brings about. */
    @EntryPoint(value = QUERY_STATE, frame = FrameShape.RETURN_ADDRESS)
    Outcome queryState(Processor processor, int number) {
        return devices.get(number).state() == State.STARTED
                ? new Outcome.Then(new AskStateAgain(number))
                : Outcome.of(IoStatus.NO_SUCH_DEVICE);
    }

    @Resumes("PnpAskStateAgain")
    Outcome askStateAgain(Processor processor, AskStateAgain pending) {
        return requests.ask(
                processor,
                new StateAskedAgain(0, pending.device),
                pending.device,
                PnpRequests.QUERY_STATE,
                0,
                0);
    }

    @Resumes("PnpStateAskedAgain")
    Outcome stateAskedAgain(Processor processor, StateAskedAgain pending, int status) {
        return status >= 0 && (pending.state & STATE_UNUSABLE) != 0
                ? surpriseRemove(processor, pending.device)
                : Outcome.of(IoStatus.SUCCESS);
    }

    /** The device object at the top of a device's stack. */
    static DeviceObject top(Processor processor, PnpDevices.Entry entry) {
        return Devices.top(processor.memory(), entry.pdo());
    }
}
