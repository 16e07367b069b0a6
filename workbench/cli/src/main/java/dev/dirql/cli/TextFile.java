package dev.dirql.cli;

import dev.dirql.simulation.UserError;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Text files that commands write for their user: all of a text, or nothing. */
final class TextFile {
    private TextFile() {}

    /**
     * Writes a file that must not be there yet.
     *
     * @param name what the user calls it
     * @throws UserError if it cannot be there
     * @throws HostError if the host fails, as when its disk is full; no part of the file is left
     */
    static void writeNew(Path file, String name, String text) {
        try {
            Files.createFile(file);
        } catch (IOException e) {
            throw refused(name, e);
        }
        fill(file, name, text);
    }

    /** Writes a file, in place of one that may be there, and the directories above it. */
    static void write(Path file, String name, String text) {
        try {
            Path parent = file.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            if (Files.isDirectory(file)) {
                throw new UserError(name + ": cannot be written, it is a directory.");
            }
            Files.newByteChannel(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE).close();
        } catch (IOException e) {
            throw refused(name, e);
        }
        fill(file, name, text);
    }

    private static void fill(Path file, String name, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            try {
                // A device, such as /dev/full, is not ours to remove.
                if (Files.isRegularFile(file)) {
                    Files.delete(file);
                }
            } catch (IOException second) {
                e.addSuppressed(second);
            }
            throw new HostError("%s: cannot be written (%s).".formatted(name, reason(file, e)), e);
        }
    }

    private static RuntimeException refused(String name, IOException e) {
        return switch (e) {
            case AccessDeniedException _ ->
                    new UserError(name + ": cannot be written, permission denied.");
            case NoSuchFileException _ ->
                    new UserError(name + ": its directory does not exist. Make it first.");
            case FileAlreadyExistsException found ->
                    found.getFile() != null && found.getFile().endsWith(name)
                            ? new UserError(
                                    name
                                            + ": there is one already, and it is left alone. Choose"
                                            + " another name.")
                            : new UserError(
                                    "%s: cannot be written, because %s is a file."
                                            .formatted(name, found.getFile()));
            default ->
                    new HostError("%s: cannot be written (%s).".formatted(name, e.getMessage()), e);
        };
    }

    /** The host's words, without the name that they repeat. */
    private static String reason(Path file, IOException e) {
        return String.valueOf(e.getMessage()).replace(file + ": ", "");
    }
}
