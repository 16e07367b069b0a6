package dev.dirql.kernel.wmi;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.io.IoStatus;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.objects.KernelObjects;
import dev.dirql.kernel.objects.ObjectType;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.kernel.wmi.WmiRegistry.Consumer;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Drivers ask for blocks, by an object that stands for the block and who opened it. Source: WDK,
 * the page of each routine.
 */
final class WmiConsumers {
    private static final int TAG = 'W' | 'm' << 8 | 'i' << 16 | 'c' << 24;
    private static final int OBJECT_BYTES = 0x20;
    private static final int INVALID_HANDLE = 0xC000_0008;

    private final ServiceEngine engine;
    private final Pool pool;
    private final KernelObjects objects;
    private final WmiRegistry registry;
    private final WmiRequests requests;
    private final WmiProviders providers;

    WmiConsumers(
            ServiceEngine engine,
            Pool pool,
            KernelObjects objects,
            WmiRegistry registry,
            WmiRequests requests,
            WmiProviders providers) {
        this.engine = engine;
        this.pool = pool;
        this.objects = objects;
        this.registry = registry;
        this.requests = requests;
        this.providers = providers;
        objects.onUnreferenced(this::unreferenced);
    }

    private void unreferenced(Processor processor, long object, long caller) {
        if (registry.close(object)) {
            pool.free(processor, object, caller);
            providers.settleLater(processor);
        }
    }

    record BlockOpened() implements Pending {}

    /** A provider was asked for all instances. */
    record AllAsked(
            long object, long sizeAt, long out, int index, long used, long needed, long node)
            implements Pending {}

    /** A provider was asked for something of one instance. */
    record OneAsked(int minor, long sizeAt, long buffer, long node) implements Pending {}

    // ---- opening ----

    @Ddi(value = "IoWMIOpenBlock", maximum = Irql.APC_LEVEL)
    Outcome open(Processor processor, long guid, int access, long result) {
        processor.memory().probe(result, Long.BYTES, true);
        WmiGuid block = WmiGuid.load(processor.memory(), guid);
        long object =
                pool.fails(processor, TAG, engine.caller(processor))
                        ? 0
                        : pool.allocate(PoolKind.NONPAGED, OBJECT_BYTES, TAG);
        if (object == 0) {
            return Outcome.of(IoStatus.INSUFFICIENT_RESOURCES);
        }
        objects.add(object, ObjectType.OTHER);
        registry.open(object, block, access);
        processor.memory().store64(result, object);
        return providers.settling(new BlockOpened());
    }

    @Resumes("WmipBlockOpened")
    int opened(Processor processor, BlockOpened pending) {
        return IoStatus.SUCCESS;
    }

    @Ddi(value = "IoWMISetNotificationCallback", maximum = Irql.APC_LEVEL)
    Outcome listen(Processor processor, long object, long callback, long context) {
        Consumer consumer = registry.consumer(object);
        int refused = refused(consumer, WmiRegistry.NOTIFICATION);
        if (consumer == null || refused < 0) {
            return Outcome.of(refused);
        }
        registry.listen(consumer, callback, context);
        return providers.settling(new BlockOpened());
    }

    private static int refused(@Nullable Consumer consumer, int access) {
        if (consumer == null) {
            return INVALID_HANDLE;
        }
        return (consumer.access() & access) == 0 ? WmiStatus.ACCESS_DENIED : IoStatus.SUCCESS;
    }

    // ---- all instances ----

    @Ddi(value = "IoWMIQueryAllData", maximum = Irql.APC_LEVEL)
    Outcome queryAll(Processor processor, long object, long sizeAt, long out) {
        processor.memory().probe(sizeAt, Integer.BYTES, true);
        Consumer consumer = registry.consumer(object);
        int refused = refused(consumer, WmiRegistry.QUERY);
        if (consumer == null || refused < 0) {
            return Outcome.of(refused);
        }
        if (registry.of(consumer.guid()).isEmpty()) {
            return Outcome.of(WmiStatus.GUID_NOT_FOUND);
        }
        return askNext(processor, new AllAsked(object, sizeAt, out, 0, 0, 0, 0));
    }

