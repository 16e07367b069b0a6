package dev.dirql.kernel.dma;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.memory.ContiguousMemory;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.Mdl;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Machine;
import dev.dirql.machine.PhysicalMemory;
import dev.dirql.machine.Processor;
import java.util.List;

/**
 * IoGetDmaAdapter, and the routines of its table that need not wait: common buffers and transfers.
 * Source: WDK, wdm.h and the page of each routine.
 */
final class AdapterServices {
    static final int TAG = 'D' | 'm' << 8 | 'a' << 16 | 'A' << 24;

    /** DEVICE_DESCRIPTION. */
    private static final int VERSION = 0x00;

    private static final int MASTER = 0x04;
    private static final int SCATTER_GATHER = 0x05;
    private static final int MAXIMUM_LENGTH = 0x20;
    private static final int DESCRIPTION_BYTES = 0x28;
    private static final int VERSION_MAXIMUM = 2;
    private static final int VERSION_KNOWN = 3;

    /** Map registers of an adapter, however much it asks for. */
    private static final int REGISTERS_MAXIMUM = 64;

    private static final int OPERATIONS_BYTES = 0x80;

    /** The routines of versions 0 and 1. */
    private static final int FIRST_ROUTINES = 12;

    /** The routines, in the order of DMA_OPERATIONS. */
    private static final List<String> ROUTINES =
            List.of(
                    "HalpPutDmaAdapter",
                    "HalpAllocateCommonBuffer",
                    "HalpFreeCommonBuffer",
                    ChannelServices.ALLOCATE_CHANNEL,
                    "HalpFlushAdapterBuffers",
                    ChannelServices.FREE_CHANNEL,
                    ChannelServices.FREE_REGISTERS,
                    "HalpMapTransfer",
                    "HalpGetDmaAlignment",
                    "HalpReadDmaCounter",
                    ScatterGatherServices.GET_LIST,
                    ScatterGatherServices.PUT_LIST,
                    ScatterGatherServices.CALCULATE_LIST,
                    ScatterGatherServices.BUILD_LIST,
                    ScatterGatherServices.BUILD_MDL);

    private final Machine machine;
    private final ServiceEngine engine;
    private final Pool pool;
    private final ContiguousMemory contiguous;
    private final DmaRules rules;

    AdapterServices(
            Machine machine,
            ServiceEngine engine,
            Pool pool,
            ContiguousMemory contiguous,
            DmaRules rules) {
        this.machine = machine;
        this.engine = engine;
        this.pool = pool;
        this.contiguous = contiguous;
        this.rules = rules;
    }

    // There is no system DMA controller: a device that is no bus master gets no adapter.
    @Ddi(
            value = "IoGetDmaAdapter",
            maximum = Irql.PASSIVE_LEVEL,
            rule = "IrqlIoPassive5",
            state = Ddi.State.PARTIAL,
            missing = "version 3 of the routines; devices that use the system's DMA controller")
    long getAdapter(Processor processor, long device, long description, long registers) {
        GuestMemory memory = processor.memory();
        processor.memory().probe(description, DESCRIPTION_BYTES, false);
        processor.memory().probe(registers, 4, true);
        boolean isMaster = memory.load8(description + MASTER) != 0;
        long version = memory.load32(description + VERSION);
        if (version > VERSION_KNOWN) {
            rules.tell(
                    processor,
                    "DmaDescriptionVersion",
                    0x25,
                    "IoGetDmaAdapter gets a DEVICE_DESCRIPTION of version %d".formatted(version),
                    0,
                    0,
                    0,
                    engine.caller(processor));
        }
        if (!isMaster || version > VERSION_MAXIMUM) {
            return 0;
        }
        long maximum = memory.load32(description + MAXIMUM_LENGTH);
        long wanted = (maximum + PhysicalMemory.FRAME_SIZE - 1) / PhysicalMemory.FRAME_SIZE + 1;
        int count = (int) Math.min(wanted, REGISTERS_MAXIMUM);
        long address =
                pool.fails(processor, TAG, engine.caller(processor))
                        ? 0
                        : pool.allocate(PoolKind.NONPAGED, Adapter.BYTES + OPERATIONS_BYTES, TAG);
        if (address == 0) {
            return 0;
        }
        long operations = address + Adapter.BYTES;
        int routines = version < VERSION_MAXIMUM ? FIRST_ROUTINES : ROUTINES.size();
        memory.store32(operations, 8 + 8L * routines);
        for (int i = 0; i < routines; i++) {
            memory.store64(operations + 8 + 8L * i, engine.table().address(ROUTINES.get(i)));
        }
        boolean gathers = memory.load8(description + SCATTER_GATHER) != 0;
        new Adapter(memory, address).initialize(operations, count, gathers, device);
        memory.store32(registers, count);
        return address;
    }

