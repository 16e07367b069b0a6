package dev.dirql.console.commands;

import dev.dirql.debugger.Debugger;
import dev.dirql.debugger.RegisterName;
import dev.dirql.simulation.view.EventFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What the last word of a line may become. */
public final class CompletionText {
    private static final int SHOWN_MAXIMUM = 200;

    private CompletionText() {}

    /** Names of commands that begin like a line; none once the name is whole. */
    public static List<String> names(CommandTable table, String buffer) {
        if (buffer.contains(" ")) {
            return List.of();
        }
        List<String> all = new ArrayList<>(table.names());
        all.addAll(HelpText.names());
        return all.stream().filter(name -> name.startsWith(buffer)).sorted().toList();
    }

    /** Words that the last word of a line may become. */
    public static List<String> of(CommandTable table, Debugger debugger, String buffer) {
        int blank = buffer.indexOf(' ');
        if (blank < 0) {
            return names(table, buffer);
        }
        String name = buffer.substring(0, blank);
        int start = buffer.length();
        while (start > 0 && isWordPart(buffer.charAt(start - 1))) {
            start--;
        }
        String word = buffer.substring(start);
        if (name.equals("help")) {
            return names(table, word);
        }
        Optional<Command> command = table.find(name);
        if (command.isEmpty()) {
            return List.of();
        }
        Set<String> found = new TreeSet<>();
        switch (command.get().completes()) {
            case NOTHING -> {}
            case COMMANDS -> found.addAll(names(table, word));
            case EVENTS -> EventFields.kinds().forEach(kind -> add(found, kind, word));
            case REGISTERS -> {
                for (RegisterName register : RegisterName.values()) {
                    add(found, StateCommands.name(register), word);
                }
            }
            case SYMBOLS ->
                    debugger.run()
                            .symbols()
                            .images()
                            .forEach(image ->
                                    image.symbols()
                                            .forEach(symbol ->
                                                    add(
                                                            found,
                                                            image.name() + "!" + symbol.name(),
                                                            word)));
            case TYPES ->
                    debugger.run()
                            .kernel()
                            .images()
                            .known()
                            .forEach(image ->
                                    image.image()
                                            .debug()
                                            .types()
                                            .forEach(type -> add(found, type.name(), word)));
        }
        return found.stream().limit(SHOWN_MAXIMUM).toList();
    }

    private static void add(Set<String> found, String candidate, String word) {
        if (!candidate.isEmpty()
                && candidate.toLowerCase(Locale.ROOT).startsWith(word.toLowerCase(Locale.ROOT))) {
            found.add(candidate);
        }
    }

    /** What belongs to the word that is completed; attach cuts its words alike. */
    public static boolean isWordPart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '!' || c == '$' || c == '.';
    }
}
