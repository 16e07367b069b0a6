package dev.dirql.cli;

import dev.dirql.simulation.UserError;
import dev.dirql.store.TraceDirectory;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds directories of traces that a user names. */
final class TraceDirectories {
    private TraceDirectories() {}

    /** A directory that exists. */
    static TraceDirectory open(Host host, String name) {
        Path directory = host.resolve(name);
        if (!Files.isDirectory(directory)) {
            throw new UserError(
                    "%s: there is no such directory, so no traces to look at. Record one with: %s run SCENARIO"
                            .formatted(name, host.command()));
        }
        return new TraceDirectory(directory);
    }
}
