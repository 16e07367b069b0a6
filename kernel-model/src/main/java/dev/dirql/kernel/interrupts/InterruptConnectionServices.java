package dev.dirql.kernel.interrupts;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelMemory;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.interrupts.InterruptConnections.Connection;
import dev.dirql.kernel.locks.SpinLocks;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;
import java.util.ArrayList;
import java.util.List;

/**
 * IoConnectInterruptEx and what follows from it. Source: WDK, the page of each routine,
 * IO_CONNECT_INTERRUPT_PARAMETERS and "Using Passive-Level Interrupt Service Routines".
 */
public final class InterruptConnectionServices {
    private static final int PNP_DETECTED_FATAL_ERROR = 0xCA;
    private static final int INVALID_CONNECTION_TYPE = 9;
    private static final int NO_MESSAGE = -1;

    private final ServiceEngine engine;
    private final KernelMemory memory;
    private final InterruptObjects objects;
    private final InterruptConnections connections;
    private final PassiveInterrupts passive;
    private final SharedInterruptLocks shared;
    private final Rules rules;
    private final BugChecks bugChecks;
    private final boolean oneMessageLock;

    /**
     * @param oneMessageLock whether the messages of a device share the lock of the system, instead
     *     of having one each
     */
    public InterruptConnectionServices(
            ServiceEngine engine,
            KernelMemory memory,
            SpinLocks locks,
            InterruptObjects objects,
            InterruptConnections connections,
            PassiveInterrupts passive,
            Rules rules,
            BugChecks bugChecks,
            boolean oneMessageLock) {
        this.engine = engine;
        this.memory = memory;
        this.objects = objects;
        this.connections = connections;
        this.passive = passive;
        shared = new SharedInterruptLocks(objects, locks, rules);
        this.rules = rules;
        this.bugChecks = bugChecks;
        this.oneMessageLock = oneMessageLock;
    }

    /** The objects of a connection are disconnected one after another. */
    record DisconnectNext(long context, int index) implements Pending {}

    // ---- connecting ----

    @Ddi(value = "IoConnectInterruptEx", maximum = Irql.PASSIVE_LEVEL)
    int connect(Processor processor, long address) {
        processor.memory().probe(address, ConnectParameters.SIZE, true);
        ConnectParameters parameters = new ConnectParameters(processor.memory(), address);
        int version = parameters.version();
        if (version < ConnectParameters.FULLY_SPECIFIED
                || version > ConnectParameters.FULLY_SPECIFIED_GROUP) {
            return NtStatus.INVALID_PARAMETER_1;
        }
        long pdo = parameters.physicalDeviceObject();
        if (pdo == 0
                || new DeviceObject(processor.memory(), pdo).type() != DeviceObject.IO_TYPE_DEVICE
                || parameters.contextPointer() == 0) {
            return NtStatus.INVALID_PARAMETER;
        }
        processor.memory().probe(parameters.contextPointer(), Long.BYTES, true);
        InterruptDevice device = objects.devices().of(pdo);
        if (device == null) {
            return NtStatus.NOT_FOUND;
        }
        return switch (version) {
            case ConnectParameters.LINE_BASED ->
                    line(processor, parameters, device, parameters.serviceRoutine());
            case ConnectParameters.MESSAGE_BASED -> message(processor, parameters, device);
            default -> fullySpecified(processor, parameters, device, version);
        };
    }

    private int fullySpecified(
            Processor processor,
            ConnectParameters parameters,
            InterruptDevice device,
            int version) {
        boolean group = version == ConnectParameters.FULLY_SPECIFIED_GROUP;
        if (group && parameters.group() != 0) {
            return NtStatus.INVALID_PARAMETER;
        }
        if ((parameters.processorEnableMask() & objects.online()) == 0) {
            return NtStatus.INVALID_PARAMETER_10;
        }
        int vector = parameters.vector();
        if (!device.has(vector)) {
            return NtStatus.NOT_FOUND;
        }
        boolean isMessage = device.messageOf(vector) >= 0;
        if (isMessage && parameters.irql() == Irql.PASSIVE_LEVEL) {
            return NtStatus.INVALID_PARAMETER;
        }
        InterruptObjects.Request request =
                new InterruptObjects.Request(
                        parameters.serviceRoutine(),
                        parameters.serviceContext(),
                        parameters.spinLock(),
                        vector,
                        parameters.irql(),
                        parameters.synchronizeIrql(),
                        parameters.interruptMode(),
                        parameters.shareVector(),
                        parameters.processorEnableMask(),
                        parameters.floatingSave(),
                        NO_MESSAGE);
        return connect(processor, parameters, version, List.of(request));
    }