    @EntryPoint(value = "HalpPutDmaAdapter", frame = FrameShape.RETURN_ADDRESS)
    Outcome put(Processor processor, Adapter adapter) {
        long caller = engine.caller(processor);
        int registers = adapter.registers() - adapter.free();
        boolean goesOn =
                rules.called(
                        processor,
                        adapter,
                        "PutDmaAdapter",
                        Irql.PASSIVE_LEVEL,
                        Irql.DISPATCH_LEVEL,
                        caller);
        if (goesOn && adapter.commonBuffers() != 0) {
            goesOn = left(processor, adapter, 0x07, adapter.commonBuffers(), "common buffers");
        }
        if (goesOn && adapter.channel().busy()) {
            goesOn = left(processor, adapter, 0x08, 1, "adapter channels");
        }
        if (goesOn && adapter.lists() != 0) {
            goesOn = left(processor, adapter, 0x0A, adapter.lists(), "scatter/gather lists");
        } else if (goesOn && registers != 0) {
            goesOn = left(processor, adapter, 0x09, registers, "map registers");
        }
        if (!goesOn) {
            return Outcome.stay();
        }
        pool.free(processor, adapter.address(), caller);
        return machine.ended() == null ? Outcome.done() : Outcome.stay();
    }

    private boolean left(
            Processor processor, Adapter adapter, int subcode, int count, String what) {
        return rules.tell(
                processor,
                "DmaAdapterInUse",
                subcode,
                "the DMA adapter 0x%x is put back with %d %s that are not freed"
                        .formatted(adapter.address(), count, what),
                adapter.address(),
                count,
                0,
                engine.caller(processor));
    }

    // ---- common buffers ----

    /** Caches are coherent, whatever the caller asks for. */
    @EntryPoint(value = "HalpAllocateCommonBuffer", frame = FrameShape.RETURN_ADDRESS)
    Outcome allocateCommonBuffer(
            Processor processor, Adapter adapter, int length, long logical, boolean cached) {
        long caller = engine.caller(processor);
        processor.memory().probe(logical, Long.BYTES, true);
        if (!rules.called(
                processor,
                adapter,
                "AllocateCommonBuffer",
                Irql.PASSIVE_LEVEL,
                Irql.PASSIVE_LEVEL,
                caller)) {
            return Outcome.stay();
        }
        long address =
                pool.fails(processor, TAG, caller)
                        ? 0
                        : contiguous.allocate(length & 0xFFFF_FFFFL, 0, -1, 0);
        if (address != 0) {
            processor.memory().store64(logical, processor.memory().physical(address));
            adapter.setCommonBuffers(adapter.commonBuffers() + 1);
        }
        return Outcome.of(address);
    }

    @EntryPoint(value = "HalpFreeCommonBuffer", frame = FrameShape.RETURN_ADDRESS)
    Outcome freeCommonBuffer(
            Processor processor, Adapter adapter, int length, long logical, long address) {
        long caller = engine.caller(processor);
        if (!rules.called(
                processor,
                adapter,
                "FreeCommonBuffer",
                Irql.PASSIVE_LEVEL,
                Irql.PASSIVE_LEVEL,
                caller)) {
            return Outcome.stay();
        }
        if (!contiguous.free(address)) {
            return rules.tell(
                            processor,
                            "DmaFreedTwice",
                            0x03,
                            "the common buffer 0x%x is freed, which is not allocated"
                                    .formatted(address),
                            1,
                            0,
                            0,
                            caller)
                    ? Outcome.done()
                    : Outcome.stay();
        }
        adapter.setCommonBuffers(adapter.commonBuffers() - 1);
        return Outcome.done();
    }

    // ---- transfers ----

    /**
     * Answers with the address for the device and how many bytes follow there. A device without
     * scatter/gather gets all at once, by way of the map registers' own memory.
     */
    @EntryPoint(value = "HalpMapTransfer", frame = FrameShape.RETURN_ADDRESS)
    Outcome mapTransfer(
            Processor processor,
            Adapter adapter,
            long mdl,
            long base,
            long currentVa,
            long length,
            boolean toDevice) {
        processor.memory().probe(length, 4, true);
        DmaBuffer buffer =
                DmaBuffer.of(processor.memory(), mdl, currentVa, processor.memory().load32(length));
        if (!isUsable(processor, adapter, "MapTransfer", buffer, currentVa)) {
            return Outcome.stay();
        }
        if (!buffer.isDescribed() || buffer.unlocked() != 0) {
            return Outcome.done();
        }
        if (buffer.bytes() == 0) {
            return told(
                    processor, "DmaMapRegisters", 0x21, "MapTransfer gets no bytes to map", 0, 0);
        }
        if (!adapter.scatterGather()) {
            long registers = contiguous.bytes(base) >>> PhysicalMemory.FRAME_SHIFT;
            if (Mdl.pages(currentVa, buffer.bytes()) > registers) {
                return told(
                        processor,
                        "DmaMapRegisters",
                        0x15,
                        "MapTransfer needs %d map registers; at 0x%x are %d"
                                .formatted(Mdl.pages(currentVa, buffer.bytes()), base, registers),
                        Mdl.pages(currentVa, buffer.bytes()),
                        registers);
            }
        }
        List<DmaBuffer.Piece> pieces = buffer.pieces();
        if (adapter.scatterGather()) {
            processor.memory().store32(length, pieces.getFirst().bytes());
            adapter.setMapped(adapter.mapped() + pieces.getFirst().bytes());
            return Outcome.of(pieces.getFirst().physical());
        }
        adapter.setMapped(adapter.mapped() + buffer.bytes());
        long at = processor.memory().physical(base) + (currentVa & 0xFFF);
        if (toDevice) {
            long to = at;
            for (DmaBuffer.Piece piece : pieces) {
                copy(piece.physical(), to, piece.bytes());
                to += piece.bytes();
            }
        }
        return Outcome.of(at);
    }

