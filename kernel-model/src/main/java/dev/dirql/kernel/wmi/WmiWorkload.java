package dev.dirql.kernel.wmi;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.io.Drivers;
import dev.dirql.kernel.io.IoStatus;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.wmi.WmiRegistry.Control;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;

/** What the threads of a workload ask of providers: as a management program does. */
final class WmiWorkload {
    private static final int TAG = 'W' | 'm' << 8 | 'i' << 16 | 'w' << 24;
    private static final long FIRST_SIZE = 0x1000;
    private static final long LARGEST_SIZE = 0x10_0000;
    private static final long ALL_INSTANCES = -1;

    /** Bytes of a value that is set, or given to a method. */
    private static final int VALUE_BYTES = 4;

    private static final int QUERY_DATA = 0;
    private static final int SET_DATA = 1;
    private static final int SET_ITEM = 2;
    private static final int EXECUTE_METHOD = 3;
    private static final int ENABLE_EVENTS = 4;
    private static final int DISABLE_COLLECTION = 7;

    private final ServiceEngine engine;
    private final Pool pool;
    private final Drivers drivers;
    private final WmiRegistry registry;
    private final WmiRequests requests;
    private final WmiProviders providers;

    WmiWorkload(
            ServiceEngine engine,
            Pool pool,
            Drivers drivers,
            WmiRegistry registry,
            WmiRequests requests,
            WmiProviders providers) {
        this.engine = engine;
        this.pool = pool;
        this.drivers = drivers;
        this.registry = registry;
        this.requests = requests;
        this.providers = providers;
    }

    record WorkloadAsked(long device, int minor, long node) implements Pending {}

    record WorkloadSettled() implements Pending {}

    @Ddi(
            value = "WorkloadManage",
            header = "workload",
            library = Ddi.Library.WORKLOAD,
            maximum = Irql.PASSIVE_LEVEL)
    Outcome manage(
            Processor processor,
            int driver,
            int device,
            int action,
            int block,
            long instance,
            int id,
            long value) {
        long target = drivers.device(driver, device);
        WmiProvider provider = target == 0 ? null : registry.provider(target);
        if (provider == null) {
            return Outcome.of(target == 0 ? IoStatus.NO_SUCH_DEVICE : WmiStatus.GUID_NOT_FOUND);
        }
        if (block >= provider.blocks().size() || action < 0 || action > DISABLE_COLLECTION) {
            return Outcome.of(WmiStatus.GUID_NOT_FOUND);
        }
        WmiProvider.Block wanted = provider.blocks().get(block);
        if (action >= ENABLE_EVENTS) {
            int which = action - ENABLE_EVENTS;
            registry.hold(
                    new Control(provider.device(), wanted.guid(), which < 2), (which & 1) == 0);
            return providers.settling(new WorkloadSettled());
        }
        if (action == QUERY_DATA && instance == ALL_INSTANCES) {
            return ask(processor, provider, wanted, WmiRequests.QUERY_ALL_DATA, FIRST_SIZE);
        }
        int minor =
                switch (action) {
                    case QUERY_DATA -> WmiRequests.QUERY_SINGLE_INSTANCE;
                    case SET_DATA -> WmiRequests.CHANGE_SINGLE_INSTANCE;
                    case SET_ITEM -> WmiRequests.CHANGE_SINGLE_ITEM;
                    case EXECUTE_METHOD -> WmiRequests.EXECUTE_METHOD;
                    default -> throw new IllegalStateException("action " + action);
                };
        return askOne(processor, provider, wanted, minor, instance, id, value);
    }

    @Resumes("WmipWorkloadSettled")
    int settled(Processor processor, WorkloadSettled pending) {
        return IoStatus.SUCCESS;
    }

    private Outcome ask(
            Processor processor,
            WmiProvider provider,
            WmiProvider.Block block,
            int minor,
            long size) {
        long address = pool.allocate(PoolKind.NONPAGED, size, TAG);
        if (address == 0) {
            return Outcome.of(IoStatus.INSUFFICIENT_RESOURCES);
        }
        int names = block.names().isEmpty() ? 0 : Wnode.STATIC_INSTANCE_NAMES;
        new Wnode(processor.memory(), address)
                .initialize(size, provider.id(), block.guid(), Wnode.ALL_DATA | names);
        return send(provider, minor, size, address);
    }

    private Outcome send(WmiProvider provider, int minor, long size, long address) {
        return requests.send(
                new WorkloadAsked(provider.device(), minor, address),
                provider.device(),
                minor,
                address + Wnode.GUID,
                size,
                address);
    }

    private Outcome askOne(
            Processor processor,
            WmiProvider provider,
            WmiProvider.Block block,
            int minor,
            long instance,
            int id,
            long value) {
        if (instance < 0 || instance >= block.names().size()) {
            return Outcome.of(WmiStatus.INSTANCE_NOT_FOUND);
        }
        GuestMemory memory = processor.memory();
        long address = pool.allocate(PoolKind.NONPAGED, FIRST_SIZE, TAG);
        if (address == 0) {
            return Outcome.of(IoStatus.INSUFFICIENT_RESOURCES);
        }
        boolean item =
                minor == WmiRequests.CHANGE_SINGLE_ITEM || minor == WmiRequests.EXECUTE_METHOD;
        int kind =
                switch (minor) {
                    case WmiRequests.CHANGE_SINGLE_ITEM -> Wnode.SINGLE_ITEM;
                    case WmiRequests.EXECUTE_METHOD -> Wnode.METHOD_ITEM;
                    default -> Wnode.SINGLE_INSTANCE;
                };
        long data = item ? Wnode.ITEM_BYTES : Wnode.SINGLE_INSTANCE_BYTES;
        long in = minor == WmiRequests.QUERY_SINGLE_INSTANCE ? 0 : VALUE_BYTES;
        Wnode node = new Wnode(memory, address);
        node.initialize(
                FIRST_SIZE, provider.id(), block.guid(), kind | Wnode.STATIC_INSTANCE_NAMES);
        node.set(0x30, 0);
        node.set(0x34, instance);
        node.set(0x38, item ? id : data);
        node.set(0x3C, item ? data : in);
        if (item) {
            node.set(0x40, in);
        }
        memory.store32(address + data, value);
        return send(provider, minor, FIRST_SIZE, address);
    }

    @Resumes("WmipWorkloadAsked")
    Outcome asked(Processor processor, WorkloadAsked pending, int status) {
        Wnode node = new Wnode(processor.memory(), pending.node);
        boolean small =
                status >= 0
                        && pending.minor == WmiRequests.QUERY_ALL_DATA
                        && node.is(Wnode.TOO_SMALL);
        long needed = small ? node.get(Wnode.HEADER_BYTES) : 0;
        WmiGuid guid = node.guid();
        pool.free(processor, pending.node, engine.caller(processor));
        if (processor.machine().ended() != null) {
            return Outcome.stay();
        }
        WmiProvider provider = registry.provider(pending.device);
        WmiProvider.Block block = provider == null ? null : provider.block(guid);
        return provider != null && block != null && needed > FIRST_SIZE && needed <= LARGEST_SIZE
                ? ask(processor, provider, block, pending.minor, needed)
                : Outcome.of(status);
    }
}
