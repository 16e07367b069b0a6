package dev.dirql.console.commands;

import dev.dirql.console.ConsoleError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What help says. */
public final class HelpText {
    /** Commands of the console itself, which are no matter of the machine. */
    private static final Map<String, String> OWN = own();

    private HelpText() {}

    private static Map<String, String> own() {
        Map<String, String> own = new LinkedHashMap<>();
        own.put("break", "stop the machine while it goes; Ctrl-C in attach");
        own.put("drive", "take over: one client drives the machine, the others follow");
        own.put("clients", "list who is connected");
        own.put("help [NAME]", "list commands, or describe one");
        own.put("qd", "leave; the machine stays as it is");
        own.put("q", "end the session for everybody");
        return own;
    }

    /** Names of the console's own commands. */
    static List<String> names() {
        return OWN.keySet().stream().map(usage -> usage.split(" ", 2)[0]).toList();
    }

    /** All commands, or what is known of one. */
    public static String of(CommandTable table, String name) {
        if (!name.isEmpty()) {
            return one(table, name);
        }
        StringBuilder text = new StringBuilder();
        for (CommandTable.Group group : table.groups()) {
            text.append(group.title()).append('\n');
            group.commands().forEach(command -> line(text, command.name(), command.summary()));
        }
        text.append("The console itself\n");
        OWN.forEach((usage, summary) -> line(text, usage, summary));
        return text.append(
                        """
                        Behind any command, --json gives a structured answer. Numbers are hexadecimal; 0n10 is
                        decimal. help NAME says more of a command.
                        """)
                .toString();
    }

    private static void line(StringBuilder text, String name, String summary) {
        text.append("  %-13s %s\n".formatted(name, summary));
    }

    private static String one(CommandTable table, String name) {
        for (Map.Entry<String, String> own : OWN.entrySet()) {
            if (own.getKey().split(" ", 2)[0].equals(name)) {
                return own.getKey() + "\n  " + own.getValue() + "\n";
            }
        }
        Command command =
                table.find(name)
                        .orElseThrow(() ->
                                new ConsoleError(
                                        "There is no command "
                                                + name
                                                + ". See what there is with: help"));
        List<String> lines = new ArrayList<>();
        lines.add(command.usage());
        lines.add("  " + command.summary());
        // Lines flow together, but for those that are indented, which are examples.
        String flowing = command.help().replaceAll("\n(?! )(?!Kinds:)", " ");
        for (String paragraph : flowing.split("\n", -1)) {
            wrap(paragraph, lines);
        }
        return String.join("\n", lines) + "\n";
    }

    private static void wrap(String text, List<String> lines) {
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (line.length() + word.length() > 88) {
                lines.add("  " + line.toString().stripTrailing());
                line.setLength(0);
            }
            line.append(word).append(' ');
        }
        if (!line.toString().isBlank()) {
            lines.add("  " + line.toString().stripTrailing());
        }
    }
}
