package dev.dirql.kernel.dma;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.io.IoStatus;
import dev.dirql.kernel.io.RoutineCalls;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.kernel.structures.Mdl;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;
import java.util.List;

/**
 * Scatter/gather lists: the pages of a buffer for a device. A list takes a map register for each
 * page until it is put back. Source: WDK, the pages of GetScatterGatherList and its kin.
 */
final class ScatterGatherServices {
    static final String GET_LIST = "HalpGetScatterGatherList";
    static final String PUT_LIST = "HalpPutScatterGatherList";
    static final String CALCULATE_LIST = "HalpCalculateScatterGatherListSize";
    static final String BUILD_LIST = "HalpBuildScatterGatherList";
    static final String BUILD_MDL = "HalpBuildMdlFromScatterGatherList";

    private static final int TAG = 'D' | 'm' << 8 | 'a' << 16 | 'S' << 24;

    /** SCATTER_GATHER_LIST: the number of elements, a reserved word, elements. */
    private static final int LIST_RESERVED = 0x08;

    private static final int LIST_BYTES = 0x10;
    private static final int ELEMENT_BYTES = 0x18;

    /** Bits of the reserved word: the memory is the driver's; there is an MDL for the list. */
    private static final long OF_DRIVER = 1;

    private static final long DESCRIBED = 2;

    /** Above them the map registers. */
    private static final int REGISTERS_SHIFT = 2;

    /** A request that waits: list entry, then these. */
    private static final int WAIT_ROUTINE = 0x10;

    private static final int WAIT_CONTEXT = 0x18;
    private static final int WAIT_DEVICE = 0x20;
    private static final int WAIT_LIST = 0x28;
    private static final int WAIT_REGISTERS = 0x30;
    private static final int WAIT_BYTES = 0x38;

    private final ServiceEngine engine;
    private final Pool pool;
    private final RoutineCalls calls;
    private final DmaRules rules;

    ScatterGatherServices(ServiceEngine engine, Pool pool, RoutineCalls calls, DmaRules rules) {
        this.engine = engine;
        this.pool = pool;
        this.calls = calls;
        this.rules = rules;
    }

    record ListControlReturned(long adapter, long routine, int irql, int status)
            implements Pending {}

    @EntryPoint(value = GET_LIST, frame = FrameShape.RETURN_ADDRESS)
    Outcome get(
            Processor processor,
            Adapter adapter,
            DeviceObject device,
            long mdl,
            long currentVa,
            int length,
            long routine,
            long context,
            boolean toDevice) {
        return begin(
                processor,
                "GetScatterGatherList",
                adapter,
                device,
                mdl,
                currentVa,
                length,
                routine,
                context,
                0,
                0);
    }

    @EntryPoint(value = BUILD_LIST, frame = FrameShape.RETURN_ADDRESS)
    Outcome build(
            Processor processor,
            Adapter adapter,
            DeviceObject device,
            long mdl,
            long currentVa,
            int length,
            long routine,
            long context,
            boolean toDevice,
            long buffer,
            int bufferLength) {
        return begin(
                processor,
                "BuildScatterGatherList",
                adapter,
                device,
                mdl,
                currentVa,
                length,
                routine,
                context,
                buffer,
                bufferLength & 0xFFFF_FFFFL);
    }