    private Outcome askNext(Processor processor, AllAsked state) {
        GuestMemory memory = processor.memory();
        Consumer consumer = registry.consumer(state.object);
        List<WmiProvider> all = consumer == null ? List.of() : registry.of(consumer.guid());
        if (consumer == null || state.index >= all.size()) {
            boolean fits = state.needed == 0;
            memory.store32(state.sizeAt, state.used + state.needed);
            return Outcome.of(fits ? IoStatus.SUCCESS : IoStatus.BUFFER_TOO_SMALL);
        }
        WmiProvider provider = all.get(state.index);
        long given = state.out == 0 ? 0 : memory.load32(state.sizeAt);
        long size = Math.max(Wnode.TOO_SMALL_BYTES, given - state.used);
        long address = pool.allocate(PoolKind.NONPAGED, size, TAG);
        if (address == 0) {
            return Outcome.of(IoStatus.INSUFFICIENT_RESOURCES);
        }
        new Wnode(memory, address)
                .initialize(
                        size,
                        provider.id(),
                        consumer.guid(),
                        namesFlag(provider, consumer.guid()) | Wnode.ALL_DATA);
        return requests.send(
                new AllAsked(
                        state.object,
                        state.sizeAt,
                        state.out,
                        state.index + 1,
                        state.used,
                        state.needed,
                        address),
                provider.device(),
                WmiRequests.QUERY_ALL_DATA,
                address + Wnode.GUID,
                size,
                address);
    }

    private static int namesFlag(WmiProvider provider, WmiGuid guid) {
        WmiProvider.Block block = provider.block(guid);
        return block != null && !block.names().isEmpty() ? Wnode.STATIC_INSTANCE_NAMES : 0;
    }

    @Resumes("WmipAllAsked")
    Outcome allAsked(Processor processor, AllAsked pending, int status) {
        GuestMemory memory = processor.memory();
        Wnode node = new Wnode(memory, pending.node);
        long used = pending.used;
        long needed = pending.needed;
        long room = pending.out == 0 ? 0 : memory.load32(pending.sizeAt);
        long bytes = node.bufferSize() + 7 & -8;
        if (status >= 0 && node.is(Wnode.TOO_SMALL)) {
            needed += node.get(Wnode.HEADER_BYTES) + 7 & -8;
        } else if (status >= 0 && used + node.bufferSize() > room) {
            needed += bytes;
        } else if (status >= 0) {
            byte[] content = memory.loadBytes(pending.node, (int) node.bufferSize());
            processor.memory().probe(pending.out + used, content.length, true);
            memory.storeBytes(pending.out + used, content);
            linkLast(memory, pending.out, used);
            used += bytes;
        }
        pool.free(processor, pending.node, engine.caller(processor));
        if (processor.machine().ended() != null) {
            return Outcome.stay();
        }
        if (status < 0 && used == 0 && needed == 0) {
            Consumer consumer = registry.consumer(pending.object);
            if (consumer == null || pending.index >= registry.of(consumer.guid()).size()) {
                return Outcome.of(status);
            }
        }
        return askNext(
                processor,
                new AllAsked(
                        pending.object,
                        pending.sizeAt,
                        pending.out,
                        pending.index,
                        used,
                        needed,
                        0));
    }

    /** Lets the last node of a chain lead to one behind it. */
    private static void linkLast(GuestMemory memory, long out, long used) {
        long at = 0;
        while (at < used) {
            Wnode node = new Wnode(memory, out + at);
            long next = at + (node.bufferSize() + 7 & -8);
            if (next >= used) {
                node.setLinkage(next - at);
            }
            at = next;
        }
    }

    // ---- one instance ----

