package dev.dirql.machine;

import dev.dirql.machine.InstructionEngine.Stop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An engine whose instructions are Java: RIP is an index into a program that all processors share.
 * It keeps the contract of {@link InstructionEngine} and nothing else, so that the run loop can be
 * tested alone.
 */
final class ToyEngine implements InstructionEngine {
    /** Says where to go on, after doing what the instruction does. */
    interface Instruction {
        Stop execute(Processor processor);
    }

    private record Line(boolean visible, Instruction instruction) {}

    private final List<Line> program = new ArrayList<>();
    private long[] stops = {};

    /** Adds an invisible instruction and gives its address. */
    long plain(Instruction instruction) {
        program.add(new Line(false, instruction));
        return program.size() - 1L;
    }

    /** Adds a visible instruction and gives its address. */
    long visible(Instruction instruction) {
        program.add(new Line(true, instruction));
        return program.size() - 1L;
    }

    @Override
    public void stopAt(long[] addresses) {
        stops = addresses;
    }

    @Override
    public Stop run(Processor processor) {
        long began = processor.steps;
        while (processor.clockNs < processor.limitNs) {
            long rip = processor.rip;
            if (processor.steps != began && Arrays.stream(stops).anyMatch(at -> at == rip)) {
                return Stop.LIMIT;
            }
            if (processor.rip >= ToySoftware.WINDOW) {
                return Stop.SERVICE;
            }
            Line line = program.get((int) processor.rip);
            if (line.visible && processor.clockNs > processor.horizonNs) {
                return Stop.AHEAD;
            }
            Stop stop;
            try {
                stop = line.instruction.execute(processor);
            } catch (MemoryFault fault) {
                processor.trap.pageFault(fault);
                return Stop.TRAP;
            } catch (AheadOfHorizon ahead) {
                return Stop.AHEAD;
            }
            processor.clockNs += processor.machine().settings().stepNs();
            processor.steps++;
            if (line.visible || stop != Stop.LIMIT) {
                processor.visibleDone = true;
                return stop == Stop.LIMIT ? Stop.VISIBLE : stop;
            }
        }
        return Stop.LIMIT;
    }

    @Override
    public void forgetDecoded() {}
}
