package dev.dirql.console.gdb;

import dev.dirql.debugger.Arrival;
import dev.dirql.debugger.Debugger;
import dev.dirql.debugger.Direction;
import dev.dirql.debugger.Hit;
import dev.dirql.debugger.ProcessorState;
import dev.dirql.debugger.StepKind;
import dev.dirql.debugger.StopPoint;
import dev.dirql.debugger.Trigger;
import java.util.List;
import java.util.Optional;

/** Lets the machine go as gdb wants it, on the engine's thread. */
final class Movement {
    private final Debugger debugger;
    private final GdbPoints points;
    private int processor;

    /**
     * @param selected the processor that steps if none is named
     */
    Movement(Debugger debugger, GdbPoints points, int selected) {
        this.debugger = debugger;
        this.points = points;
        processor = selected;
    }

    /**
     * What gdb is told at the end.
     *
     * @param packets texts for the user, and the stop reply as the last one
     * @param processor the processor of the stop
     */
    record Result(Arrival arrival, List<String> packets, int processor) {}

    Result go(Resume resume) {
        return points.during(
                debugger,
                () -> {
                    Arrival arrival =
                            switch (resume) {
                                case Resume.Continue _ -> debugger.go(Direction.FORWARD);
                                case Resume.ContinueBack _ -> debugger.go(Direction.BACKWARD);
                                case Resume.Step(var which) -> {
                                    processor = which.orElse(processor);
                                    yield step();
                                }
                                case Resume.Range(var which, long start, long end) -> {
                                    processor = which.orElse(processor);
                                    yield range(start, end);
                                }
                                case Resume.StepBack(var which) -> {
                                    processor = which.orElse(processor);
                                    yield stepBack();
                                }
                                case Resume.Stand _ -> new Arrival.Reached();
                            };
                    return result(arrival, resume instanceof Resume.Stand);
                });
    }

    private ProcessorState state() {
        return debugger.inspection().processor(processor);
    }

    /** A whole instruction: of an unlocked read-modify-write, the load and the store. */
    private Arrival step() {
        Arrival arrival = debugger.step(StepKind.INSTRUCTION, processor, Direction.FORWARD);
        return arrival instanceof Arrival.Reached && state().halfDone()
                ? debugger.step(StepKind.INSTRUCTION, processor, Direction.FORWARD)
                : arrival;
    }

    private Arrival stepBack() {
        Arrival arrival = debugger.step(StepKind.INSTRUCTION, processor, Direction.BACKWARD);
        return arrival instanceof Arrival.Reached && state().halfDone()
                ? debugger.step(StepKind.INSTRUCTION, processor, Direction.BACKWARD)
                : arrival;
    }

    private Arrival range(long start, long end) {
        while (true) {
            ProcessorState before = state();
            Arrival arrival = step();
            if (arrival instanceof Arrival.Reached && isInterrupted(before, state())) {
                arrival = comeBack(before);
            }
            long offset = state().rip() - start;
            if (!(arrival instanceof Arrival.Reached)
                    || Long.compareUnsigned(offset, end - start) >= 0) {
                return arrival;
            }
        }
    }

    private static boolean isInterrupted(ProcessorState before, ProcessorState now) {
        return now.context().startsWith("interrupt") && !now.context().equals(before.context());
    }

    /** To where an interrupt came, in the same routine of the same thread. */
    private Arrival comeBack(ProcessorState before) {
        long stackPointer = before.general().get(4);
        StopPoint goal =
                debugger.add(
                        StopPoint.of(new Trigger.Execute(List.of(before.rip())))
                                .onlyIn(before.thread())
                                .when((_, hit) ->
                                        hit.cause() instanceof Hit.AtAddress at
                                                && at.stackPointer() == stackPointer));
        try {
            Arrival arrival = debugger.go(Direction.FORWARD);
            if (arrival instanceof Arrival.Hits(List<Hit> hits)) {
                Optional<Hit> back =
                        hits.stream().filter(hit -> hit.point() == goal.number()).findFirst();
                if (back.isPresent()) {
                    processor = back.get().cause().processor();
                    return hits.size() == 1
                            ? new Arrival.Reached()
                            : new Arrival.Hits(
                                    hits.stream().filter(hit -> hit != back.get()).toList());
                }
            }
            return arrival;
        } finally {
            debugger.remove(goal.number());
        }
    }

    private Result result(Arrival arrival, boolean stands) {
        return switch (arrival) {
            case Arrival.Reached _ -> stop(arrival, stands ? 0 : 5, "");
            case Arrival.Ended _ -> stop(arrival, 5, "replaylog:end;");
            case Arrival.Beginning _ -> stop(arrival, 5, "replaylog:begin;");
            case Arrival.Halted _ -> stop(arrival, 2, "");
            case Arrival.Trouble(String text) -> told(text, stop(arrival, 5, ""));
            case Arrival.Hits hits -> {
                Optional<GdbPoints.Stop> ours = points.firstOf(hits);
                int who =
                        ours.map(GdbPoints.Stop::processor)
                                .orElse(hits.hits().getFirst().cause().processor());
                boolean device = who < 0 || who >= debugger.inspection().processorCount();
                processor = device ? processor : who;
                Result stop =
                        stop(arrival, 5, ours.map(found -> found.point().reason()).orElse(""));
                yield device ? told("This was no processor: a device did it.", stop) : stop;
            }
        };
    }

    private Result stop(Arrival arrival, int signal, String reason) {
        return new Result(arrival, List.of(reply(signal, processor, reason)), processor);
    }

    private static Result told(String text, Result result) {
        return new Result(
                result.arrival(),
                List.of("O" + PacketText.hex(text + "\n"), result.packets().getLast()),
                result.processor());
    }

    /** A stop reply. */
    static String reply(int signal, int processor, String reason) {
        return "T%02x%sthread:%x;core:%x;".formatted(signal, reason, processor + 1, processor);
    }
}
