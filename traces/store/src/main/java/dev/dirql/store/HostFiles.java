package dev.dirql.store;

import dev.dirql.store.TraceException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** The host's files, with what goes wrong there said in a trace's terms. */
final class HostFiles {
    private HostFiles() {}

    /** Writes a file so that there is either all of it or nothing. */
    static void writeAtOnce(Path file, byte[] content) {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        try {
            Files.write(temporary, content);
            try {
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw failure(file, "cannot be written", e);
        }
    }

    /** Creates a directory and those above it, where they are missing. */
    static void createDirectories(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (FileAlreadyExistsException e) {
            throw new TraceException(
                    Kind.EXISTS,
                    "%s: cannot be created, because %s is a file. Name another directory."
                            .formatted(directory, e.getFile()),
                    e);
        } catch (IOException e) {
            throw failure(directory, "cannot be created", e);
        }
    }

    /** Reads a file of at most {@code maximum} bytes. */
    static byte[] read(Path file, int maximum) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(maximum + 1);
            if (content.length > maximum) {
                throw new TraceException(
                        Kind.CORRUPT,
                        "%s: longer than %,d bytes, which no trace has. %s"
                                .formatted(file, maximum, Cure.COPY_AGAIN));
            }
            return content;
        } catch (IOException e) {
            throw failure(file, "cannot be read", e);
        }
    }

    /** Tells a failure of the host as a trace's user must see it. */
    static TraceException failure(Path place, String what, IOException cause) {
        String reason = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        if (reason.contains("no space left") || reason.contains("not enough space")) {
            return new TraceException(
                    Kind.DISK_FULL,
                    "%s: %s, the disk is full. Free some space or name another directory."
                            .formatted(place, what),
                    cause);
        }
        if (reason.contains("quota") || reason.contains("file too large")) {
            return new TraceException(
                    Kind.DISK_FULL,
                    "%s: %s, the host allows no more (%s). Raise the limit or name another directory."
                            .formatted(place, what, cause.getMessage()),
                    cause);
        }
        return switch (cause) {
            case AccessDeniedException _ ->
                    new TraceException(
                            Kind.PERMISSION,
                            "%s: %s, permission denied. Change its permissions or its owner."
                                    .formatted(place, what),
                            cause);
            case NoSuchFileException _ ->
                    new TraceException(
                            Kind.MISSING,
                            "%s: %s, there is no such file or directory.".formatted(place, what),
                            cause);
            case NotDirectoryException _ ->
                    new TraceException(
                            Kind.NOT_A_TRACE,
                            "%s: %s, it is not a directory.".formatted(place, what),
                            cause);
            default ->
                    new TraceException(
                            Kind.INPUT_OUTPUT,
                            "%s: %s (%s).".formatted(place, what, cause.getMessage()),
                            cause);
        };
    }

    static String sha256(byte[] content) {
        return HexFormat.of().formatHex(sha256().digest(content));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