    @Ddi(value = "IoWMIQuerySingleInstance", maximum = Irql.APC_LEVEL)
    Outcome querySingle(
            Processor processor, long object, UnicodeString name, long sizeAt, long out) {
        processor.memory().probe(sizeAt, Integer.BYTES, true);
        long room = out == 0 ? 0 : processor.memory().load32(sizeAt);
        return askOne(
                processor,
                WmiRequests.QUERY_SINGLE_INSTANCE,
                object,
                name,
                0,
                0,
                Math.max(0, room - Wnode.SINGLE_INSTANCE_BYTES),
                sizeAt,
                out);
    }

    @Ddi(value = "IoWMISetSingleInstance", maximum = Irql.APC_LEVEL)
    Outcome setSingle(
            Processor processor,
            long object,
            UnicodeString name,
            int version,
            int size,
            long value) {
        long bytes = size & 0xFFFF_FFFFL;
        return askOne(
                processor,
                WmiRequests.CHANGE_SINGLE_INSTANCE,
                object,
                name,
                0,
                bytes,
                bytes,
                0,
                value);
    }

    @Ddi(value = "IoWMISetSingleItem", maximum = Irql.APC_LEVEL)
    Outcome setItem(
            Processor processor,
            long object,
            UnicodeString name,
            int item,
            int version,
            int size,
            long value) {
        long bytes = size & 0xFFFF_FFFFL;
        return askOne(
                processor,
                WmiRequests.CHANGE_SINGLE_ITEM,
                object,
                name,
                item,
                bytes,
                bytes,
                0,
                value);
    }

    @Ddi(value = "IoWMIExecuteMethod", maximum = Irql.APC_LEVEL)
    Outcome execute(
            Processor processor,
            long object,
            UnicodeString name,
            int method,
            int inSize,
            long outSizeAt,
            long buffer) {
        processor.memory().probe(outSizeAt, Integer.BYTES, true);
        long in = inSize & 0xFFFF_FFFFL;
        return askOne(
                processor,
                WmiRequests.EXECUTE_METHOD,
                object,
                name,
                method,
                in,
                Math.max(in, processor.memory().load32(outSizeAt)),
                outSizeAt,
                buffer);
    }

    private static int accessFor(int minor) {
        return switch (minor) {
            case WmiRequests.QUERY_SINGLE_INSTANCE -> WmiRegistry.QUERY;
            case WmiRequests.EXECUTE_METHOD -> WmiRegistry.EXECUTE;
            default -> WmiRegistry.SET;
        };
    }

