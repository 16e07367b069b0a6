package dev.dirql.console;

import dev.dirql.console.commands.Answer;
import dev.dirql.console.commands.Call;
import dev.dirql.console.commands.Command;
import dev.dirql.console.commands.Command.Action;
import dev.dirql.console.commands.CommandTable;
import dev.dirql.console.commands.CompletionText;
import dev.dirql.console.commands.HelpText;
import dev.dirql.console.commands.View;
import dev.dirql.console.commands.Work;
import dev.dirql.debugger.Arrival;
import dev.dirql.debugger.DebugSession;
import dev.dirql.debugger.Debugger;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One client of a console. A line in, an answer out: its lines, and a last one that begins with
 * {@code >} and says where the machine stands. News come in between, each a line that begins with
 * {@code *}.
 */
public final class ConsoleClientSeat implements AutoCloseable {
    /** What the last prompt of a session says in place of a position. */
    public static final String OVER = "over";

    private static final String JSON = "--json";

    private final ConsoleRoom room;
    private final int number;
    private final Consumer<String> news;
    private final View view = new View();
    private final AtomicInteger atWork = new AtomicInteger();
    private volatile boolean left;

    ConsoleClientSeat(ConsoleRoom room, int number, Consumer<String> news) {
        this.room = room;
        this.number = number;
        this.news = news;
    }

    String name() {
        return "client " + number;
    }

    boolean isAtWork() {
        return atWork.get() > 0;
    }

    void tell(String text) {
        news.accept(Answer.NEWS + text.replace('\n', ' ') + "\n");
    }

    /** Stops the machine if it goes, at once; line("break") does so in its turn. */
    public void halt() {
        if (room.session().isRunning()) {
            room.session().halt();
        }
    }

    /** What is sent before the first line is read. */
    public CompletableFuture<String> greeting() {
        return room.session()
                .ask(debugger ->
                        Answer.text(
                                "dirql, "
                                        + debugger.run().scenario()
                                        + ", "
                                        + (debugger.inspection().processorCount() == 1
                                                ? "1 processor. "
                                                : debugger.inspection().processorCount()
                                                        + " processors. ")
                                        + (room.drives(this)
                                                ? "You drive."
                                                : "Another one drives; take over with: drive")
                                        + "\nType help for the commands.\n",
                                debugger,
                                view));
    }

    /**
     * Does what a line says. It never fails: what cannot be done is said in the answer.
     *
     * @return the whole answer
     */
    public CompletableFuture<String> line(String text) {
        String line = text.strip();
        boolean json = line.endsWith(JSON) && isWord(line, line.length() - JSON.length());
        if (json) {
            line = line.substring(0, line.length() - JSON.length()).strip();
        }
        try {
            return answer(line, json);
        } catch (ConsoleError e) {
            return refused(String.valueOf(e.getMessage()), json);
        }
    }

    private static boolean isWord(String line, int start) {
        return start == 0 || line.charAt(start - 1) <= ' ';
    }

    private CompletableFuture<String> refused(String why, boolean json) {
        String body = json ? Answer.errorJson(why) : "error: " + why + "\n";
        if (room.session().isRunning()) {
            return CompletableFuture.completedFuture(Answer.withPrompt(body, "running"));
        }
        return asked(room.session().ask(debugger -> Answer.text(body, debugger, view)), json);
    }

    private CompletableFuture<String> said(String body, boolean json) {
        String shown = json ? Answer.linesJson(body) : body;
        if (room.session().isRunning()) {
            return CompletableFuture.completedFuture(Answer.withPrompt(shown, "running"));
        }
        return asked(room.session().ask(debugger -> Answer.text(shown, debugger, view)), json);
    }

    /** An answer at last, whatever happened. */
    private static CompletableFuture<String> asked(CompletableFuture<String> answer, boolean json) {
        return answer.exceptionally(e -> {
            Throwable cause =
                    e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
            String why = Work.why(cause);
            return Answer.withPrompt(json ? Answer.errorJson(why) : "error: " + why + "\n", "?");
        });
    }

