package dev.dirql.console.commands;

import dev.dirql.console.ConsoleError;
import dev.dirql.console.expressions.Expression;
import dev.dirql.console.expressions.ExpressionReader;
import dev.dirql.console.expressions.SourceLine;
import dev.dirql.debugger.Access;
import dev.dirql.debugger.Condition;
import dev.dirql.debugger.StopPoint;
import dev.dirql.debugger.Trigger;
import dev.dirql.simulation.view.EventFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.WeakHashMap;

/** Breakpoints, watchpoints and stops at events. */
final class StopPointCommands {
    private static final String OPTIONS =
            """
            /1 removes it once it stopped the machine. /c N counts only hits of processor N, /t T
            only those of the thread at T. /w "EXPRESSION" counts a hit only where the expression is
            not 0; it is evaluated for the processor of the hit, and at a watchpoint @$before and
            @$after are what memory held before and behind the access. PASSES: the hit from which on it
            stops, 1 for the first.
            """;

    /** Conditions as they were typed, for bl. */
    private final Map<Condition, String> conditions = new WeakHashMap<>();

    List<Command> all() {
        return List.of(
                Command.of(
                                "bp",
                                "[/1] [/c N] [/t THREAD] [/w \"EXPRESSION\"] ADDRESS [PASSES]",
                                "stop where code is about to be executed",
                                Command.change(this::execute))
                        .with(Command.Completion.SYMBOLS)
                        .help(
                                "An address, a symbol, or a source line in backquotes:"
                                        + " `file:line`. Exports of nt are places too.\n"
                                        + OPTIONS),
                Command.of(
                                "bu",
                                "[/1] [/c N] [/t THREAD] [/w \"EXPRESSION\"] SYMBOL [PASSES]",
                                "as bp",
                                Command.change(this::execute))
                        .with(Command.Completion.SYMBOLS)
                        .help(
                                "Every image is loaded before the first step, so a symbol means"
                                        + " something at once.\n"
                                        + OPTIONS),
                Command.of(
                                "ba",
                                "e|r|w SIZE [/1] [/c N] [/t THREAD] [/w \"EXPRESSION\"] ADDRESS"
                                        + " [PASSES]",
                                "stop when memory is accessed",
                                Command.change(this::access))
                        .with(Command.Completion.SYMBOLS)
                        .help(
                                "e: executed; r: read or written; w: written; by a processor or a"
                                        + " device. The size is any from 1 to 1000 bytes. The"
                                        + " machine stops behind the access, going backwards"
                                        + " before it.\n"
                                        + OPTIONS),
                Command.of(
                                "bev",
                                "KIND [FIELD=VALUE …]",
                                "stop at events of a kind",
                                Command.change(this::event))
                        .with(Command.Completion.EVENTS)
                        .help(
                                "FIELD=VALUE: only events with that value, as in\n"
                                        + "  bev LockContended lock_name=disk.Lock\n"
                                        + "  bev IrqlChanged to=5\n"
                                        + "Kinds: "
                                        + String.join(" ", EventFields.kinds())),
                Command.of("bl", "", "list stop points", Command.look(this::list)),
                Command.of(
                        "bc",
                        "*|NUMBER …",
                        "remove stop points",
                        Command.change(call -> each(call, "removed", this::remove))),
                Command.of(
                        "bd",
                        "*|NUMBER …",
                        "disable stop points",
                        Command.change(call ->
                                each(call, "disabled", (one, point) -> enable(one, point, false)))),
                Command.of(
                        "be",
                        "*|NUMBER …",
                        "enable stop points",
                        Command.change(call ->
                                each(call, "enabled", (one, point) -> enable(one, point, true)))));
    }

    private interface Work {
        void on(Call call, StopPoint point);
    }

    private void remove(Call call, StopPoint point) {
        call.debugger().remove(point.number());
    }

    private void enable(Call call, StopPoint point, boolean on) {
        call.debugger().replace(point.withEnabled(on));
    }

