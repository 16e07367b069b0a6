package dev.dirql.cli;

import dev.dirql.simulation.UserError;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The traces that runs put beside each other when nobody names a place: {@code trace-0001}, … */
final class TraceDirectories {
    /** Where they are, below the working directory. */
    static final String DIRECTORY = "dirql-traces";

    private static final Pattern NAME = Pattern.compile("trace-(\\d{4,9})");

    private TraceDirectories() {}

    /** The name of the next one, relative to the working directory. */
    static String next(Host host) {
        int highest = 0;
        Path directory = host.resolve(DIRECTORY);
        if (Files.isDirectory(directory)) {
            for (Path trace : list(directory)) {
                highest = Math.max(highest, number(trace));
            }
        }
        return "%s/trace-%04d".formatted(DIRECTORY, highest + 1);
    }

    /** The traces in a directory, the oldest first. */
    static List<Path> list(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new UserError(
                    "%s: there is no such directory, so no traces to look at. Record one with: run SCENARIO"
                            .formatted(directory));
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(entry -> number(entry) > 0)
                    .filter(Files::isDirectory)
                    .sorted((a, b) -> Integer.compare(number(a), number(b)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int number(Path trace) {
        Matcher name = NAME.matcher(String.valueOf(trace.getFileName()));
        return name.matches() ? Integer.parseInt(name.group(1)) : 0;
    }
}
