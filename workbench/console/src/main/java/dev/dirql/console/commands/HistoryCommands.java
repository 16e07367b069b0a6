package dev.dirql.console.commands;

import dev.dirql.console.ConsoleError;
import dev.dirql.debugger.Access;
import dev.dirql.debugger.Arrival;
import dev.dirql.debugger.Branch;
import dev.dirql.debugger.Chronicle.DecisionRecord;
import dev.dirql.debugger.Edit;
import dev.dirql.debugger.EventFilter;
import dev.dirql.debugger.Hit;
import dev.dirql.debugger.Position;
import dev.dirql.debugger.ProcessorState;
import dev.dirql.debugger.Trigger;
import dev.dirql.simulation.view.EventFields;
import dev.dirql.simulation.view.EventJson;
import dev.dirql.simulation.view.EventText;
import dev.dirql.simulation.view.Texts;
import dev.dirql.store.TraceRecord.EventRecord;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Time, and what happened in it. */
final class HistoryCommands {
    private static final int EVENTS_MAXIMUM = 2000;
    private static final int BOOKMARKS_MAXIMUM = 1000;

    /** Positions by name: of everybody who shares the machine. */
    private final Map<String, Position> bookmarks = new TreeMap<>();

    List<Command> all() {
        return List.of(
                Command.of(
                        "!positions",
                        "",
                        "show where the machine and its processors stand",
                        Command.look(HistoryCommands::positions)),
                Command.of(
                                ".bookmark",
                                "[NAME]",
                                "name this position, or list names",
                                Command.change(this::bookmark))
                        .help("Travel to one with .goto NAME."),
                Command.of(
                        ".goto",
                        "NAME",
                        "travel to a bookmark",
                        Command.go(call -> {
                            Position to = named(call);
                            return call.debugger().goTo(to.steps());
                        })),
                Command.of(
                        ".step",
                        "STEP",
                        "travel to a step, as !wherefrom names it",
                        Command.go(call -> {
                            long step = call.argument("A step");
                            call.arguments().end();
                            return call.debugger().goTo(Math.max(0, step));
                        })),
                Command.of(
                                "!events",
                                "[-k KIND] [COUNT]",
                                "show the last events before here",
                                Command.look(HistoryCommands::events))
                        .with(Command.Completion.EVENTS)
                        .help("The last 20, or a COUNT (hex) of them, of one kind or of all."),
                Command.of(
                                "!wherefrom",
                                "[-s SIZE] ADDRESS",
                                "who wrote this memory last, and when",
                                Command.look(HistoryCommands::whereFrom))
                        .with(Command.Completion.SYMBOLS)
                        .help(
                                """
                                Goes back to the last write of those bytes (8 without -s), a
                                processor's or a device's, says who it was, and comes back.
                                """),
                Command.of(
                                "!decisions",
                                "[COUNT]",
                                "show the last decisions before here, and the next",
                                Command.look(HistoryCommands::decisions))
                        .help(
                                """
                                Whatever hardware or Windows leaves open is decided here: who runs
                                next, when an interrupt arrives, who gets a lock. Choice 0 is the
                                default. +0 is the next decision: .decide 0 1 takes another one.
                                """),
                Command.of(
                                ".decide",
                                "AHEAD CHOICE",
                                "take another decision, as a branch",
                                Command.change(HistoryCommands::decide))
                        .help("AHEAD as !decisions shows it with a plus sign; both hex."),
                Command.of(
                        ".branch",
                        "",
                        "list the branches of history, and what was changed",
                        Command.look(HistoryCommands::branches)),
                Command.of(
                        ".drop",
                        "",
                        "forget the innermost branch, and go back to where it began",
                        Command.change(HistoryCommands::drop)));
    }

    /** The position right behind an event, as !tt takes it. */
    static String position(long sequence) {
        return String.format(Locale.ROOT, "%X:0", sequence);
    }

    private static void positions(Call call) {
        call.arguments().end();
        Position here = call.debugger().position();
        call.reply()
                .line(
                        "%s  %s, %s steps%s",
                        here.hex(),
                        Texts.moment(here.timeNs()),
                        Texts.count(here.steps()),
                        here.branch() == 0 ? "" : ", on branch " + here.branch())
                .put("position", here.hex())
                .put("time_ns", here.timeNs())
                .put("steps", here.steps())
                .put("branch", here.branch())
                .put("furthest_steps", call.debugger().frontier());
        Reply.Table table =
                call.reply().table("processors", " ", "cpu", ">clock", ">steps", "runs", "at");
        for (int i = 0; i < call.inspection().processorCount(); i++) {
            ProcessorState state = call.inspection().processor(i);
            table.row(
                    i == call.view().processor ? ">" : " ",
                    i,
                    Texts.moment(state.clockNs()),
                    Texts.count(state.steps()),
                    StateCommands.runs(state),
                    call.place(state.rip()));
        }
        table.end("");
    }

