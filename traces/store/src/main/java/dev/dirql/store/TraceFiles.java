package dev.dirql.store;

import dev.dirql.store.TraceException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The files of a trace, to be counted and removed; what dirql did not write is never removed. */
final class TraceFiles {
    private static final Set<String> TOP_FILES =
            Set.of(
                    TraceFormat.HEADER_FILE,
                    TraceFormat.HEADER_FILE + ".tmp",
                    TraceFormat.SYMBOLS_FILE,
                    TraceFormat.SYMBOLS_FILE + ".tmp");

    private TraceFiles() {}

    /**
     * Removes a trace directory.
     *
     * @throws TraceException if it holds anything that dirql did not put there; nothing is removed
     *     then
     */
    static void delete(Path trace) {
        List<Path> files = new ArrayList<>();
        List<Path> directories = new ArrayList<>();
        collect(trace, files, directories);
        try {
            for (Path file : files) {
                Files.delete(file);
            }
            for (Path directory : directories) {
                Files.delete(directory);
            }
            Files.delete(trace);
        } catch (IOException e) {
            throw HostFiles.failure(trace, "cannot be removed", e);
        }
    }

    /** Bytes of all files of a trace. */
    static long size(Path trace) {
        try (Stream<Path> files = Files.walk(trace)) {
            long bytes = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
            return bytes;
        } catch (IOException e) {
            throw HostFiles.failure(trace, "cannot be read", e);
        } catch (UncheckedIOException e) {
            throw HostFiles.failure(trace, "cannot be read", new IOException(e));
        }
    }

    private static void collect(Path trace, List<Path> files, List<Path> directories) {
        for (Path entry : entries(trace)) {
            String name = entry.getFileName().toString();
            boolean directory = Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
            if (!directory && TOP_FILES.contains(name)) {
                files.add(entry);
            } else if (directory && name.equals(TraceFormat.INPUTS_DIRECTORY)) {
                collectInside(trace, entry, "[0-9]{2,}-[A-Za-z0-9._-]*", files);
                directories.add(entry);
            } else if (directory && name.equals(TraceFormat.RECORDS_DIRECTORY)) {
                collectInside(trace, entry, ".*\\.cq4t?", files);
                directories.add(entry);
            } else {
                throw foreign(trace, entry);
            }
        }
    }

    private static void collectInside(Path trace, Path directory, String names, List<Path> files) {
        for (Path entry : entries(directory)) {
            if (!entry.getFileName().toString().matches(names)
                    || Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                throw foreign(trace, entry);
            }
            files.add(entry);
        }
    }

    private static TraceException foreign(Path trace, Path entry) {
        return new TraceException(
                Kind.NOT_A_TRACE,
                "%s: not removed, because dirql did not write %s. Move that away, or remove the directory yourself."
                        .formatted(trace, trace.relativize(entry)));
    }

    private static List<Path> entries(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        } catch (IOException e) {
            throw HostFiles.failure(directory, "cannot be read", e);
        }
    }
}