    private void each(Call call, String what, Work work) {
        List<StopPoint> chosen = new ArrayList<>();
        if (call.arguments().isAtEnd()) {
            throw new ConsoleError("Which? A number as bl shows it, or * for all.");
        }
        while (!call.arguments().isAtEnd()) {
            String word = call.arguments().word().orElseThrow();
            if (word.equals("*")) {
                chosen.addAll(call.debugger().stopPoints());
                continue;
            }
            try {
                int number = Integer.parseInt(word);
                chosen.add(
                        call.debugger()
                                .stopPoint(number)
                                .orElseThrow(() ->
                                        new ConsoleError("There is no stop point " + word + ".")));
            } catch (NumberFormatException e) {
                throw new ConsoleError("'" + word + "' is no number of a stop point.");
            }
        }
        var numbers = call.reply().data().putArray(what);
        for (StopPoint point : chosen) {
            work.on(call, point);
            numbers.add(point.number());
            call.reply().line("Stop point %d is %s.", point.number(), what);
        }
    }

    // ---- adding ----

    private void execute(Call call) {
        Options options = options(call);
        options = options.and(options(call));
        add(call, options, new Trigger.Execute(addresses(call)));
    }

    private static List<Long> addresses(Call call) {
        String rest = call.arguments().rest();
        if (rest.startsWith("`")) {
            int end = rest.indexOf('`', 1);
            if (end > 0) {
                List<Long> all =
                        SourceLine.read(rest.substring(1, end)).addresses(call.inspection());
                long _ = call.value(call.arguments().expression());
                return all;
            }
        }
        return List.of(call.argument("An address"));
    }

    private void access(Call call) {
        String word =
                call.arguments()
                        .word()
                        .orElseThrow(() -> new ConsoleError("e, r or w is missing: see help ba."))
                        .toLowerCase(Locale.ROOT);
        String kind = word.isEmpty() ? "" : word.substring(0, 1);
        long size =
                word.length() > 1
                        ? call.value(ExpressionReader.read(word.substring(1)))
                        : call.argument("The size");
        Options options = options(call);
        if (size < 1 || size > 0x1000) {
            throw new ConsoleError("The size is from 1 to 1000 bytes, not 0x%x.".formatted(size));
        }
        switch (kind) {
            case "e" ->
                    add(call, options, new Trigger.Execute(List.of(call.argument("An address"))));
            case "r" -> watch(call, options, (int) size, Access.READ_OR_WRITE);
            case "w" -> watch(call, options, (int) size, Access.WRITE);
            default ->
                    throw new ConsoleError("'" + word + "': write e, r or w and a size, as in w4.");
        }
    }

    private void watch(Call call, Options options, int size, Access access) {
        long address = call.argument("An address");
        Trigger.Memory watched =
                call.inspection()
                        .watch(call.view().processor, address, size, access)
                        .orElseThrow(() ->
                                new ConsoleError(
                                        "There is no memory at " + Address.text(address) + "."));
        add(call, options, watched);
    }

    private void event(Call call) {
        add(call, Options.NONE, new Trigger.Happen(EventArguments.filter(call)));
    }

    private void add(Call call, Options options, Trigger trigger) {
        StopPoint point = StopPoint.of(trigger);
        if (options.once) {
            point = point.once();
        }
        if (options.processor >= 0) {
            point = point.onlyOn(options.processor);
        }
        if (options.thread != 0) {
            point = point.onlyIn(options.thread);
        }
        if (!options.condition.isEmpty()) {
            Condition condition = condition(options.condition, call.view().processor);
            conditions.put(condition, options.condition);
            point = point.when(condition);
        }
        if (!call.arguments().isAtEnd()) {
            long passes = call.argument("PASSES");
            if (passes < 1) {
                throw new ConsoleError("PASSES begins with 1, the first hit.");
            }
            point = point.passing(passes - 1);
        }
        call.arguments().end();
        if (call.debugger().stopPoints().size() >= 256) {
            throw new ConsoleError("There are 256 stop points already; remove some with bc.");
        }
        StopPoint added = call.debugger().add(point);
        call.reply().line("%s", line(call, added)).put("number", added.number());
    }

    /** A name that means nothing, or memory that is none, makes a hit not count. */
    private static Condition condition(String text, int otherwise) {
        Expression expression = ExpressionReader.read(text);
        return (inspection, hit) -> {
            int processor = hit.cause().processor();
            try {
                return expression.value(
                                new Expression.Scope(
                                        inspection, processor < 0 ? otherwise : processor, hit))
                        != 0;
            } catch (ConsoleError e) {
                return false;
            }
        };
    }

