package dev.dirql.console.commands;

import dev.dirql.console.ConsoleError;
import dev.dirql.debugger.Arrival;
import dev.dirql.debugger.Direction;
import dev.dirql.debugger.EventFilter;
import dev.dirql.debugger.StepKind;
import dev.dirql.debugger.Trigger;
import dev.dirql.simulation.RunPosition;
import java.util.List;
import java.util.Optional;

/** Commands that let the machine go, forwards and backwards. */
final class MoveCommands {
    private static final long STEPS_MAXIMUM = 100_000;

    private MoveCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of(
                                "g",
                                "[ADDRESS]",
                                "go on to the next stop, or to an address",
                                Command.go(call -> go(call, Direction.FORWARD)))
                        .with(Command.Completion.SYMBOLS)
                        .help(
                                """
                                Goes on until a stop point is hit, the run is over or somebody says
                                break. With an address it stops there too, whichever processor
                                comes by.
                                """),
                Command.of(
                                "g-",
                                "[ADDRESS]",
                                "go back to the last stop, or to an address",
                                Command.go(call -> go(call, Direction.BACKWARD)))
                        .with(Command.Completion.SYMBOLS)
                        .help(
                                """
                                Goes back to the last hit of a stop point, to the beginning of the
                                run if there is none. It stands before the step that is the hit: at
                                a watchpoint before the write.
                                """),
                step("p", "step over", Direction.FORWARD, StepKind.OVER, StepKind.LINE_OVER),
                step("p-", "step back over", Direction.BACKWARD, StepKind.OVER, StepKind.LINE_OVER),
                step("t", "step into", Direction.FORWARD, StepKind.INSTRUCTION, StepKind.LINE_INTO),
                step(
                        "t-",
                        "step back into",
                        Direction.BACKWARD,
                        StepKind.INSTRUCTION,
                        StepKind.LINE_INTO),
                Command.of(
                                "gu",
                                "",
                                "go up: on to where this routine returns to",
                                Command.go(call -> out(call, Direction.FORWARD)))
                        .help("Of the thread that the processor executes; others go on meanwhile."),
                Command.of(
                        "gu-",
                        "",
                        "go back to the call of this routine",
                        Command.go(call -> out(call, Direction.BACKWARD))),
                Command.of(
                                "ge",
                                "KIND [FIELD=VALUE …]",
                                "go on to the next event of a kind",
                                Command.go(call -> event(call, Direction.FORWARD)))
                        .with(Command.Completion.EVENTS)
                        .help("As bev, once. Kinds: see help bev."),
                Command.of(
                                "ge-",
                                "KIND [FIELD=VALUE …]",
                                "go back to the last event of a kind",
                                Command.go(call -> event(call, Direction.BACKWARD)))
                        .with(Command.Completion.EVENTS)
                        .help("Stands before the step that gave rise to the event."),
                Command.of("!tt", "POSITION", "travel in time", Command.go(MoveCommands::travel))
                        .help(
                                """
                                To an event and steps behind it, in hex as positions are shown
                                (!tt 1A0:12F, !tt 1A0:0), to a time (!tt 1.5ms, 300us, 20ns), or to
                                a percentage of what was executed up to now (!tt 0 is the beginning,
                                !tt 50 the middle, !tt 100 the furthest place visited). No stop
                                point stops it.
                                """),
                Command.of(
                        "l+t",
                        "",
                        "p and t step source lines from now on",
                        Command.look(call -> lines(call, true))),
                Command.of(
                        "l-t",
                        "",
                        "p and t step instructions from now on",
                        Command.look(call -> lines(call, false))));
    }

    private static Command step(
            String name, String what, Direction direction, StepKind instruction, StepKind line) {
        return Command.of(
                        name,
                        "[COUNT]",
                        what + ": an instruction, or a line after l+t",
                        Command.go(call -> step(call, direction, instruction, line)))
                .help(
                        """
                        Of the processor that is looked at; the others run as they do. Over: a call,
                        and an interrupt that comes before the instruction, is done as a whole.
                        """);
    }

    private static Arrival go(Call call, Direction direction) {
        Optional<Long> address = call.optional();
        call.arguments().end();
        return call.debugger()
                .go(
                        direction,
                        address.<List<Trigger>>map(at -> List.of(new Trigger.Execute(List.of(at))))
                                .orElse(List.of()));
    }

    private static Arrival event(Call call, Direction direction) {
        EventFilter filter = EventArguments.filter(call);
        return call.debugger().go(direction, List.of(new Trigger.Happen(filter)));
    }

    private static Arrival step(
            Call call, Direction direction, StepKind instruction, StepKind line) {
        long count = call.optional().orElse(1L);
        call.arguments().end();
        if (count < 1 || count > STEPS_MAXIMUM) {
            throw new ConsoleError(
                    "0x%x steps: the count is from 1 to 0x%x.".formatted(count, STEPS_MAXIMUM));
        }
        StepKind kind = call.view().sourceLines ? line : instruction;
        Arrival arrival = new Arrival.Reached();
        for (long i = 0; i < count && arrival instanceof Arrival.Reached; i++) {
            arrival = call.debugger().step(kind, call.view().processor, direction);
        }
        return arrival;
    }

    private static Arrival out(Call call, Direction direction) {
        call.arguments().end();
        return call.debugger().step(StepKind.OUT, call.view().processor, direction);
    }

    private static Arrival travel(Call call) {
        String text =
                call.arguments()
                        .word()
                        .orElseThrow(() ->
                                new ConsoleError(
                                        "Where to? To a position as in !tt 1A0:12F, a time as in"
                                                + " !tt 1.5ms, or a percentage as in !tt 50."));
        call.arguments().end();
        return travel(call, text);
    }

    /** Goes where a position, a time or a percentage says. */
    static Arrival travel(Call call, String text) {
        Optional<RunPosition> position = Positions.read(text);
        return position.map(to -> call.debugger().goTo(to))
                .orElseGet(() ->
                        call.debugger()
                                .goTo(
                                        Math.round(
                                                call.debugger().frontier()
                                                        * (Positions.percent(text) / 100))));
    }

    private static void lines(Call call, boolean on) {
        call.arguments().end();
        call.view().sourceLines = on;
        call.reply()
                .line(on ? "p and t step source lines." : "p and t step instructions.")
                .put("source_lines", on);
    }
}