    private CompletableFuture<String> answer(String line, boolean json) {
        int blank = line.indexOf(' ');
        String first = blank < 0 ? line : line.substring(0, blank);
        String rest = blank < 0 ? "" : line.substring(blank).strip();
        return switch (first) {
            case "" -> said("", json);
            case "help", "?help" -> said(HelpText.of(room.commands(), rest), json);
            case "break" -> {
                room.session().halt();
                yield said(room.session().isRunning() ? "" : "The machine stands.\n", json);
            }
            case "drive" -> {
                room.drive(this);
                yield said("You drive.\n", json);
            }
            case "clients" -> said(clients(), json);
            case "q" -> {
                requireDriver();
                room.quit();
                yield CompletableFuture.completedFuture(
                        Answer.withPrompt(
                                json
                                        ? Answer.linesJson("The session ends.\n")
                                        : "The session ends.\n",
                                OVER));
            }
            case ".complete" -> complete(rest, json);
            default -> machine(line, json);
        };
    }

    private String clients() {
        StringBuilder text = new StringBuilder();
        for (ConsoleClientSeat seat : room.seats()) {
            text.append(seat.name())
                    .append(room.drives(seat) ? "  drives" : "  follows")
                    .append(seat == this ? "  (you)" : "")
                    .append('\n');
        }
        return text.toString();
    }

    private void requireDriver() {
        Optional<ConsoleClientSeat> other = room.otherDriver(this);
        if (other.isPresent()) {
            throw new ConsoleError(
                    other.get().name() + " drives, and you follow. Take over with: drive");
        }
    }

    private CompletableFuture<String> complete(String buffer, boolean json) {
        if (room.session().isRunning()) {
            List<String> names = CompletionText.names(room.commands(), buffer);
            return said(String.join("\n", names) + (names.isEmpty() ? "" : "\n"), json);
        }
        return asked(
                room.session()
                        .ask(debugger -> {
                            List<String> found =
                                    CompletionText.of(room.commands(), debugger, buffer);
                            String body = String.join("\n", found) + (found.isEmpty() ? "" : "\n");
                            return Answer.text(
                                    json ? Answer.linesJson(body) : body, debugger, view);
                        }),
                json);
    }

    private CompletableFuture<String> machine(String line, boolean json) {
        CommandTable.Parsed parsed = room.commands().parse(line);
        Command command = parsed.command();
        DebugSession session = room.session();
        Work work = new Work(parsed, view, json);
        CompletableFuture<String> answer =
                switch (command.action()) {
                    case Action.Look(var look) ->
                            session.ask(debugger -> work.look(debugger, look));
                    case Action.Change(var change) -> {
                        boolean looks =
                                command.name().equals("r") && !parsed.arguments().contains("=");
                        if (looks) {
                            yield session.ask(debugger -> work.look(debugger, change));
                        }
                        requireDriver();
                        room.tellOthers(this, name() + ": " + line);
                        atWork.incrementAndGet();
                        yield session.change(debugger -> work.look(debugger, change))
                                .whenComplete((_, _) -> atWork.decrementAndGet());
                    }
                    case Action.Go(var go) -> {
                        requireDriver();
                        room.tellOthers(this, name() + ": " + line);
                        atWork.incrementAndGet();
                        yield going(session, work, go)
                                .whenComplete((_, _) -> atWork.decrementAndGet());
                    }
                };
        return asked(answer, json);
    }

    /** Goes, and then says where the machine stands: no request of another one comes between. */
    private static CompletableFuture<String> going(
            DebugSession session, Work work, Function<Call, Arrival> go) {
        StringBuilder answer = new StringBuilder();
        return session.go(
                        (Debugger debugger) -> {
                            Work.Gone gone = work.go(debugger, go);
                            answer.append(gone.answer());
                            return gone.arrival();
                        })
                .thenApply(_ -> answer.toString());
    }

    /** The client is gone. If the machine goes because of it, it stops. */
    @Override
    public void close() {
        if (left) {
            return;
        }
        left = true;
        if (isAtWork()) {
            room.session().halt();
        }
        room.leave(this);
    }
}
