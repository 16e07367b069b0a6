package dev.dirql.x86;

import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.AheadOfHorizon;
import dev.dirql.machine.InstructionEngine;
import dev.dirql.machine.Machine;
import dev.dirql.machine.MemoryFault;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.PhysicalMemory;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Executes instructions from decoded blocks, which are kept until {@link #forgetDecoded}. One
 * serves all processors of its machine.
 *
 * <p>What an instruction does to memory it does before it changes a register, so that a fault or a
 * device access ahead of the horizon leaves it as if it had not begun. Faults and other exceptions
 * are visible too: ahead of the horizon they are answered with {@link Stop#AHEAD} and found again
 * later. The step of a trap is counted by whoever handles it.
 *
 * <p>Two things are told otherwise than hardware does: an access or fetch at an address that is not
 * canonical is a page fault with the reason NOT_CANONICAL, for the software to make a general
 * protection or stack exception of; and a jump to where nothing can be executed faults at its
 * target, not at the jump.
 */
public final class Interpreter implements InstructionEngine {
    private static final int TABLE_SIZE = 1 << 14;
    private static final int BLOCK_MAXIMUM = 64;
    private static final int ENDS_MAXIMUM = 1_024;

    /** Not canonical, so nothing can be executed there. */
    private static final long NOWHERE = Long.MIN_VALUE;

    private static final Operation[] NO_OPERATIONS = {};
    private static final Block NO_BLOCK =
            new Block(NOWHERE, NOWHERE, null, false, NO_OPERATIONS, null);

    private final Machine machine;
    private final Block[] blocks = new Block[TABLE_SIZE];
    private final Decoder decoder = new Decoder();
    private final byte[] bytes = new byte[Decoder.LENGTH_MAXIMUM];
    private boolean forgotten;

    /** Addresses before which {@link #run} comes back; null for none. */
    private long @Nullable [] stops;

    /** Addresses at which blocks end, ascending: the stops, and what were some. */
    private long[] ends = {};

    public Interpreter(Machine machine) {
        this.machine = machine;
        Arrays.fill(blocks, NO_BLOCK);
    }

    @Override
    public void forgetDecoded() {
        Arrays.fill(blocks, NO_BLOCK);
        forgotten = true;
    }

    /** Blocks need not be decoded anew where stops are taken away, or come back soon. */
    @Override
    public void stopAt(long[] addresses) {
        stops = addresses.length == 0 ? null : addresses.clone();
        LongStream added = Arrays.stream(addresses).filter(address -> !isEnd(address));
        long[] more = LongStream.concat(added, Arrays.stream(ends)).sorted().toArray();
        if (more.length != ends.length) {
            ends = more.length <= ENDS_MAXIMUM ? more : addresses.clone();
            Arrays.sort(ends);
            forgetDecoded();
        }
    }

    private boolean isEnd(long address) {
        return ends.length != 0 && Arrays.binarySearch(ends, address) >= 0;
    }

    private static boolean contains(long[] some, long address) {
        for (long one : some) {
            if (one == address) {
                return true;
            }
        }
        return false;
    }

    @Override
    public Stop run(Processor processor) {
        try {
            if (processor.halfDone.pending) {
                secondHalf(processor);
                if (processor.clockNs >= processor.limitNs) {
                    return Stop.LIMIT;
                }
            }
            if (!processor.interruptShadow) {
                return go(processor);
            }
            // The one instruction behind sti.
            processor.limitNs = Math.min(processor.limitNs, processor.clockNs + 1);
            Stop stop = go(processor);
            if (stop != Stop.AHEAD && stop != Stop.SERVICE) {
                processor.interruptShadow = false;
            }
            return stop;
        } catch (MemoryFault fault) {
            if (isAhead(processor)) {
                return Stop.AHEAD;
            }
            processor.halfDone.pending = false;
            processor.interruptShadow = false;
            processor.trap.pageFault(fault);
            return Stop.TRAP;
        } catch (AheadOfHorizon ahead) {
            return Stop.AHEAD;
        }
    }

    private static boolean isAhead(Processor processor) {
        return processor.clockNs > processor.horizonNs;
    }

    private static void countStep(Processor processor) {
        processor.clockNs += processor.stepNs;
        processor.steps++;
    }

    private static void secondHalf(Processor processor) {
        Processor.HalfDone half = processor.halfDone;
        processor.memory().store(half.address, half.size, half.value);
        half.pending = false;
        processor.flags.setRflags(half.rflags);
        if (half.register >= 0) {
            Operands.writeRegister(processor, 8 * half.size, half.register, half.loaded);
        }
        processor.rip = half.nextRip;
        countStep(processor);
    }

    private Stop go(Processor processor) {
        long began = processor.steps;
        while (true) {
            if (processor.clockNs >= processor.limitNs) {
                return Stop.LIMIT;
            }
            long rip = processor.rip;
            if (machine.isService(rip)) {
                return Stop.SERVICE;
            }
            long[] wanted = stops;
            if (wanted != null && processor.steps != began && contains(wanted, rip)) {
                return Stop.LIMIT;
            }
            forgotten = false;
            Stop stop = execute(processor, block(processor, rip));
            if (stop != null) {
                return stop;
            }
        }
    }

    /** Executes a block. Null means that the next one follows. */
    private @Nullable Stop execute(Processor processor, Block block) {
        Stop stop = Execution.run(this, processor, block.operations());
        if (stop != null) {
            return notDone(processor, stop);
        }
        Operation visible = block.visible();
        if (visible == null || processor.clockNs >= processor.limitNs || forgotten) {
            return null;
        }
        return visible(processor, visible);
    }

    /** Whether the decoded operations that are being executed are no longer valid. */
    boolean hasForgotten() {
        return forgotten;
    }

    /** After an invisible instruction that is not done; its steps up to now are counted. */
    private static Stop notDone(Processor processor, Stop stop) {
        if (stop == Stop.LIMIT) {
            return stop;
        }
        return isAhead(processor) ? Stop.AHEAD : stop;
    }

    private static Stop visible(Processor processor, Operation operation) {
        if (isAhead(processor)) {
            return Stop.AHEAD;
        }
        Stop stop = Execution.one(processor, operation);
        if (stop == Stop.LIMIT) {
            // One iteration of a repeated instruction, which is counted.
            processor.endVisibleStep();
            return Stop.VISIBLE;
        }
        if (stop == Stop.NOT_MODELLED) {
            return stop;
        }
        boolean fault =
                stop == Stop.TRAP
                        && operation.function != Code.INT3
                        && operation.function != Code.INTERRUPT;
        if (!fault && !operation.branch) {
            processor.rip = operation.next;
        }
        if (stop == Stop.TRAP) {
            return stop;
        }
        countStep(processor);
        processor.endVisibleStep();
        return stop == null ? Stop.VISIBLE : stop;
    }

    // ---- decoded blocks ----

    private Block block(Processor processor, long rip) {
        int slot = (int) (rip ^ rip >>> 13) & TABLE_SIZE - 1;
        Block block = blocks[slot];
        if (block.start() != rip || block.space() != space(processor, rip)) {
            block = decode(processor, rip);
            blocks[slot] = block;
        } else if (block.pageable()) {
            processor.memory().probeExecute(rip);
            if (page(block.last()) != page(rip)) {
                processor.memory().probeExecute(page(block.last()));
            }
        }
        return block;
    }

    /** Blocks below the kernel's half belong to one address space. */
    private static @Nullable AddressSpace space(Processor processor, long rip) {
        return rip < 0 ? null : processor.memory().space();
    }

    private static long page(long address) {
        return address & -PhysicalMemory.FRAME_SIZE;
    }

    private Block decode(Processor processor, long rip) {
        ProcessorMemory memory = processor.memory();
        List<Operation> operations = new ArrayList<>();
        Operation visible = null;
        boolean ended = false;
        long at = rip;
        while (!ended
                && page(at) == page(rip)
                && operations.size() < BLOCK_MAXIMUM
                && !machine.isService(at)
                && (at == rip || !isEnd(at))) {
            Operation operation = decodeOne(memory, at, operations.isEmpty());
            if (operation == null) {
                break;
            }
            at = operation.next;
            ended = operation.visible || operation.branch || operation.row == null;
            if (operation.visible) {
                visible = operation;
            } else {
                operations.add(operation);
            }
        }
        boolean pageable =
                ((memory.pageFlags(rip) | memory.pageFlags(at - 1)) & PageFlags.PAGEABLE) != 0;
        return new Block(
                rip,
                at - 1,
                space(processor, rip),
                pageable,
                operations.toArray(NO_OPERATIONS),
                visible);
    }

    /**
     * Decodes one instruction; bytes of the next page are only asked for if it reaches there.
     *
     * @param must whether to fault where it cannot be fetched, rather than give null
     */
    private @Nullable Operation decodeOne(ProcessorMemory memory, long at, boolean must) {
        int inPage = (int) Math.min(bytes.length, page(at) + PhysicalMemory.FRAME_SIZE - at);
        int count = memory.fetch(at, bytes, inPage);
        Operation operation = decoder.decode(bytes, 0, count, at);
        if (operation != null || !must) {
            return operation;
        }
        count = memory.fetch(at, bytes, bytes.length);
        operation = decoder.decode(bytes, 0, count, at);
        if (operation == null) {
            memory.probeExecute(at + count);
            throw new IllegalStateException("0x%x: neither code nor fault".formatted(at + count));
        }
        return operation;
    }
}
