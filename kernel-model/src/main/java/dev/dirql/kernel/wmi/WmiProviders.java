package dev.dirql.kernel.wmi;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.io.DriverUnloading;
import dev.dirql.kernel.io.IoStatus;
import dev.dirql.kernel.io.SystemPackets;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.objects.OtherObjects;
import dev.dirql.kernel.pnp.PnpDevices;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;

/**
 * Drivers register as providers: a system thread asks them for their blocks, and tells them which
 * events and collections to enable. Source: WDK, IoWMIRegistrationControl, IRP_MN_REGINFO_EX,
 * IoWMIAllocateInstanceIds, IoWMISuggestInstanceName.
 */
final class WmiProviders {
    private static final String ASK = "WmipAskProvider";
    private static final String SETTLE = "WmipSettle";

    private static final int TAG = 'W' | 'm' << 8 | 'i' << 16 | 'p' << 24;
    private static final int REGISTER = 1;
    private static final int DEREGISTER = 2;
    private static final int REREGISTER = 3;
    private static final int UPDATE_GUIDS = 4;
    private static final long FIRST_SIZE = 0x400;
    private static final int LARGEST_SIZE = 0x10_0000;

    /** WMIREGISTER and WMIUPDATE. */
    private static final int REGISTRATION = 0;

    private static final int UPDATE = 1;

    private final ServiceEngine engine;
    private final Pool pool;
    private final SystemPackets packets;
    private final OtherObjects objects;
    private final PnpDevices devices;
    private final Rules rules;
    private final DriverUnloading kernel;
    private final WmiRegistry registry;
    private final WmiRequests requests;

    WmiProviders(
            ServiceEngine engine,
            Pool pool,
            SystemPackets packets,
            OtherObjects objects,
            PnpDevices devices,
            Rules rules,
            DriverUnloading kernel,
            WmiRegistry registry,
            WmiRequests requests) {
        this.engine = engine;
        this.pool = pool;
        this.packets = packets;
        this.objects = objects;
        this.devices = devices;
        this.rules = rules;
        this.kernel = kernel;
        this.registry = registry;
        this.requests = requests;
    }

    /** No request of the provider is outstanding any more. */
    record ProviderLeaves(long device, long event, boolean again) implements Pending {}

    /** A provider says what it provides. */
    record ProviderAnswered(long device, int path, long buffer, long size) implements Pending {}

    /** A provider was told to enable or disable something. */
    record ProviderTold(long dataPath) implements Pending {}

    // ---- registration ----

