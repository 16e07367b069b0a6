package dev.dirql.debugger;

import dev.dirql.kernel.images.StackFrame;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.store.SymbolTable;
import dev.dirql.x86.Disassembler;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Steps forwards. A thread is followed by its KTHREAD and its stack: what others do between, on its
 * processor as well, and where it goes on, does not matter.
 */
final class Stepping {
    private static final int LONGEST_INSTRUCTION = 15;

    /** Number of the stop point at which a step ends. */
    private static final int GOAL = -1;

    private final TimeTravel travel;
    private final Machine machine;
    private final Inspection inspection;

    Stepping(TimeTravel travel, Machine machine, Inspection inspection) {
        this.travel = travel;
        this.machine = machine;
        this.inspection = inspection;
    }

    /** What a processor is about to execute. */
    Moment now(int processor) {
        return Moment.of(machine, machine.processor(processor), false);
    }

    /**
     * @param points stop points that end a step early
     */
    Arrival step(
            StepKind kind,
            int processor,
            List<StopPoint> points,
            TimeTravel.Acceptance acceptance) {
        Walk walk = new Walk(points, acceptance);
        return switch (kind) {
            case INSTRUCTION -> walk.instruction(processor);
            case OVER -> walk.over(now(processor));
            case OUT -> walk.out(now(processor));
            case LINE_INTO -> walk.line(now(processor), true);
            case LINE_OVER -> walk.line(now(processor), false);
        };
    }

    /** One step, and what may end it early. */
    private final class Walk {
        private final List<StopPoint> points;
        private final TimeTravel.Acceptance acceptance;
        private boolean interrupted;

        Walk(List<StopPoint> points, TimeTravel.Acceptance acceptance) {
            this.points = points;
            this.acceptance = acceptance;
        }

        /** One step of a processor, of whatever kind. */
        Arrival instruction(int number) {
            Processor processor = machine.processor(number);
            long wanted = processor.steps + 1;
            interrupted = false;
            Arrival arrival = new Arrival.Reached();
            while (processor.steps < wanted && arrival instanceof Arrival.Reached) {
                arrival =
                        travel.forwardOneStep(
                                points,
                                acceptance,
                                processor,
                                (_, interrupt) -> interrupted = interrupt);
            }
            return arrival;
        }

        /** To an address of a thread, at a place of its stack. */
        private Arrival to(long address, long thread, long stackPointer) {
            List<StopPoint> more = new ArrayList<>(points);
            more.add(
                    StopPoint.of(new Trigger.Execute(List.of(address)))
                            .withNumber(GOAL)
                            .onlyIn(thread)
                            .when((_, hit) -> isAt(hit, stackPointer)));
            Arrival arrival = travel.forward(Long.MAX_VALUE, more, acceptance);
            if (arrival instanceof Arrival.Hits(List<Hit> hits)
                    && hits.stream().anyMatch(hit -> hit.point() == GOAL)) {
                return hits.size() == 1
                        ? new Arrival.Reached()
                        : new Arrival.Hits(
                                hits.stream().filter(hit -> hit.point() != GOAL).toList());
            }
            return arrival;
        }

        Arrival over(Moment from) {
            Optional<Long> returns = returnOfCall(from);
            if (returns.isPresent()) {
                return to(returns.get(), from.thread(), from.stackPointer());
            }
            while (true) {
                Arrival arrival = instruction(from.processor());
                if (arrival instanceof Arrival.Reached
                        && machine.processor(from.processor()).halfDone.pending) {
                    arrival = instruction(from.processor());
                }
                if (!(arrival instanceof Arrival.Reached) || !interrupted) {
                    return arrival;
                }
                arrival = to(from.rip(), from.thread(), from.stackPointer());
                Optional<Integer> where = processorOf(from);
                if (!(arrival instanceof Arrival.Reached) || where.isEmpty()) {
                    return arrival;
                }
                from = now(where.get());
            }
        }

        Arrival out(Moment from) {
            List<StackFrame> frames = inspection.stack(from.processor()).frames();
            if (frames.size() < 2) {
                return over(from);
            }
            StackFrame caller = frames.get(1);
            return to(caller.ip(), from.thread(), caller.stackPointer());
        }

        Arrival line(Moment from, boolean into) {
            Optional<SymbolTable.Location> start = source(from.rip());
            if (start.isEmpty()) {
                return into ? instruction(from.processor()) : over(from);
            }
            Moment at = from;
            while (true) {
                Arrival arrival = into ? intoSource(at) : over(at);
                Optional<Integer> where = threadNow(from.thread());
                if (!(arrival instanceof Arrival.Reached) || where.isEmpty()) {
                    return arrival;
                }
                at = now(where.get());
                Optional<SymbolTable.Location> here = source(at.rip());
                if (here.isEmpty()) {
                    return arrival;
                }
                if (inspection.isLineStart(at.rip()) && !isSameLine(start.get(), here.get())) {
                    return arrival;
                }
            }
        }

        /** One instruction; a call of code without lines is done as a whole. */
        private Arrival intoSource(Moment from) {
            Optional<Long> returns = returnOfCall(from);
            if (returns.isEmpty()) {
                return over(from);
            }
            Arrival arrival = instruction(from.processor());
            while (arrival instanceof Arrival.Reached && interrupted) {
                arrival = to(from.rip(), from.thread(), from.stackPointer());
                if (arrival instanceof Arrival.Reached) {
                    arrival = instruction(processorOf(from).orElse(from.processor()));
                }
            }
            if (!(arrival instanceof Arrival.Reached)) {
                return arrival;
            }
            Optional<Integer> where = threadNow(from.thread());
            if (where.isPresent() && source(now(where.get()).rip()).isEmpty()) {
                return to(returns.get(), from.thread(), from.stackPointer());
            }
            return arrival;
        }
    }

    static boolean isAt(Hit hit, long stackPointer) {
        return hit.cause() instanceof Hit.AtAddress at && at.stackPointer() == stackPointer;
    }

    /** The processor that executes what a moment was at. */
    private Optional<Integer> processorOf(Moment moment) {
        for (int i = 0; i < machine.processorCount(); i++) {
            if (now(i).isSameFrame(moment) && now(i).rip() == moment.rip()) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    private Optional<Integer> threadNow(long thread) {
        for (int i = 0; i < machine.processorCount(); i++) {
            if (machine.processor(i).thread == thread) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    private static boolean isSameLine(SymbolTable.Location a, SymbolTable.Location b) {
        return a.line() == b.line() && a.file().equals(b.file()) && a.symbol().equals(b.symbol());
    }

    Optional<SymbolTable.Location> source(long address) {
        return inspection.locate(address).filter(location -> location.line() > 0);
    }

    /** Where the call at an address returns to; empty if it is no call. */
    private Optional<Long> returnOfCall(Moment at) {
        if (machine.isService(at.rip())) {
            return Optional.empty();
        }
        byte[] code = inspection.memory(at.processor(), at.rip(), LONGEST_INSTRUCTION);
        if (code.length == 0) {
            return Optional.empty();
        }
        Disassembler.Line line = Disassembler.at(code, at.rip());
        return line.text().startsWith("call")
                ? Optional.of(at.rip() + line.length())
                : Optional.empty();
    }
}