    private record Options(boolean once, int processor, long thread, String condition) {
        static final Options NONE = new Options(false, -1, 0, "");

        Options and(Options more) {
            return more == NONE ? this : more;
        }
    }

    private static Options options(Call call) {
        boolean once = false;
        int processor = -1;
        long thread = 0;
        String condition = "";
        boolean any = false;
        while (call.arguments().rest().startsWith("/")) {
            any = true;
            String option = call.arguments().word().orElseThrow();
            switch (option) {
                case "/1" -> once = true;
                case "/c" -> {
                    long number = word(call, "A processor");
                    if (Long.compareUnsigned(number, call.inspection().processorCount()) >= 0) {
                        throw new ConsoleError("There is no processor %x.".formatted(number));
                    }
                    processor = (int) number;
                }
                case "/t" -> thread = word(call, "A thread");
                case "/w" -> {
                    condition = call.arguments().quoted("The condition");
                    Expression _ = ExpressionReader.read(condition);
                }
                default ->
                        throw new ConsoleError("There is no option " + option + ": see help bp.");
            }
        }
        return any ? new Options(once, processor, thread, condition) : Options.NONE;
    }

    private static long word(Call call, String what) {
        return call.value(
                ExpressionReader.read(
                        call.arguments()
                                .word()
                                .orElseThrow(() -> new ConsoleError(what + " is missing."))));
    }

    // ---- showing ----

    private void list(Call call) {
        call.arguments().end();
        Map<Integer, StopPoint> points = new TreeMap<>();
        call.debugger().stopPoints().forEach(point -> points.put(point.number(), point));
        var list = call.reply().data().putArray("stop_points");
        for (StopPoint point : points.values()) {
            call.reply().line(line(call, point));
            list.addObject()
                    .put("number", point.number())
                    .put("enabled", point.enabled())
                    .put("hits", point.hits())
                    .put("passes", point.passes() + 1)
                    .put("what", what(call, point.trigger()));
        }
        if (points.isEmpty()) {
            call.reply().line("There are no stop points.");
        }
    }

    private String line(Call call, StopPoint point) {
        StringBuilder line = new StringBuilder();
        line.append(
                String.format(
                        Locale.ROOT,
                        "%2d %s %s",
                        point.number(),
                        point.enabled() ? "e" : "d",
                        what(call, point.trigger())));
        point.processor().ifPresent(number -> line.append("  only cpu").append(number));
        point.thread().ifPresent(thread -> line.append("  only ").append(call.thread(thread)));
        String condition = conditions.getOrDefault(point.condition(), "");
        if (!condition.isEmpty()) {
            line.append("  when ").append(condition);
        }
        if (point.oneShot()) {
            line.append("  once");
        }
        if (point.passes() > 0) {
            line.append("  from hit ").append(point.passes() + 1).append(" on");
        }
        if (point.hits() > 0) {
            line.append("  hits ").append(point.hits());
        }
        return line.toString();
    }

    private static String what(Call call, Trigger trigger) {
        return switch (trigger) {
            case Trigger.Execute(var addresses) -> {
                List<String> places =
                        addresses.stream()
                                .map(at -> Address.text(at) + " " + call.place(at))
                                .toList();
                yield String.join(", ", places);
            }
            case Trigger.Memory memory -> {
                String name = call.known(memory.address());
                yield Address.text(memory.address())
                        + (memory.access() == Access.WRITE ? " w" : " r")
                        + Integer.toHexString(memory.size())
                        + (name.isEmpty() ? "" : " " + name);
            }
            case Trigger.Happen(var filter) -> {
                StringBuilder text = new StringBuilder("event ");
                text.append(String.join(" ", new java.util.TreeSet<>(filter.kinds())));
                new TreeMap<>(filter.texts())
                        .forEach((name, value) -> text.append(' ' + name + '=' + value));
                new TreeMap<>(filter.numbers())
                        .forEach((name, value) ->
                                text.append(' ' + name + '=' + Long.toHexString(value)));
                yield text.toString();
            }
        };
    }
}