    @Ddi(value = "IoWMIRegistrationControl", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlIoPassive5")
    Outcome control(Processor processor, long device, int action) {
        processor.memory().probe(device, DeviceObject.BYTES, false);
        WmiProvider known = registry.provider(device);
        return switch (action & 0xFFFF) {
            case REGISTER -> {
                if (known == null) {
                    registry.add(device);
                }
                yield ask(processor, device, REGISTRATION);
            }
            case DEREGISTER ->
                    known == null
                            ? Outcome.of(IoStatus.INVALID_PARAMETER)
                            : leave(processor, known, false);
            case REREGISTER ->
                    known == null
                            ? Outcome.of(IoStatus.INVALID_PARAMETER)
                            : leave(processor, known, true);
            case UPDATE_GUIDS ->
                    known == null
                            ? Outcome.of(IoStatus.INVALID_PARAMETER)
                            : ask(processor, device, UPDATE);
            default -> Outcome.of(IoStatus.INVALID_PARAMETER);
        };
    }

    private Outcome ask(Processor processor, long device, int path) {
        // Device objects are aligned: the last bit says what is asked.
        kernel.startThread(
                processor, "WMI registration", engine.table().address(ASK), device | path);
        return Outcome.of(IoStatus.SUCCESS);
    }

    private Outcome leave(Processor processor, WmiProvider provider, boolean again) {
        if (provider.active() == 0) {
            return left(processor, new ProviderLeaves(provider.device(), 0, again));
        }
        SystemPackets.Answer answer = packets.answer(processor);
        if (answer.address() == 0) {
            return Outcome.of(IoStatus.INSUFFICIENT_RESOURCES);
        }
        registry.replace(provider.with(provider.active(), answer.event()));
        return new Outcome.Call(
                engine.table().address("KeWaitForSingleObject"),
                new ProviderLeaves(provider.device(), answer.address(), again),
                answer.event(),
                0,
                0,
                0,
                new long[] {0});
    }

    @Resumes("WmipProviderLeaves")
    Outcome left(Processor processor, ProviderLeaves pending) {
        if (pending.event != 0) {
            packets.release(processor, new SystemPackets.Answer(processor.memory(), pending.event));
        }
        registry.remove(pending.device);
        if (!pending.again) {
            return Outcome.of(IoStatus.SUCCESS);
        }
        registry.add(pending.device);
        return ask(processor, pending.device, REGISTRATION);
    }

    /** A device object goes: whoever provides with it must have said before that it is over. */
    void deviceDeleted(Processor processor, DeviceObject device) {
        if (registry.provider(device.address()) != null) {
            registry.remove(device.address());
            rules.broken(
                    processor,
                    Violation.error(
                            "WmiNotDeregistered",
                            "",
                            "the device object 0x%x is deleted, but it is registered with WMI"
                                    .formatted(device.address()),
                            Verifier.NONE),
                    engine.caller(processor));
        }
    }

    // ---- what a provider has ----

    @EntryPoint(value = ASK, frame = FrameShape.RETURN_ADDRESS)
    Outcome askProvider(Processor processor, long word) {
        return askWith(processor, word & -2, (int) word & 1, FIRST_SIZE);
    }

    private Outcome askWith(Processor processor, long device, int path, long size) {
        long buffer =
                registry.provider(device) == null ? 0 : pool.allocate(PoolKind.NONPAGED, size, TAG);
        if (buffer == 0) {
            return Outcome.done();
        }
        processor.memory().storeBytes(buffer, new byte[(int) size]);
        return requests.send(
                new ProviderAnswered(device, path, buffer, size),
                device,
                WmiRequests.REGINFO_EX,
                path,
                size,
                buffer);
    }

    @Resumes("WmipProviderAnswered")
    Outcome answered(Processor processor, ProviderAnswered pending, int status) {
        GuestMemory memory = processor.memory();
        long needed = memory.load32(pending.buffer);
        WmiProvider provider = registry.provider(pending.device);
        WmiRegInfo.Contents contents = null;
        if (status >= 0 && provider != null) {
            contents =
                    new WmiRegInfo(memory, pending.buffer).read(pending.size, this::instancePath);
            registry.replace(
                    provider.with(
                            pending.path == REGISTRATION
                                    ? contents.blocks()
                                    : provider.changed(contents.blocks(), contents.removed())));
        }
        pool.free(processor, pending.buffer, engine.caller(processor));
        if (contents != null) {
            for (long pdo : contents.pdos()) {
                if (processor.machine().ended() == null) {
                    objects.dereference(processor, pdo, engine.caller(processor));
                }
            }
        }
        if (processor.machine().ended() != null) {
            return Outcome.stay();
        }
        if (status == IoStatus.BUFFER_TOO_SMALL
                && needed > pending.size
                && needed <= LARGEST_SIZE) {
            return askWith(processor, pending.device, pending.path, needed);
        }
        return settle(processor);
    }

    private String instancePath(long pdo) {
        PnpDevices.Entry entry = devices.ofPdo(pdo);
        return entry == null ? "ROOT" : entry.device().deviceId() + "\\" + entry.device().name();
    }

    // ---- what providers are told ----

    /** Lets a system thread tell providers what has changed. */
    void settleLater(Processor processor) {
        kernel.startThread(processor, "WMI control", engine.table().address(SETTLE), 0);
    }

    /** A call that tells providers what has changed, in the running thread. */
    Outcome settling(Pending next) {
        return new Outcome.Call(engine.table().address(SETTLE), next);
    }

    @EntryPoint(value = SETTLE, frame = FrameShape.RETURN_ADDRESS)
    Outcome settle(Processor processor) {
        WmiRegistry.Change change = registry.nextChange();
        if (change == null) {
            return Outcome.done();
        }
        long dataPath = pool.allocate(PoolKind.NONPAGED, WmiGuid.BYTES, TAG);
        if (dataPath == 0) {
            return Outcome.done();
        }
        change.control().guid().store(processor.memory(), dataPath);
        int minor =
                change.control().events()
                        ? WmiRequests.ENABLE_EVENTS
                        : WmiRequests.ENABLE_COLLECTION;
        return requests.send(
                new ProviderTold(dataPath),
                change.control().device(),
                change.enable() ? minor : minor + 1,
                dataPath,
                0,
                0);
    }

    @Resumes("WmipProviderTold")
    Outcome told(Processor processor, ProviderTold pending) {
        pool.free(processor, pending.dataPath, engine.caller(processor));
        return processor.machine().ended() == null ? settle(processor) : Outcome.stay();
    }

    // ---- names and numbers ----

    @Ddi(value = "IoWMIAllocateInstanceIds", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlIoPassive5")
    int allocateInstanceIds(Processor processor, long guid, int count, long result) {
        processor.memory().probe(result, Integer.BYTES, true);
        long first =
                registry.takeInstanceIds(
                        WmiGuid.load(processor.memory(), guid), count & 0xFFFF_FFFFL);
        processor.memory().store32(result, first);
        return IoStatus.SUCCESS;
    }

    /** The WDK does not say what the name is: the device instance path, and the link's name. */
    @Ddi(value = "IoWMISuggestInstanceName", maximum = Irql.APC_LEVEL)
    int suggest(Processor processor, long pdo, long link, boolean combine, long result) {
        GuestMemory memory = processor.memory();
        memory.probe(result, UnicodeString.BYTES, true);
        if (combine ? pdo == 0 || link == 0 : (pdo == 0) == (link == 0)) {
            return IoStatus.INVALID_PARAMETER;
        }
        String name = pdo == 0 ? "" : instancePath(pdo);
        String text = link == 0 ? "" : new UnicodeString(memory, link).text();
        String suggested = combine ? name + "_" + text : name + text;
        long bytes = 2L * suggested.length();
        long buffer =
                pool.fails(processor, TAG, engine.caller(processor))
                        ? 0
                        : pool.allocate(PoolKind.PAGED, bytes + 2, TAG);
        if (buffer == 0) {
            return IoStatus.INSUFFICIENT_RESOURCES;
        }
        for (int i = 0; i <= suggested.length(); i++) {
            memory.store16(buffer + 2L * i, i == suggested.length() ? 0 : suggested.charAt(i));
        }
        UnicodeString string = new UnicodeString(memory, result);
        string.setLength((int) bytes);
        string.setMaximumLength((int) bytes + 2);
        string.setBuffer(buffer);
        return IoStatus.SUCCESS;
    }
}
