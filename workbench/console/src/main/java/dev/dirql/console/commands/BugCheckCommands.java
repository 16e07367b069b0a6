package dev.dirql.console.commands;

import dev.dirql.events.Finding;
import dev.dirql.simulation.figures.BugCheckFigures;
import dev.dirql.simulation.figures.FindingFigures;
import dev.dirql.simulation.view.Texts;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What went wrong: bug checks and findings. */
final class BugCheckCommands {
    private BugCheckCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of(
                        ".bugcheck",
                        "",
                        "show the bug check's code and arguments",
                        Command.look(BugCheckCommands::code)),
                Command.of(
                                "!analyze",
                                "[-v]",
                                "say what went wrong",
                                Command.look(BugCheckCommands::analyze))
                        .help(
                                """
                                The bug check, and every finding up to now with the places that it
                                speaks of. -v adds positions to travel to and the call stack.
                                """));
    }

    private static void code(Call call) {
        call.arguments().end();
        Optional<BugCheckFigures> bugCheck = call.run().figures().bugCheck();
        call.reply().put("bug_check", bugCheck.isPresent());
        bugCheck.ifPresentOrElse(
                found -> {
                    call.reply().line("Bugcheck code %08X", found.code());
                    call.reply().line("Arguments %s", arguments(found));
                    data(call, found);
                },
                () -> call.reply().line("There was no bug check up to here."));
    }

    private static void data(Call call, BugCheckFigures found) {
        call.reply()
                .put("code", Texts.address(found.code() & 0xFFFF_FFFFL))
                .put("name", found.name());
        var parameters = call.reply().data().putArray("arguments");
        found.parameters().forEach(parameter -> parameters.add(Texts.address(parameter)));
        var meanings = call.reply().data().putArray("meanings");
        found.meanings().forEach(meanings::add);
    }

    private static String arguments(BugCheckFigures found) {
        StringBuilder text = new StringBuilder();
        for (long parameter : found.parameters()) {
            text.append(text.isEmpty() ? "" : " ").append(Address.text(parameter));
        }
        return text.toString();
    }

    /** {@code *** Fatal System Error: 0x000000c4 (0x…,0x…,0x…,0x…)}. */
    static String fatal(BugCheckFigures found) {
        StringBuilder text = new StringBuilder();
        for (long parameter : found.parameters()) {
            text.append(text.isEmpty() ? "" : ",")
                    .append(String.format(Locale.ROOT, "0x%016x", parameter));
        }
        return String.format(
                Locale.ROOT, "*** Fatal System Error: 0x%08x (%s)", found.code(), text);
    }

    private static void analyze(Call call) {
        boolean verbose = call.arguments().take("-v");
        call.arguments().end();
        Reply reply = call.reply();
        Optional<BugCheckFigures> bugCheck = call.run().figures().bugCheck();
        bugCheck.ifPresent(found -> bugCheck(call, found, verbose));
        List<FindingFigures> findings = call.run().figures().findings();
        var list = reply.data().putArray("findings");
        for (FindingFigures figures : findings) {
            Finding finding = figures.finding();
            reply.line("");
            reply.line(
                    "%s%s: %s",
                    finding.rule(),
                    finding.id().isEmpty() ? "" : " (" + finding.id() + ")",
                    finding.message());
            var object = list.addObject();
            object.put("rule", finding.rule())
                    .put("id", finding.id())
                    .put("message", finding.message())
                    .put("position", HistoryCommands.position(figures.sequence()))
                    .put("count", figures.count());
            var places = object.putArray("places");
            for (Finding.Place place : finding.places()) {
                long sequence = place.sequence() == 0 ? figures.sequence() : place.sequence();
                reply.line(
                        "  %-10s %s, IRQL %s, %s%s",
                        place.role(),
                        Texts.processor(place.processor()),
                        Irqls.text(place.irql()),
                        call.place(place.address()),
                        verbose ? ", !tt " + HistoryCommands.position(sequence) : "");
                places.addObject()
                        .put("role", place.role())
                        .put("cpu", place.processor())
                        .put("irql", place.irql())
                        .put("address", Texts.address(place.address()))
                        .put("name", call.place(place.address()))
                        .put("position", HistoryCommands.position(sequence));
                if (verbose) {
                    place.stack().forEach(frame -> reply.line("      %s", call.place(frame)));
                }
            }
            if (figures.count() > 1) {
                reply.line(
                        "  %s times, first at %s",
                        Texts.count(figures.count()), HistoryCommands.position(figures.sequence()));
            }
        }
        if (bugCheck.isEmpty() && findings.isEmpty()) {
            reply.line("Nothing went wrong up to here.");
        }
        if (call.debugger().isAtEnd()) {
            String end = EndText.of(call.run());
            reply.line("");
            reply.line(end);
            reply.put("end", end);
        }
    }

    private static void bugCheck(Call call, BugCheckFigures found, boolean verbose) {
        Reply reply = call.reply();
        reply.line("%s (%x)", found.name(), found.code());
        reply.line("Arguments:");
        List<String> meanings = found.meanings();
        int number = 1;
        for (long parameter : found.parameters()) {
            String meaning = number <= meanings.size() ? meanings.get(number - 1) : "";
            String name = call.known(parameter);
            reply.line(
                    "Arg%d: %016x%s%s",
                    number++,
                    parameter,
                    meaning.isEmpty() ? "" : ", " + meaning,
                    name.isEmpty() ? "" : ", " + name);
        }
        reply.line("");
        reply.line("BUGCHECK_CODE:  %x", found.code());
        number = 1;
        for (long parameter : found.parameters()) {
            reply.line("BUGCHECK_P%d: %x", number++, parameter);
        }
        reply.line("PROCESSOR:  cpu%d, IRQL %s", found.processor(), Irqls.text(found.irql()));
        reply.line("SYMBOL_NAME:  %s", call.place(found.address()));
        reply.line("POSITION:  %s", HistoryCommands.position(found.sequence()));
        data(call, found);
        reply.put("cpu", found.processor())
                .put("irql", found.irql())
                .put("symbol", call.place(found.address()))
                .put("position", HistoryCommands.position(found.sequence()));
        if (verbose && call.debugger().isAtEnd()) {
            reply.line("");
            reply.line("STACK_TEXT:");
            StateCommands.show(call, call.inspection().stack(found.processor()), false);
        }
    }
}