    /**
     * Asks the provider of an instance.
     *
     * @param in bytes of data that the request has
     * @param room bytes of data that fit in the buffer
     */
    private Outcome askOne(
            Processor processor,
            int minor,
            long object,
            UnicodeString name,
            int id,
            long in,
            long room,
            long sizeAt,
            long buffer) {
        GuestMemory memory = processor.memory();
        Consumer consumer = registry.consumer(object);
        int refused = refused(consumer, accessFor(minor));
        if (consumer == null || refused < 0) {
            return Outcome.of(refused);
        }
        List<WmiProvider> all = registry.of(consumer.guid());
        if (all.isEmpty()) {
            return Outcome.of(WmiStatus.GUID_NOT_FOUND);
        }
        String text = name.text();
        WmiProvider found = null;
        int instance = -1;
        for (WmiProvider provider : all) {
            WmiProvider.Block block = provider.block(consumer.guid());
            if (block != null && instance < 0) {
                for (int i = 0; i < block.names().size() && instance < 0; i++) {
                    if (block.names().get(i).equalsIgnoreCase(text)) {
                        found = provider;
                        instance = i;
                    }
                }
                found = found == null && block.names().isEmpty() ? provider : found;
            }
        }
        if (found == null) {
            return Outcome.of(WmiStatus.INSTANCE_NOT_FOUND);
        }
        boolean item =
                minor == WmiRequests.CHANGE_SINGLE_ITEM || minor == WmiRequests.EXECUTE_METHOD;
        long head = item ? Wnode.ITEM_BYTES : Wnode.SINGLE_INSTANCE_BYTES;
        long nameBytes = instance >= 0 ? 0 : 2L + 2L * text.length();
        long data = head + nameBytes + 7 & -8;
        long size = Math.max(data + room, Wnode.TOO_SMALL_BYTES);
        long address = pool.allocate(PoolKind.NONPAGED, size, TAG);
        if (address == 0) {
            return Outcome.of(IoStatus.INSUFFICIENT_RESOURCES);
        }
        Wnode node = new Wnode(memory, address);
        node.initialize(size, found.id(), consumer.guid(), flags(minor, instance));
        node.set(0x30, instance >= 0 ? 0 : head);
        node.set(0x34, Math.max(0, instance));
        node.set(0x38, item ? id : data);
        node.set(0x3C, item ? data : in);
        if (item) {
            node.set(0x40, in);
        }
        if (instance < 0) {
            memory.store16(address + head, 2L * text.length());
            for (int i = 0; i < text.length(); i++) {
                memory.store16(address + head + 2 + 2L * i, text.charAt(i));
            }
        }
        if (in > 0) {
            memory.storeBytes(address + data, memory.loadBytes(buffer, (int) in));
        }
        return requests.send(
                new OneAsked(minor, sizeAt, buffer, address),
                found.device(),
                minor,
                address + Wnode.GUID,
                size,
                address);
    }

    private static int flags(int minor, int instance) {
        int kind =
                switch (minor) {
                    case WmiRequests.CHANGE_SINGLE_ITEM -> Wnode.SINGLE_ITEM;
                    case WmiRequests.EXECUTE_METHOD -> Wnode.METHOD_ITEM;
                    default -> Wnode.SINGLE_INSTANCE;
                };
        return instance >= 0 ? kind | Wnode.STATIC_INSTANCE_NAMES : kind;
    }

    @Resumes("WmipOneAsked")
    Outcome oneAsked(Processor processor, OneAsked pending, int status) {
        GuestMemory memory = processor.memory();
        Wnode node = new Wnode(memory, pending.node);
        int result = status;
        if (status >= 0 && pending.sizeAt != 0) {
            result =
                    pending.minor == WmiRequests.EXECUTE_METHOD
                            ? methodDone(processor, pending, node)
                            : instanceRead(processor, pending, node);
        }
        pool.free(processor, pending.node, engine.caller(processor));
        return processor.machine().ended() == null ? Outcome.of(result) : Outcome.stay();
    }

    private static int instanceRead(Processor processor, OneAsked pending, Wnode node) {
        GuestMemory memory = processor.memory();
        boolean small = node.is(Wnode.TOO_SMALL);
        long bytes = small ? node.get(Wnode.HEADER_BYTES) : node.bufferSize();
        long room = pending.buffer == 0 ? 0 : memory.load32(pending.sizeAt);
        memory.store32(pending.sizeAt, bytes);
        if (small || bytes > room) {
            return IoStatus.BUFFER_TOO_SMALL;
        }
        memory.storeBytes(pending.buffer, memory.loadBytes(pending.node, (int) bytes));
        return IoStatus.SUCCESS;
    }

    private static int methodDone(Processor processor, OneAsked pending, Wnode node) {
        GuestMemory memory = processor.memory();
        long room = memory.load32(pending.sizeAt);
        long data = node.get(0x3C);
        boolean small = node.is(Wnode.TOO_SMALL);
        long bytes = small ? node.get(Wnode.HEADER_BYTES) - data : node.get(0x40);
        memory.store32(pending.sizeAt, bytes);
        if (small || bytes > room) {
            return IoStatus.BUFFER_TOO_SMALL;
        }
        memory.storeBytes(pending.buffer, memory.loadBytes(pending.node + data, (int) bytes));
        return IoStatus.SUCCESS;
    }
}