    @EntryPoint(value = "HalpFlushAdapterBuffers", frame = FrameShape.RETURN_ADDRESS)
    Outcome flush(
            Processor processor,
            Adapter adapter,
            long mdl,
            long base,
            long currentVa,
            int length,
            boolean toDevice) {
        DmaBuffer buffer = DmaBuffer.of(processor.memory(), mdl, currentVa, length & 0xFFFF_FFFFL);
        if (!isUsable(processor, adapter, "FlushAdapterBuffers", buffer, currentVa)) {
            return Outcome.stay();
        }
        if (!buffer.isDescribed() || buffer.unlocked() != 0) {
            return Outcome.of(false);
        }
        if (adapter.mapped() == 0) {
            return rules.tell(
                            processor,
                            "DmaNotMapped",
                            0x20,
                            "FlushAdapterBuffers gets 0x%x of the MDL 0x%x, which is not mapped"
                                    .formatted(currentVa, mdl),
                            base,
                            currentVa,
                            mdl,
                            engine.caller(processor))
                    ? Outcome.of(false)
                    : Outcome.stay();
        }
        adapter.setMapped(Math.max(0, adapter.mapped() - buffer.bytes()));
        if (!adapter.scatterGather() && !toDevice) {
            long from = processor.memory().physical(base) + (currentVa & 0xFFF);
            for (DmaBuffer.Piece piece : buffer.pieces()) {
                copy(from, piece.physical(), piece.bytes());
                from += piece.bytes();
            }
        }
        return Outcome.of(true);
    }

    private void copy(long from, long to, long bytes) {
        byte[] content = new byte[(int) bytes];
        machine.readPhysical(from, content);
        machine.writePhysical(to, content);
    }

    private Outcome told(
            Processor processor, String rule, int subcode, String message, long p2, long p3) {
        return rules.tell(processor, rule, subcode, message, p2, p3, 0, engine.caller(processor))
                ? Outcome.done()
                : Outcome.stay();
    }

    private boolean isUsable(
            Processor processor,
            Adapter adapter,
            String routine,
            DmaBuffer buffer,
            long currentVa) {
        long caller = engine.caller(processor);
        return rules.called(
                        processor,
                        adapter,
                        routine,
                        Irql.PASSIVE_LEVEL,
                        Irql.DISPATCH_LEVEL,
                        caller)
                && (buffer.isDescribed()
                        || rules.tell(
                                processor,
                                "DmaBufferOutsideMdl",
                                0x1B,
                                "%s gets 0x%x and %d bytes, which the MDL 0x%x does not describe"
                                        .formatted(
                                                routine,
                                                currentVa,
                                                buffer.bytes(),
                                                buffer.mdl().address()),
                                currentVa,
                                buffer.mdl().address(),
                                0,
                                caller))
                && (!buffer.isDescribed() || rules.locked(processor, routine, buffer, caller));
    }

    @EntryPoint(value = "HalpGetDmaAlignment", frame = FrameShape.RETURN_ADDRESS)
    Outcome alignment(Processor processor, Adapter adapter) {
        return rules.called(
                        processor,
                        adapter,
                        "GetDmaAlignment",
                        Irql.PASSIVE_LEVEL,
                        Irql.PASSIVE_LEVEL,
                        engine.caller(processor))
                ? Outcome.of(1)
                : Outcome.stay();
    }

    /** Only the system DMA controller counts, and there is none. */
    @EntryPoint(value = "HalpReadDmaCounter", frame = FrameShape.RETURN_ADDRESS)
    Outcome counter(Processor processor, Adapter adapter) {
        return rules.called(
                        processor,
                        adapter,
                        "ReadDmaCounter",
                        Irql.PASSIVE_LEVEL,
                        Irql.DISPATCH_LEVEL,
                        engine.caller(processor))
                ? Outcome.of(0)
                : Outcome.stay();
    }
}
