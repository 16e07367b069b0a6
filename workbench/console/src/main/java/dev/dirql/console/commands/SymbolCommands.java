package dev.dirql.console.commands;

import dev.dirql.console.ConsoleError;
import dev.dirql.simulation.view.Texts;
import dev.dirql.store.SymbolTable;
import dev.dirql.store.SymbolTable.LoadedImage;
import dev.dirql.store.SymbolTable.Symbol;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Images and their symbols. */
final class SymbolCommands {
    private static final int SHOWN_MAXIMUM = 2000;

    private SymbolCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of("lm", "", "list loaded images", Command.look(SymbolCommands::images)),
                Command.of(
                                "x",
                                "[IMAGE!]PATTERN",
                                "list symbols",
                                Command.look(SymbolCommands::symbols))
                        .with(Command.Completion.SYMBOLS)
                        .help(
                                "In a pattern * stands for any text, ? for any character: x disk!On*"),
                Command.of(
                                "ln",
                                "ADDRESS",
                                "list the nearest symbols",
                                Command.look(SymbolCommands::nearest))
                        .with(Command.Completion.SYMBOLS));
    }

    private static void images(Call call) {
        call.arguments().end();
        Reply.Table table = call.reply().table("images", "start", "end", "module name", "symbols");
        call.run().symbols().images().stream()
                .sorted((a, b) -> Long.compareUnsigned(a.base(), b.base()))
                .forEach(image ->
                        table.row(
                                new Address(image.base()),
                                new Address(image.base() + image.size()),
                                image.name(),
                                image.symbols().isEmpty()
                                        ? "none"
                                        : Texts.plural(image.symbols().size(), "symbol")
                                                + (image.lines().isEmpty() ? "" : ", lines")));
        table.end("Nothing is loaded.");
    }

    private static void symbols(Call call) {
        String pattern =
                call.arguments()
                        .word()
                        .orElseThrow(() -> new ConsoleError("A pattern is missing."));
        call.arguments().end();
        int mark = pattern.indexOf('!');
        String imagePattern = mark < 0 ? "*" : pattern.substring(0, mark);
        String symbolPattern = pattern.substring(mark + 1);
        var list = call.reply().data().putArray("symbols");
        int shown = 0;
        for (LoadedImage image : call.run().symbols().images()) {
            if (!matches(image.name(), imagePattern)) {
                continue;
            }
            for (Symbol symbol : image.symbols()) {
                if (!matches(symbol.name(), symbolPattern)) {
                    continue;
                }
                if (shown++ == SHOWN_MAXIMUM) {
                    call.reply().line("… and more: use a narrower pattern.");
                    return;
                }
                long address = image.base() + symbol.rva();
                call.reply()
                        .line(
                                "%s %s!%s%s",
                                Address.text(address),
                                image.name(),
                                symbol.name(),
                                symbol.routine() ? "" : " (data)");
                list.addObject()
                        .put("address", Texts.address(address))
                        .put("name", image.name() + "!" + symbol.name())
                        .put("size", symbol.size())
                        .put("routine", symbol.routine());
            }
        }
        if (shown == 0) {
            call.reply().line("No symbol is like %s.", pattern);
        }
    }

    /** Whether a name is like a pattern with * and ?; in time that does not explode. */
    static boolean matches(String name, String pattern) {
        String text = name.toLowerCase(Locale.ROOT);
        String like = pattern.toLowerCase(Locale.ROOT);
        int star = -1;
        int resume = 0;
        int at = 0;
        int in = 0;
        while (at < text.length()) {
            if (in < like.length()
                    && like.charAt(in) != '*'
                    && (like.charAt(in) == '?' || like.charAt(in) == text.charAt(at))) {
                at++;
                in++;
            } else if (in < like.length() && like.charAt(in) == '*') {
                star = in++;
                resume = at;
            } else if (star >= 0) {
                in = star + 1;
                at = ++resume;
            } else {
                return false;
            }
        }
        while (in < like.length() && like.charAt(in) == '*') {
            in++;
        }
        return in == like.length();
    }

    private static void nearest(Call call) {
        long address = call.argument("An address");
        call.arguments().end();
        Optional<SymbolTable.Location> found = call.inspection().locate(address);
        if (found.isEmpty()) {
            call.reply().line("%s lies in no image.", Address.text(address));
            return;
        }
        SymbolTable.Location location = found.get();
        long start = address - location.offset();
        String following =
                next(call, address)
                        .map(next -> "   |  (" + Address.text(next.address) + ")   " + next.name)
                        .orElse("");
        call.reply().line("(%s)   %s%s", Address.text(start), location.text(), following);
        if (location.offset() == 0 && !location.symbol().isEmpty()) {
            call.reply().line("Exact matches:");
            call.reply().line("    %s", location.text());
        }
        if (location.line() != 0) {
            call.reply().line("    %s:%d", location.file(), location.line());
            call.reply().put("line", location.file() + ":" + location.line());
        }
        call.reply()
                .put("symbol", location.text())
                .put("start", new Address(start))
                .put("offset", location.offset());
    }

    private record Next(long address, String name) {}

    private static Optional<Next> next(Call call, long address) {
        for (LoadedImage image : call.run().symbols().images()) {
            if (image.contains(address)) {
                return image.symbols().stream()
                        .filter(symbol -> image.base() + symbol.rva() > address)
                        .findFirst()
                        .map(symbol ->
                                new Next(
                                        image.base() + symbol.rva(),
                                        image.name() + "!" + symbol.name()));
            }
        }
        return Optional.empty();
    }
}