    /** Connects a routine to all lines of a device, or to the only message. */
    private int line(
            Processor processor,
            ConnectParameters parameters,
            InterruptDevice device,
            long routine) {
        if (device.messages().size() > 1) {
            return NtStatus.INVALID_DEVICE_REQUEST;
        }
        List<InterruptDevice.Line> lines = new ArrayList<>(device.lines());
        for (InterruptDevice.Message message : device.messages()) {
            lines.add(
                    new InterruptDevice.Line(
                            message.vector(), message.irql(), message.affinity(), true));
        }
        if (lines.isEmpty()) {
            return NtStatus.NOT_FOUND;
        }
        int highest = lines.stream().mapToInt(InterruptDevice.Line::irql).max().orElseThrow();
        boolean atPassive = highest == Irql.PASSIVE_LEVEL;
        int level =
                atPassive
                        ? parameters.synchronizeIrql()
                        : Math.max(highest, parameters.synchronizeIrql());
        List<InterruptObjects.Request> requests = new ArrayList<>();
        for (InterruptDevice.Line line : lines) {
            requests.add(
                    new InterruptObjects.Request(
                            routine,
                            parameters.serviceContext(),
                            parameters.spinLock(),
                            line.vector(),
                            atPassive ? Irql.PASSIVE_LEVEL : InterruptVectors.irqlOf(line.vector()),
                            level,
                            line.latched() ? KInterrupt.LATCHED : KInterrupt.LEVEL_SENSITIVE,
                            !line.latched(),
                            line.affinity(),
                            parameters.floatingSave(),
                            NO_MESSAGE));
        }
        return connect(processor, parameters, ConnectParameters.LINE_BASED, requests);
    }

    private int message(Processor processor, ConnectParameters parameters, InterruptDevice device) {
        if (device.messages().isEmpty()) {
            long fallback = parameters.fallBackServiceRoutine();
            return fallback == 0
                    ? NtStatus.NOT_FOUND
                    : line(processor, parameters, device, fallback);
        }
        int highest =
                device.messages().stream()
                        .mapToInt(InterruptDevice.Message::irql)
                        .max()
                        .orElseThrow();
        int level = Math.max(highest, parameters.synchronizeIrql());
        List<InterruptObjects.Request> requests = new ArrayList<>();
        for (int i = 0; i < device.messages().size(); i++) {
            InterruptDevice.Message message = device.messages().get(i);
            requests.add(
                    new InterruptObjects.Request(
                            parameters.serviceRoutine(),
                            parameters.serviceContext(),
                            parameters.spinLock(),
                            message.vector(),
                            message.irql(),
                            level,
                            KInterrupt.LATCHED,
                            false,
                            message.affinity(),
                            parameters.floatingSave(),
                            i));
        }
        return connect(processor, parameters, ConnectParameters.MESSAGE_BASED, requests);
    }