    private Outcome begin(
            Processor processor,
            String name,
            Adapter adapter,
            DeviceObject device,
            long mdl,
            long currentVa,
            int length,
            long routine,
            long context,
            long given,
            long givenBytes) {
        long caller = engine.caller(processor);
        GuestMemory memory = processor.memory();
        if (!rules.called(
                processor, adapter, name, Irql.DISPATCH_LEVEL, Irql.DISPATCH_LEVEL, caller)) {
            return Outcome.stay();
        }
        DmaBuffer buffer = DmaBuffer.of(memory, mdl, currentVa, length & 0xFFFF_FFFFL);
        if (!buffer.isDescribed()) {
            return rules.tell(
                            processor,
                            "DmaBufferOutsideMdl",
                            0x1B,
                            "0x%x and %d bytes are not what the MDL 0x%x describes"
                                    .formatted(currentVa, buffer.bytes(), mdl),
                            currentVa,
                            mdl,
                            0,
                            caller)
                    ? Outcome.of(IoStatus.BUFFER_TOO_SMALL)
                    : Outcome.stay();
        }
        if (!rules.locked(processor, name, buffer, caller)) {
            return Outcome.stay();
        }
        int registers = buffer.pages();
        if (registers > adapter.registers()) {
            return Outcome.of(IoStatus.INSUFFICIENT_RESOURCES);
        }
        long bytes = LIST_BYTES + (long) ELEMENT_BYTES * registers;
        if (given != 0 && givenBytes < bytes) {
            return Outcome.of(IoStatus.BUFFER_TOO_SMALL);
        }
        long list =
                given != 0
                        ? given
                        : pool.fails(processor, TAG, caller)
                                ? 0
                                : pool.allocate(PoolKind.NONPAGED, bytes, TAG);
        long wait = list == 0 ? 0 : pool.allocate(PoolKind.NONPAGED, WAIT_BYTES, TAG);
        if (wait == 0) {
            if (list != 0 && given == 0) {
                pool.free(processor, list, caller);
            }
            return Outcome.of(IoStatus.INSUFFICIENT_RESOURCES);
        }
        write(
                memory,
                list,
                buffer.pieces(),
                (long) registers << REGISTERS_SHIFT | (given != 0 ? OF_DRIVER : 0));
        memory.store64(wait + WAIT_ROUTINE, routine);
        memory.store64(wait + WAIT_CONTEXT, context);
        memory.store64(wait + WAIT_DEVICE, device.address());
        memory.store64(wait + WAIT_LIST, list);
        memory.store64(wait + WAIT_REGISTERS, registers);
        adapter.waitingLists().insertBefore(new ListEntry(memory, wait));
        return serve(processor, adapter, IoStatus.SUCCESS);
    }

    private static void write(
            GuestMemory memory, long list, List<DmaBuffer.Piece> pieces, long reserved) {
        memory.store32(list, pieces.size());
        memory.store64(list + LIST_RESERVED, reserved);
        for (int i = 0; i < pieces.size(); i++) {
            long element = list + LIST_BYTES + (long) ELEMENT_BYTES * i;
            memory.store64(element, pieces.get(i).physical());
            memory.store32(element + 8, pieces.get(i).bytes());
            memory.store64(element + 0x10, 0);
        }
    }

    /** Hands out the list that waits longest, if there are registers for it. */
    Outcome serve(Processor processor, Adapter adapter, int status) {
        GuestMemory memory = processor.memory();
        ListEntry waiting = adapter.waitingLists();
        if (waiting.isEmpty() || adapter.waiter() != 0) {
            return Outcome.of(status);
        }
        long wait = waiting.flink();
        int registers = (int) memory.load64(wait + WAIT_REGISTERS);
        if (registers > adapter.free()) {
            return Outcome.of(status);
        }
        long routine = memory.load64(wait + WAIT_ROUTINE);
        long context = memory.load64(wait + WAIT_CONTEXT);
        DeviceObject device = new DeviceObject(memory, memory.load64(wait + WAIT_DEVICE));
        long list = memory.load64(wait + WAIT_LIST);
        new ListEntry(memory, wait).remove();
        adapter.setFree(adapter.free() - registers);
        adapter.setLists(adapter.lists() + 1);
        pool.free(processor, wait, engine.caller(processor));
        if (processor.machine().ended() != null) {
            return Outcome.stay();
        }
        return new Outcome.Call(
                routine,
                new ListControlReturned(adapter.address(), routine, processor.irql(), status),
                device.address(),
                device.currentIrp(),
                list,
                context);
    }

    @Resumes("HalpListControlReturned")
    Outcome returned(Processor processor, ListControlReturned pending) {
        return calls.returned(processor, pending.routine, pending.irql)
                ? serve(processor, new Adapter(processor.memory(), pending.adapter), pending.status)
                : Outcome.stay();
    }

