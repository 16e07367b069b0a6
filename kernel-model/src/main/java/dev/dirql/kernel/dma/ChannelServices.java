package dev.dirql.kernel.dma;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.io.DeviceQueues;
import dev.dirql.kernel.io.IoStatus;
import dev.dirql.kernel.io.RoutineCalls;
import dev.dirql.kernel.memory.ContiguousMemory;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.KDeviceQueueEntry;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.PhysicalMemory;
import dev.dirql.machine.Processor;

/**
 * The channel of an adapter, which one device object has at a time, and its map registers. Source:
 * WDK, the pages of AllocateAdapterChannel, FreeAdapterChannel and FreeMapRegisters.
 */
final class ChannelServices {
    static final String ALLOCATE_CHANNEL = "HalpAllocateAdapterChannel";
    static final String FREE_CHANNEL = "HalpFreeAdapterChannel";
    static final String FREE_REGISTERS = "HalpFreeMapRegisters";

    /** WAIT_CONTEXT_BLOCK. */
    private static final int WCB_ROUTINE = 0x18;

    private static final int WCB_CONTEXT = 0x20;
    private static final int WCB_REGISTERS = 0x28;
    private static final int WCB_DEVICE = 0x30;
    private static final int WCB_IRP = 0x38;

    /** IO_ALLOCATION_ACTION. */
    private static final int KEEP_OBJECT = 1;

    private static final int DEALLOCATE_OBJECT = 2;

    private final ServiceEngine engine;
    private final ContiguousMemory contiguous;
    private final ScatterGatherServices lists;
    private final RoutineCalls calls;
    private final DeviceQueues queues;
    private final DmaRules rules;

    ChannelServices(
            ServiceEngine engine,
            ContiguousMemory contiguous,
            ScatterGatherServices lists,
            RoutineCalls calls,
            DmaRules rules) {
        this.engine = engine;
        this.contiguous = contiguous;
        this.lists = lists;
        this.calls = calls;
        queues = new DeviceQueues(engine);
        this.rules = rules;
    }

    /** The wait block is in the channel's queue, or has the channel. */
    record ChannelAsked(long adapter, long block) implements Pending {}

    /** The queue gave the wait block that is next, or none. */
    record ChannelFreed(long adapter) implements Pending {}

    /** The routine that was given for a device object is running. */
    record ControlReturned(long adapter, long routine, int irql) implements Pending {}

    private boolean atDispatch(Processor processor, Adapter adapter, String routine) {
        return rules.called(
                processor,
                adapter,
                routine,
                Irql.DISPATCH_LEVEL,
                Irql.DISPATCH_LEVEL,
                engine.caller(processor));
    }

    @EntryPoint(value = ALLOCATE_CHANNEL, frame = FrameShape.RETURN_ADDRESS)
    Outcome allocate(
            Processor processor,
            Adapter adapter,
            DeviceObject device,
            int count,
            long routine,
            long context) {
        if (!atDispatch(processor, adapter, "AllocateAdapterChannel")) {
            return Outcome.stay();
        }
        if (Integer.compareUnsigned(count, adapter.registers()) > 0) {
            return rules.tell(
                            processor,
                            "DmaMapRegisters",
                            0x0C,
                            "%d map registers are asked for; the adapter has %d"
                                    .formatted(count & 0xFFFF_FFFFL, adapter.registers()),
                            count & 0xFFFF_FFFFL,
                            adapter.registers(),
                            0,
                            engine.caller(processor))
                    ? Outcome.of(IoStatus.INSUFFICIENT_RESOURCES)
                    : Outcome.stay();
        }
        GuestMemory memory = processor.memory();
        processor.memory().probe(device.address(), DeviceObject.BYTES, true);
        long block = device.queue();
        if (isInUse(memory, adapter, block)
                && !rules.tell(
                        processor,
                        "DmaChannelAllocatedTwice",
                        0x0B,
                        "an adapter channel is asked for the device object 0x%x, whose last"
                                        .formatted(device.address())
                                + " request is not done",
                        1,
                        0,
                        0,
                        engine.caller(processor))) {
            return Outcome.stay();
        }
        memory.store64(block + WCB_ROUTINE, routine);
        memory.store64(block + WCB_CONTEXT, context);
        memory.store32(block + WCB_REGISTERS, count);
        memory.store64(block + WCB_DEVICE, device.address());
        memory.store64(block + WCB_IRP, device.currentIrp());
        return queues.inserting(
                adapter.channel(), block, new ChannelAsked(adapter.address(), block));
    }

    /** Whether a device object waits for a channel, or its AdapterControl routine is running. */
    private static boolean isInUse(GuestMemory memory, Adapter adapter, long block) {
        return new KDeviceQueueEntry(memory, block).inserted()
                || adapter.waiter() == block
                || adapter.running() == block;
    }

    @Resumes("HalpChannelAsked")
    Outcome asked(Processor processor, ChannelAsked pending, boolean queued) {
        return queued
                ? Outcome.of(IoStatus.SUCCESS)
                : grant(processor, new Adapter(processor.memory(), pending.adapter), pending.block);
    }