    private void bookmark(Call call) {
        Optional<String> name = call.arguments().word();
        call.arguments().end();
        if (name.isPresent()) {
            if (bookmarks.size() >= BOOKMARKS_MAXIMUM || name.get().length() > 100) {
                throw new ConsoleError("That are too many bookmarks, or the name is too long.");
            }
            bookmarks.put(name.get(), call.debugger().position());
        }
        Reply.Table table = call.reply().table("bookmarks", "name", "position", ">time");
        bookmarks.forEach((known, at) -> table.row(known, at.hex(), Texts.moment(at.timeNs())));
        table.end("There are no bookmarks.");
    }

    private Position named(Call call) {
        String name =
                call.arguments().word().orElseThrow(() -> new ConsoleError("A name is missing."));
        call.arguments().end();
        Position found = bookmarks.get(name);
        if (found == null) {
            throw new ConsoleError("There is no bookmark " + name + ".");
        }
        return found;
    }

    private static void events(Call call) {
        EventFilter filter = new EventFilter(Set.of(), Map.of(), Map.of());
        if (call.arguments().take("-k")) {
            String kind = call.arguments().word().orElse("");
            filter =
                    EventFields.kinds().stream()
                            .filter(known -> known.equalsIgnoreCase(kind))
                            .findFirst()
                            .map(EventFilter::of)
                            .orElseThrow(() ->
                                    new ConsoleError(
                                            "There is no kind of event '"
                                                    + kind
                                                    + "': see help bev."));
        }
        long count = call.optional().orElse(20L);
        call.arguments().end();
        if (count < 1 || count > EVENTS_MAXIMUM) {
            throw new ConsoleError("The count is from 1 to %x.".formatted(EVENTS_MAXIMUM));
        }
        long here = call.debugger().position().steps();
        List<EventRecord> found = call.debugger().chronicle().events(0, here, filter, (int) count);
        EventText names = new EventText(call.run().symbols());
        EventJson json = new EventJson(call.run().symbols());
        var list = call.reply().data().putArray("events");
        for (EventRecord event : found) {
            call.reply()
                    .line(
                            "%6X:0 %s",
                            event.stamp().sequence(),
                            names.line(event.stamp(), event.event()).substring(8));
            list.add(json.object(event.stamp(), event.event()));
        }
        if (found.isEmpty()) {
            call.reply().line("There was none up to here.");
        }
    }

    private static void whereFrom(Call call) {
        long size = 8;
        if (call.arguments().take("-s")) {
            size = call.argument("The size");
        }
        long address = call.argument("An address");
        call.arguments().end();
        if (size < 1 || size > 0x1000) {
            throw new ConsoleError("The size is from 1 to 1000 bytes.");
        }
        Trigger.Memory watched =
                call.inspection()
                        .watch(call.view().processor, address, (int) size, Access.WRITE)
                        .orElseThrow(() ->
                                new ConsoleError(
                                        "There is no memory at " + Address.text(address) + "."));
        Optional<Hit> found = call.debugger().chronicle().last(watched);
        call.reply().put("found", found.isPresent());
        if (found.isEmpty()) {
            call.reply()
                    .line(
                            "%s was not written since the beginning of the run.",
                            Address.text(address));
            return;
        }
        Hit hit = found.get();
        if (hit.cause() instanceof Hit.Accessed access) {
            String who = StopText.who(access.processor());
            long after = access.after();
            call.reply().line("%s was last written by %s:", name(call, address), who);
            call.reply()
                    .line(
                            "  %s  %x -> %x",
                            access.processor() < 0 ? "(a device)" : call.place(access.code()),
                            access.before(),
                            after);
            if (access.processor() >= 0) {
                callers(call, access.processor(), hit.before());
            }
            call.reply()
                    .line(
                            "  in %s; see it with: .step %x",
                            access.thread() == 0 ? "no thread" : call.thread(access.thread()),
                            hit.before())
                    .put("cpu", access.processor())
                    .put("code", new Address(access.code()))
                    .put("code_name", call.place(access.code()))
                    .put("before", new Address(access.before()))
                    .put("after", new Address(access.after()))
                    .put("step", hit.before());
        }
    }

