package dev.dirql.console.commands;

import dev.dirql.debugger.Arrival;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A command of the console, with all that is known of it.
 *
 * @param names what it is called, the usual name first
 * @param arguments what it takes, as {@code [ADDRESS]}; empty for nothing
 * @param summary what it does, in some words
 * @param help more of that, a line or several; may be empty
 * @param completes what its arguments are completed with
 */
public record Command(
        List<String> names,
        String arguments,
        String summary,
        String help,
        Completion completes,
        Action action) {
    public Command {
        names = List.copyOf(names);
    }

    static Command of(String names, String arguments, String summary, Action action) {
        return new Command(
                List.of(names.split(" ")), arguments, summary, "", Completion.NOTHING, action);
    }

    Command with(Completion completion) {
        return new Command(names, arguments, summary, help, completion, action);
    }

    Command help(String text) {
        return new Command(names, arguments, summary, text.strip(), completes, action);
    }

    public String name() {
        return names.getFirst();
    }

    /** {@code bp [/1] ADDRESS}. */
    public String usage() {
        return arguments.isEmpty() ? name() : name() + " " + arguments;
    }

    /** What arguments are completed with. */
    public enum Completion {
        NOTHING,
        SYMBOLS,
        TYPES,
        REGISTERS,
        EVENTS,
        COMMANDS
    }

    /** What a command does to the machine. */
    public sealed interface Action {
        /** It looks at the machine. Going somewhere for that and coming back counts as looking. */
        record Look(Consumer<Call> work) implements Action {}

        /** It changes the present moment or the stop points. */
        record Change(Consumer<Call> work) implements Action {}

        /** It lets the machine go. */
        record Go(Function<Call, Arrival> work) implements Action {}
    }

    static Action look(Consumer<Call> work) {
        return new Action.Look(work);
    }

    static Action change(Consumer<Call> work) {
        return new Action.Change(work);
    }

    static Action go(Function<Call, Arrival> work) {
        return new Action.Go(work);
    }
}