    /** A device object has the channel: now the map registers, for which it may have to wait. */
    private Outcome grant(Processor processor, Adapter adapter, long block) {
        GuestMemory memory = processor.memory();
        int count = (int) memory.load32(block + WCB_REGISTERS);
        if (count > adapter.free()) {
            adapter.setWaiter(block);
            return Outcome.of(IoStatus.SUCCESS);
        }
        long base = adapter.token();
        if (!adapter.scatterGather() && count != 0) {
            base = contiguous.allocate((long) count << PhysicalMemory.FRAME_SHIFT, 0, -1, 0);
            if (base == 0) {
                // As if the registers were in use: whoever frees some lets it try again.
                adapter.setWaiter(block);
                return Outcome.of(IoStatus.SUCCESS);
            }
        }
        adapter.setWaiter(0);
        adapter.setFree(adapter.free() - count);
        adapter.setOwner(base, count);
        adapter.setRunning(block);
        long routine = memory.load64(block + WCB_ROUTINE);
        return new Outcome.Call(
                routine,
                new ControlReturned(adapter.address(), routine, processor.irql()),
                memory.load64(block + WCB_DEVICE),
                memory.load64(block + WCB_IRP),
                base,
                memory.load64(block + WCB_CONTEXT));
    }

    @Resumes("HalpAdapterControlReturned")
    Outcome controlReturned(Processor processor, ControlReturned pending, int action) {
        if (!calls.returned(processor, pending.routine, pending.irql)) {
            return Outcome.stay();
        }
        Adapter adapter = new Adapter(processor.memory(), pending.adapter);
        adapter.setRunning(0);
        if (action == KEEP_OBJECT) {
            return Outcome.of(IoStatus.SUCCESS);
        }
        return action == DEALLOCATE_OBJECT
                ? release(processor, adapter, pending.routine)
                : next(adapter);
    }

    @EntryPoint(value = FREE_CHANNEL, frame = FrameShape.RETURN_ADDRESS)
    Outcome freeChannel(Processor processor, Adapter adapter) {
        if (!atDispatch(processor, adapter, "FreeAdapterChannel")) {
            return Outcome.stay();
        }
        if (!adapter.channel().busy()) {
            return rules.tell(
                            processor,
                            "DmaFreedTwice",
                            0x04,
                            "the channel of the DMA adapter 0x%x is freed, which nobody has"
                                    .formatted(adapter.address()),
                            1,
                            0,
                            0,
                            engine.caller(processor))
                    ? Outcome.done()
                    : Outcome.stay();
        }
        return release(processor, adapter, engine.caller(processor));
    }

    /** Frees the map registers of the channel's owner, and the channel. */
    private Outcome release(Processor processor, Adapter adapter, long caller) {
        boolean last = adapter.free() + adapter.owned() == adapter.registers();
        if (last && !isFlushed(processor, adapter, caller)) {
            return Outcome.stay();
        }
        give(adapter, adapter.base(), adapter.owned());
        return next(adapter);
    }

    /**
     * Who frees the last map registers has flushed what was mapped; says whether the run goes on.
     */
    private boolean isFlushed(Processor processor, Adapter adapter, long caller) {
        long bytes = adapter.mapped();
        if (bytes == 0) {
            return true;
        }
        adapter.setMapped(0);
        long registers = (bytes + PhysicalMemory.FRAME_SIZE - 1) >>> PhysicalMemory.FRAME_SHIFT;
        return rules.tell(
                processor,
                "DmaNotFlushed",
                0x10,
                "the map registers of the DMA adapter 0x%x are freed, and %d bytes of a transfer"
                                .formatted(adapter.address(), bytes)
                        + " are not flushed: FlushAdapterBuffers was not called",
                registers,
                0,
                0,
                caller);
    }

    private void give(Adapter adapter, long base, int count) {
        if (!adapter.scatterGather() && count != 0) {
            contiguous.free(base);
        }
        adapter.setFree(adapter.free() + count);
    }

    /** The next device object gets the channel. */
    private Outcome next(Adapter adapter) {
        adapter.setOwner(0, 0);
        return queues.taking(adapter.channel(), new ChannelFreed(adapter.address()));
    }

    @Resumes("HalpChannelFreed")
    Outcome freed(Processor processor, ChannelFreed pending, long entry) {
        Adapter adapter = new Adapter(processor.memory(), pending.adapter);
        return entry == 0
                ? lists.serve(processor, adapter, IoStatus.SUCCESS)
                : grant(processor, adapter, entry);
    }

    @EntryPoint(value = FREE_REGISTERS, frame = FrameShape.RETURN_ADDRESS)
    Outcome freeRegisters(Processor processor, Adapter adapter, long base, int count) {
        if (!atDispatch(processor, adapter, "FreeMapRegisters")) {
            return Outcome.stay();
        }
        long extra = adapter.free() + Integer.toUnsignedLong(count) - adapter.registers();
        if (extra > 0) {
            return rules.tell(
                            processor,
                            "DmaFreedTwice",
                            0x05,
                            "%d map registers are freed that the DMA adapter 0x%x did not give"
                                    .formatted(extra, adapter.address()),
                            extra,
                            0,
                            0,
                            engine.caller(processor))
                    ? Outcome.done()
                    : Outcome.stay();
        }
        if (extra == 0 && !isFlushed(processor, adapter, engine.caller(processor))) {
            return Outcome.stay();
        }
        give(adapter, base, count);
        return adapter.waiter() == 0
                ? lists.serve(processor, adapter, IoStatus.SUCCESS)
                : grant(processor, adapter, adapter.waiter());
    }
}