    @EntryPoint(value = PUT_LIST, frame = FrameShape.RETURN_ADDRESS)
    Outcome put(Processor processor, Adapter adapter, long list, boolean toDevice) {
        long caller = engine.caller(processor);
        if (!rules.called(
                processor,
                adapter,
                "PutScatterGatherList",
                Irql.DISPATCH_LEVEL,
                Irql.DISPATCH_LEVEL,
                caller)) {
            return Outcome.stay();
        }
        if (adapter.lists() == 0) {
            return rules.tell(
                            processor,
                            "DmaFreedTwice",
                            0x06,
                            "the scatter/gather list 0x%x is put back, and none is out"
                                    .formatted(list),
                            0,
                            1,
                            0,
                            caller)
                    ? Outcome.done()
                    : Outcome.stay();
        }
        long reserved = processor.memory().load64(list + LIST_RESERVED);
        adapter.setFree(adapter.free() + (int) (reserved >>> REGISTERS_SHIFT));
        adapter.setLists(adapter.lists() - 1);
        if ((reserved & OF_DRIVER) == 0) {
            pool.free(processor, list, caller);
        }
        return processor.machine().ended() == null
                ? serve(processor, adapter, IoStatus.SUCCESS)
                : Outcome.stay();
    }

    @EntryPoint(value = CALCULATE_LIST, frame = FrameShape.RETURN_ADDRESS)
    Outcome calculate(
            Processor processor,
            Adapter adapter,
            long mdl,
            long currentVa,
            int length,
            long size,
            long registers) {
        GuestMemory memory = processor.memory();
        processor.memory().probe(size, 4, true);
        if (registers != 0) {
            processor.memory().probe(registers, 4, true);
        }
        long bytes = length & 0xFFFF_FFFFL;
        if (!rules.called(
                processor,
                adapter,
                "CalculateScatterGatherList",
                Irql.PASSIVE_LEVEL,
                Irql.HIGH_LEVEL,
                engine.caller(processor))) {
            return Outcome.stay();
        }
        if (mdl != 0 && !DmaBuffer.of(memory, mdl, currentVa, bytes).isDescribed()) {
            return Outcome.of(IoStatus.BUFFER_TOO_SMALL);
        }
        int pages =
                mdl == 0
                        ? Mdl.pages(currentVa, bytes)
                        : DmaBuffer.of(memory, mdl, currentVa, bytes).pages();
        if (pages > adapter.registers()) {
            return Outcome.of(IoStatus.INSUFFICIENT_RESOURCES);
        }
        memory.store32(size, LIST_BYTES + (long) ELEMENT_BYTES * pages);
        if (registers != 0) {
            memory.store32(registers, pages);
        }
        return Outcome.of(IoStatus.SUCCESS);
    }

    /** Addresses are those of the buffer itself, so that its own list describes them. */
    @EntryPoint(value = BUILD_MDL, frame = FrameShape.RETURN_ADDRESS)
    Outcome buildMdl(Processor processor, Adapter adapter, long list, long original, long result) {
        if (!rules.called(
                processor,
                adapter,
                "BuildMdlFromScatterGatherList",
                Irql.PASSIVE_LEVEL,
                Irql.DISPATCH_LEVEL,
                engine.caller(processor))) {
            return Outcome.stay();
        }
        if (original == 0) {
            return Outcome.of(IoStatus.INVALID_PARAMETER);
        }
        GuestMemory memory = processor.memory();
        processor.memory().probe(result, Long.BYTES, true);
        processor.memory().probe(list, LIST_BYTES, true);
        long reserved = memory.load64(list + LIST_RESERVED);
        if ((reserved & DESCRIBED) != 0) {
            return Outcome.of(IoStatus.NONE_MAPPED);
        }
        memory.store64(list + LIST_RESERVED, reserved | DESCRIBED);
        memory.store64(result, original);
        return Outcome.of(IoStatus.SUCCESS);
    }
}
