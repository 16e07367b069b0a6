package dev.dirql.cli;

import dev.dirql.cli.text.Style;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;

/**
 * What the program knows of the world it runs in.
 *
 * @param out for results
 * @param err for messages and progress
 * @param outIsTerminal whether a person reads {@code out} as it appears
 * @param errIsTerminal whether a person reads {@code err} as it appears
 * @param directory the working directory: relative names are looked up here
 * @param environment environment variables
 * @param command how this program was called, for the commands that reports suggest
 * @param interrupt tells that a person wants to stop
 */
record Host(
        PrintStream out,
        PrintStream err,
        boolean outIsTerminal,
        boolean errIsTerminal,
        Path directory,
        Map<String, String> environment,
        String command,
        Interrupt interrupt) {
    /** Colour only where a person reads it, and only if that person does not mind. */
    Style style() {
        boolean wanted = environment.getOrDefault("NO_COLOR", "").isEmpty() && !isDumbTerminal();
        return new Style(outIsTerminal && wanted);
    }

    /** Whether the terminal says that it knows no control sequences. */
    boolean isDumbTerminal() {
        return environment.getOrDefault("TERM", "").equals("dumb");
    }

    /** Whether our own faults are shown with all that Java knows about them. */
    boolean isDebug() {
        return !environment.getOrDefault("DIRQL_DEBUG", "").isEmpty();
    }

    /** A name as a shell takes it: in quotes where that is needed. */
    static String quoted(String name) {
        return name.matches("[A-Za-z0-9_./:+@%=-]+")
                ? name
                : "'" + name.replace("'", "'\\''") + "'";
    }

    /** A name as the user wrote it, as a path from the working directory. */
    Path resolve(String name) {
        return directory.resolve(name);
    }
}