    /** Who called the code that a processor was about to execute at a step. */
    private static void callers(Call call, int processor, long step) {
        long here = call.debugger().position().steps();
        Arrival _ = call.debugger().goTo(step);
        var frames = call.inspection().stack(processor).frames();
        Arrival _ = call.debugger().goTo(here);
        var list = call.reply().data().putArray("callers");
        frames.stream()
                .skip(1)
                .limit(6)
                .forEach(frame -> {
                    call.reply().line("    called by %s", call.place(frame.ip()));
                    list.add(call.place(frame.ip()));
                });
    }

    private static String name(Call call, long address) {
        String known = call.known(address);
        return known.isEmpty() ? Address.text(address) : known;
    }

    private static void decisions(Call call) {
        long count = call.optional().orElse(10L);
        call.arguments().end();
        if (count < 1 || count > EVENTS_MAXIMUM) {
            throw new ConsoleError("The count is from 1 to %x.".formatted(EVENTS_MAXIMUM));
        }
        long here = call.debugger().position().steps();
        List<DecisionRecord> found = call.debugger().chronicle().decisions(0, here, (int) count);
        Reply.Table table =
                call.reply()
                        .table("decisions", ">number", ">step", "kind", "cpu", "choice", "where");
        for (DecisionRecord record : found) {
            var made = record.decision();
            table.row(
                    made.ordinal(),
                    record.steps(),
                    made.kind().name().toLowerCase(Locale.ROOT),
                    Texts.processor(made.processor()),
                    made.choice()
                            + " of "
                            + made.alternatives()
                            + (made.steered() ? " (yours)" : ""),
                    made.place().context());
        }
        table.end("Nothing was to be decided up to here.");
        call.reply()
                .line(
                        "%s were asked up to here; the next one is +0 for .decide.",
                        Texts.count(call.run().decisions().asked()))
                .put("asked", call.run().decisions().asked());
    }

    private static void decide(Call call) {
        long ahead = call.argument("AHEAD");
        long choice = call.argument("CHOICE");
        call.arguments().end();
        if (ahead < 0 || choice < 0 || choice > Integer.MAX_VALUE) {
            throw new ConsoleError("AHEAD and CHOICE are small numbers.");
        }
        call.debugger().edit(new Edit.Decision(ahead, (int) choice));
        call.reply()
                .line(
                        "Decision +%x takes choice %x, if it is offered. The run goes on from here"
                                + " as a branch; .drop forgets it.",
                        ahead, choice);
    }

    private static void branches(Call call) {
        call.arguments().end();
        List<Branch> branches = call.debugger().branches();
        var list = call.reply().data().putArray("branches");
        int number = 1;
        for (Branch branch : branches) {
            call.reply().line("branch %d, from step %s", number, Texts.count(branch.from()));
            var object = list.addObject().put("number", number).put("from", branch.from());
            var edits = object.putArray("edits");
            for (Edit edit : branch.edits()) {
                String text = text(call, edit);
                call.reply().line("  %s", text);
                edits.add(text);
            }
            number++;
        }
        if (branches.isEmpty()) {
            call.reply().line("Nothing was changed: this is the run as it is.");
        }
    }

    private static String text(Call call, Edit edit) {
        return switch (edit) {
            case Edit.Memory(_, long address, byte[] bytes) ->
                    "%s at %s".formatted(Texts.plural(bytes.length, "byte"), name(call, address));
            case Edit.PhysicalMemory(long address, byte[] bytes) ->
                    "%s at physical 0x%x".formatted(Texts.plural(bytes.length, "byte"), address);
            case Edit.Register(int processor, var register, long value) ->
                    "cpu%d %s=%x".formatted(processor, StateCommands.name(register), value);
            case Edit.Decision(long ahead, int choice) ->
                    "decision +%x takes choice %x".formatted(ahead, choice);
        };
    }

    private static void drop(Call call) {
        call.arguments().end();
        if (!call.debugger().dropBranch()) {
            throw new ConsoleError("There is no branch.");
        }
        call.reply()
                .line("The branch is forgotten; back at %s.", call.debugger().position().hex())
                .put("position", call.debugger().position().hex());
    }
}
