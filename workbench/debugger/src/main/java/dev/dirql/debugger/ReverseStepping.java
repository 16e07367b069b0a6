package dev.dirql.debugger;

import dev.dirql.kernel.images.StackFrame;
import dev.dirql.machine.Machine;
import dev.dirql.store.SymbolTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Steps backwards: the counterpart of {@link Stepping}. It walks back over the steps of a processor
 * or thread, and leaps over what lies between a return and its call.
 */
final class ReverseStepping {
    /** A call is 2 to 7 bytes long: this far before its return address it may begin. */
    private static final int SHORTEST_CALL = 2;

    private static final int LONGEST_CALL = 7;

    /** Numbers of the stop points that steps are made with. */
    private static final int CALL = -1;

    private static final int INTERRUPT = -2;

    private final TimeTravel travel;
    private final Machine machine;
    private final Inspection inspection;
    private final Stepping forwards;
    private final TimeTravel.Acceptance backwards;

    /**
     * @param backwards says which hits of a run backwards count
     */
    ReverseStepping(
            TimeTravel travel,
            Machine machine,
            Inspection inspection,
            Stepping forwards,
            TimeTravel.Acceptance backwards) {
        this.backwards = backwards;
        this.travel = travel;
        this.machine = machine;
        this.inspection = inspection;
        this.forwards = forwards;
    }

    Arrival step(StepKind kind, int processor) {
        Moment from = forwards.now(processor);
        return switch (kind) {
            case INSTRUCTION -> instruction(processor);
            case OVER -> go(over(from, machine.steps()));
            case OUT -> out(from);
            case LINE_INTO -> line(from, true);
            case LINE_OVER -> line(from, false);
        };
    }

    private Arrival go(Optional<Moment> to) {
        if (to.isEmpty()) {
            travel.travel(0);
            return new Arrival.Beginning();
        }
        return travel.travel(to.get().position());
    }

    /** Undoes the last step of a processor. */
    private Arrival instruction(int number) {
        return go(new Trail(travel, machine, machine.steps(), 1L << number, _ -> true).next());
    }

    /** The last instruction of a thread that was begun before a position, on any processor. */
    private Optional<Moment> stepBefore(Moment from, long position) {
        return new Trail(
                        travel,
                        machine,
                        position,
                        allProcessors(),
                        step -> step.thread() == from.thread() && !step.secondHalf())
                .next();
    }

    private long allProcessors() {
        int count = machine.processorCount();
        return count == 64 ? -1L : (1L << count) - 1;
    }

    /**
     * The instruction of a thread before a moment: if that is a return from a call, the call; if
     * that is the end of an interrupt, what the thread did before the interrupt.
     */
    private Optional<Moment> over(Moment from, long position) {
        Optional<Moment> last = stepBefore(from, position);
        if (last.isEmpty() || !leavesCode(last.get(), from)) {
            return last;
        }
        // A thread that begins was not called.
        return lastInFrame(from, last.get().position()).or(() -> last);
    }

    /** Whether a step came from a routine that was called, or from an interrupt. */
    private boolean leavesCode(Moment step, Moment to) {
        if (machine.isService(step.rip()) != machine.isService(to.rip())) {
            return true;
        }
        return step.stackPointer() < to.stackPointer() && isReturn(step);
    }

    private boolean isReturn(Moment step) {
        byte[] code = inspection.memory(step.processor(), step.rip(), 2);
        int at = code.length > 1 && (code[0] & 0xFF) == 0xF3 ? 1 : 0;
        int opcode = code.length > at ? code[at] & 0xFF : 0;
        return opcode == 0xC3 || opcode == 0xC2;
    }

    /**
     * What a thread did before it came back to a place of its stack: the call that returned there,
     * or, if an interrupt was the last thing that returned there, what it did before that.
     */
    private Optional<Moment> lastInFrame(Moment from, long position) {
        travel.travel(position);
        List<Long> addresses = new ArrayList<>();
        for (int length = SHORTEST_CALL; length <= LONGEST_CALL; length++) {
            addresses.add(from.rip() - length);
        }
        StopPoint call =
                StopPoint.of(new Trigger.Execute(addresses))
                        .withNumber(CALL)
                        .onlyIn(from.thread())
                        .when((_, hit) -> Stepping.isAt(hit, from.stackPointer()));
        StopPoint interrupt =
                StopPoint.of(new Trigger.Happen(interruptAt(from.rip())))
                        .withNumber(INTERRUPT)
                        .onlyIn(from.thread());
        Arrival arrival = travel.backward(List.of(call, interrupt), backwards);
        if (!(arrival instanceof Arrival.Hits(List<Hit> hits))) {
            return Optional.empty();
        }
        Hit hit = hits.getLast();
        if (hit.cause() instanceof Hit.AtAddress at) {
            return Optional.of(
                    new Moment(
                            hit.before(),
                            at.processor(),
                            at.thread(),
                            at.address(),
                            at.stackPointer(),
                            false,
                            false,
                            0));
        }
        return over(from, hit.before());
    }

    private static EventFilter interruptAt(long address) {
        return new EventFilter(Set.of("InterruptTaken"), Map.of("interrupted", address), Map.of());
    }

    /** To the call of the routine that a thread is in. */
    private Arrival out(Moment from) {
        long position = machine.steps();
        List<StackFrame> frames = inspection.stack(from.processor()).frames();
        if (frames.size() < 2) {
            return go(over(from, position));
        }
        StackFrame caller = frames.get(1);
        Moment returned =
                new Moment(
                        position,
                        from.processor(),
                        from.thread(),
                        caller.ip(),
                        caller.stackPointer(),
                        false,
                        false,
                        0);
        return go(lastInFrame(returned, position));
    }

    /** To the first instruction of the line before. */
    private Arrival line(Moment from, boolean into) {
        Optional<SymbolTable.Location> start = forwards.source(from.rip());
        if (start.isEmpty()) {
            return into ? instruction(from.processor()) : go(over(from, machine.steps()));
        }
        Optional<Moment> found = Optional.empty();
        Optional<SymbolTable.Location> line = Optional.empty();
        Moment at = from;
        long position = machine.steps();
        while (true) {
            Optional<Moment> before = into ? intoSource(at, position) : over(at, position);
            Optional<SymbolTable.Location> here =
                    before.flatMap(step -> forwards.source(step.rip()));
            if (before.isEmpty() || here.isEmpty()) {
                return go(found.isPresent() ? found : before);
            }
            if (line.isPresent() && !isSame(line.get(), here.get())) {
                return go(found);
            }
            at = before.get();
            position = at.position();
            found = before;
            line = here;
        }
    }

    private Optional<Moment> intoSource(Moment from, long position) {
        Optional<Moment> last = stepBefore(from, position);
        boolean hasSource = last.flatMap(step -> forwards.source(step.rip())).isPresent();
        return hasSource || last.isEmpty() ? last : lastInFrame(from, last.get().position());
    }

    private static boolean isSame(SymbolTable.Location a, SymbolTable.Location b) {
        return a.line() == b.line() && a.file().equals(b.file()) && a.symbol().equals(b.symbol());
    }
}