    /** Connects all or none. What is stored for the driver is there before an ISR can run. */
    private int connect(
            Processor processor,
            ConnectParameters parameters,
            int version,
            List<InterruptObjects.Request> requests) {
        for (InterruptObjects.Request request : requests) {
            int status = objects.check(processor, request);
            if (status != NtStatus.SUCCESS) {
                return status;
            }
        }
        List<KInterrupt> made = new ArrayList<>();
        boolean messages = version == ConnectParameters.MESSAGE_BASED;
        boolean oneLock = !messages || oneMessageLock;
        for (InterruptObjects.Request request : requests) {
            KInterrupt interrupt = objects.create(processor, request);
            if (interrupt == null
                    || (request.isPassive() && !passive.prepare(processor, request.vector()))) {
                return NtStatus.INSUFFICIENT_RESOURCES;
            }
            if (oneLock && !made.isEmpty()) {
                interrupt.shareLockOf(made.getFirst());
            }
            made.add(interrupt);
        }
        long context = made.getFirst().address();
        if (messages) {
            context = table(processor.memory(), parameters, made);
            if (context == 0) {
                return NtStatus.INSUFFICIENT_RESOURCES;
            }
        }
        long pointer = parameters.contextPointer();
        processor.memory().store64(pointer, context);
        parameters.setVersion(version);
        connections.add(
                context, new Connection(version, made.stream().map(KInterrupt::address).toList()));
        String variable = objects.variable(pointer);
        for (int i = 0; i < made.size(); i++) {
            String name =
                    variable.isEmpty() || made.size() == 1 ? variable : variable + "[" + i + "]";
            objects.insert(processor, made.get(i), name, requests.get(i).processors());
            shared.connected(processor, made.get(i), engine.caller(processor));
        }
        return NtStatus.SUCCESS;
    }

    /** Makes the message table, or gives 0 without memory. */
    private long table(
            GuestMemory guest, ConnectParameters parameters, List<KInterrupt> interrupts) {
        InterruptDevice device = objects.devices().of(parameters.physicalDeviceObject());
        long address = memory.allocateObject(MessageInfo.size(interrupts.size()));
        if (device == null || address == 0) {
            return 0;
        }
        MessageInfo info = new MessageInfo(guest, address);
        info.initialize(interrupts.getFirst().synchronizeIrql(), interrupts.size());
        for (int i = 0; i < interrupts.size(); i++) {
            InterruptDevice.Message message = device.messages().get(i);
            info.set(i, message, message.address(), interrupts.get(i));
        }
        return address;
    }

    // ---- disconnecting ----

    /** Returns when no ISR of the connection runs any more or will be called again. */
    @Ddi(value = "IoDisconnectInterruptEx", maximum = Irql.PASSIVE_LEVEL)
    Outcome disconnect(Processor processor, long address) {
        int version = (int) processor.memory().load32(address);
        long context = processor.memory().load64(address + 8);
        Connection connection = connections.find(context);
        if (connection == null || connection.version() != version) {
            bugChecks.raise(
                    processor,
                    PNP_DETECTED_FATAL_ERROR,
                    INVALID_CONNECTION_TYPE,
                    version,
                    0,
                    0,
                    engine.caller(processor));
            return Outcome.stay();
        }
        return new Outcome.Then(new DisconnectNext(context, 0));
    }

    @Resumes("IopDisconnectInterruptEx")
    Outcome next(Processor processor, DisconnectNext pending) {
        Connection connection = connections.find(pending.context);
        if (connection == null || pending.index == connection.interrupts().size()) {
            connections.remove(pending.context);
            return Outcome.done();
        }
        return new Outcome.Call(
                engine.table().address("IoDisconnectInterrupt"),
                new DisconnectNext(pending.context, pending.index + 1),
                connection.interrupts().get(pending.index));
    }

    // ---- active or not ----

    @Ddi(value = "IoReportInterruptActive", maximum = Irql.DISPATCH_LEVEL)
    void active(Processor processor, long address) {
        report(processor, address, true);
    }

    @Ddi(value = "IoReportInterruptInactive", maximum = Irql.DISPATCH_LEVEL)
    void inactive(Processor processor, long address) {
        report(processor, address, false);
    }

    /** What another connection type than that of the connection does is not documented. */
    private void report(Processor processor, long address, boolean active) {
        int version = (int) processor.memory().load32(address);
        long context = processor.memory().load64(address + 8);
        Connection connection = connections.find(context);
        if (connection == null || connection.version() != version) {
            rules.broken(
                    processor,
                    Violation.error(
                            "InterruptConnectionType",
                            "",
                            "0x%x is reported %s as connection type %d, %s"
                                    .formatted(
                                            context,
                                            active ? "active" : "inactive",
                                            version,
                                            connection == null
                                                    ? "but is no connected interrupt"
                                                    : "but is of type " + connection.version()),
                            Verifier.NONE),
                    engine.caller(processor));
            return;
        }
        for (long interrupt : connection.interrupts()) {
            objects.setActive(processor, new KInterrupt(processor.memory(), interrupt), active);
        }
    }
}
