package dev.dirql.store;

import dev.dirql.store.TraceException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The copies of a run's inputs. */
final class InputDirectory {
    /** Larger than any driver; a foreign trace cannot make us read more. */
    private static final int BYTES_MAXIMUM = 512 << 20;

    private InputDirectory() {}

    /** Writes the copies, unless they are not wanted, and describes each file. */
    static List<TraceInput> write(Path trace, List<InputFile> files, boolean keep) {
        List<TraceInput> described = new ArrayList<>();
        for (InputFile file : files) {
            String storedAs = keep ? storedName(described.size() + 1, file.name()) : "";
            described.add(
                    new TraceInput(
                            file.role(),
                            file.name(),
                            storedAs,
                            file.content().length,
                            HostFiles.sha256(file.content())));
            if (keep) {
                write(trace.resolve(TraceFormat.INPUTS_DIRECTORY), storedAs, file.content());
            }
        }
        return described;
    }

    private static void write(Path directory, String name, byte[] content) {
        Path place = directory.resolve(name);
        HostFiles.createDirectories(directory);
        try {
            Files.write(place, content);
        } catch (IOException e) {
            throw HostFiles.failure(place, "cannot be written", e);
        }
    }

    /** A number keeps names apart that differ only in their directories; the rest is for people. */
    private static String storedName(int number, String name) {
        String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        String plain = last.replaceAll("[^A-Za-z0-9._-]", "_");
        return String.format(
                Locale.ROOT, "%02d-%s", number, plain.substring(Math.max(0, plain.length() - 80)));
    }

    /** Reads a copy and checks that it is what was recorded. */
    static byte[] read(Path trace, TraceInput input) {
        Path place = trace.resolve(TraceFormat.INPUTS_DIRECTORY).resolve(checkedName(trace, input));
        if (Files.notExists(place)) {
            throw new TraceException(
                    Kind.TRUNCATED,
                    "%s: missing, though the trace was recorded with it. %s"
                            .formatted(place, Cure.COPY_AGAIN));
        }
        byte[] content = HostFiles.read(place, BYTES_MAXIMUM);
        if (content.length != input.size() || !HostFiles.sha256(content).equals(input.sha256())) {
            throw new TraceException(
                    Kind.CORRUPT,
                    "%s: not the file that was recorded (its SHA-256 differs). %s"
                            .formatted(place, Cure.COPY_AGAIN));
        }
        return content;
    }

    /** Checks that a copy is what was recorded. */
    static void check(Path trace, TraceInput input) {
        read(trace, input);
    }

    private static String checkedName(Path trace, TraceInput input) {
        if (!input.storedAs().matches("[0-9]{2,}-[A-Za-z0-9._-]*")) {
            throw new TraceException(
                    Kind.CORRUPT,
                    "%s: the header names a copy of an input '%s', which dirql does not write. %s"
                            .formatted(trace, input.storedAs(), Cure.COPY_AGAIN));
        }
        return input.storedAs();
    }
}
