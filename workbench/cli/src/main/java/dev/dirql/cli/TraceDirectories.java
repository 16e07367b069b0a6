package dev.dirql.cli;

import dev.dirql.simulation.UserError;
import dev.dirql.store.TraceDirectory;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds directories of traces that a user names. */
final class TraceDirectories {
    private TraceDirectories() {}

    /** A directory that exists, or the one that the first run makes. */
    static TraceDirectory open(Host host, String name) {
        Path directory = host.resolve(name);
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new UserError(
                    "%s: a file, but traces are looked for in a directory.".formatted(name));
        }
        // Before the first run there is no such directory, and so no traces.
        if (!Files.isDirectory(directory) && !name.equals(TraceDirectory.NAME)) {
            throw new UserError(
                    "%s: there is no such directory, so no traces to look at. Record one with: %s run SCENARIO"
                            .formatted(name, host.command()));
        }
        return new TraceDirectory(directory);
    }
}
