package dev.dirql.console.commands;

import dev.dirql.console.ConsoleError;
import dev.dirql.debugger.Arrival;
import dev.dirql.debugger.Debugger;
import dev.dirql.kernel.services.EndlessWalk;
import dev.dirql.machine.MemoryFault;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Function;

/** One command on the thread of the engine: whatever comes of it becomes an answer. */
public final class Work {
    private final CommandTable.Parsed parsed;
    private final View view;
    private final boolean json;

    public Work(CommandTable.Parsed parsed, View view, boolean json) {
        this.parsed = parsed;
        this.view = view;
        this.json = json;
    }

    /** Where a movement ended, and the whole answer. */
    public record Gone(Arrival arrival, String answer) {}

    /** Does what does not let the machine go. */
    public String look(Debugger debugger, Consumer<Call> work) {
        Call call = new Call(debugger, view, parsed.arguments());
        try {
            work.accept(call);
            return Answer.of(call.reply(), json, debugger, view);
        } catch (RuntimeException | StackOverflowError e) {
            return failed(e, debugger);
        }
    }

    /** Lets the machine go. What cannot be done leaves it where it is. */
    public Gone go(Debugger debugger, Function<Call, Arrival> work) {
        Call call = new Call(debugger, view, parsed.arguments());
        try {
            Arrival arrival = work.apply(call);
            StopText.write(call, arrival);
            return new Gone(arrival, Answer.of(call.reply(), json, debugger, view));
        } catch (RuntimeException | StackOverflowError e) {
            return new Gone(new Arrival.Reached(), failed(e, debugger));
        }
    }

    private String failed(Throwable e, Debugger debugger) {
        String why = why(e);
        return Answer.text(json ? Answer.errorJson(why) : "error: " + why + "\n", debugger, view);
    }

    /** What is said of a failure: one sentence, and nothing of how this program is made. */
    public static String why(Throwable e) {
        return switch (e) {
            case ConsoleError error -> String.valueOf(error.getMessage());
            case CancellationException _ -> "Stopped before everything was looked at.";
            case MemoryFault _ -> "There is no memory where a structure of the guest points to.";
            case EndlessWalk endless -> endless.text();
            case IllegalArgumentException error when error.getMessage() != null ->
                    String.valueOf(error.getMessage());
            case StackOverflowError _ -> "The line is nested too deeply.";
            case OutOfMemoryError _ -> "There is not enough memory for that; ask for less.";
            case IllegalStateException error
                    when "the session is closed".equals(error.getMessage()) ->
                    "The session is over.";
            default -> "This is a fault of dirql itself: " + e.getClass().getSimpleName() + ".";
        };
    }
}
