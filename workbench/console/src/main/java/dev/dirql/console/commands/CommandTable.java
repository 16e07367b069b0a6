package dev.dirql.console.commands;

import dev.dirql.console.ConsoleError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** All commands about the machine, in the order in which help lists them. */
public final class CommandTable {
    private final List<Group> groups;
    private final Map<String, Command> byName = new LinkedHashMap<>();

    /** Commands that belong together. */
    public record Group(String title, List<Command> commands) {
        public Group {
            commands = List.copyOf(commands);
        }
    }

    /** A command, and what stands behind its name. */
    public record Parsed(Command command, String arguments) {}

    public CommandTable() {
        groups =
                List.of(
                        new Group("Going, both ways", MoveCommands.all()),
                        new Group("Stop points", new StopPointCommands().all()),
                        new Group("Time, history and branches", new HistoryCommands().all()),
                        new Group("Registers, code and stacks", StateCommands.all()),
                        new Group("Memory", MemoryCommands.all()),
                        new Group("Symbols and types", symbols()),
                        new Group("What went wrong", BugCheckCommands.all()),
                        new Group("Processors and interrupts", ProcessorCommands.all()),
                        new Group("DPCs and timers", DpcCommands.all()),
                        new Group("Locks", locks()),
                        new Group("Threads", ThreadCommands.all()),
                        new Group("Drivers, devices and requests", DeviceCommands.all()),
                        new Group("Pool", PoolCommands.all()));
        for (Group group : groups) {
            for (Command command : group.commands()) {
                for (String name : command.names()) {
                    if (byName.put(name, command) != null) {
                        throw new IllegalStateException("two commands are called " + name);
                    }
                }
            }
        }
    }

    private static List<Command> symbols() {
        List<Command> all = new ArrayList<>(SymbolCommands.all());
        all.addAll(TypeCommands.all());
        return all;
    }

    private static List<Command> locks() {
        List<Command> all = new ArrayList<>(SpinLockCommands.all());
        all.addAll(QueuedSpinLockCommands.all());
        all.addAll(ResourceCommands.all());
        all.addAll(DeadlockCommands.all());
        return all;
    }

    public List<Group> groups() {
        return groups;
    }

    public Optional<Command> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    public List<String> names() {
        return List.copyOf(byName.keySet());
    }

    /**
     * Takes a line apart.
     *
     * @throws ConsoleError if there is no such command
     */
    public Parsed parse(String line) {
        String text = line.strip();
        int end = 0;
        while (end < text.length() && text.charAt(end) > ' ') {
            end++;
        }
        String name = text.substring(0, end);
        Optional<Command> command = find(name).or(() -> find(name.toLowerCase(Locale.ROOT)));
        if (command.isPresent()) {
            return new Parsed(command.get(), text.substring(end).strip());
        }
        // These need no blank behind them.
        for (String sign : List.of("?", "~")) {
            if (name.startsWith(sign)) {
                return new Parsed(find(sign).orElseThrow(), text.substring(sign.length()).strip());
            }
        }
        throw new ConsoleError(
                "There is no command %s. See what there is with: help"
                        .formatted(name.length() > 40 ? name.substring(0, 40) + "…" : name));
    }
}
