package dev.dirql.console.server;

import dev.dirql.console.ConsoleError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;

/** What a client has to show before it is listened to. */
public final class ConsoleToken {
    private static final int BYTES = 16;
    private static final int LENGTH_MINIMUM = 16;
    private static final int LENGTH_MAXIMUM = 256;

    private final String text;

    private ConsoleToken(String text) {
        this.text = text;
    }

    /** A new one that nobody can guess. */
    public static ConsoleToken random() {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return new ConsoleToken(HexFormat.of().formatHex(bytes));
    }

    /** One that a person chose. */
    public static ConsoleToken of(String text) {
        String plain = text.strip();
        if (plain.length() < LENGTH_MINIMUM || plain.length() > LENGTH_MAXIMUM) {
            throw new ConsoleError(
                    "The token has %d characters, not %d to %d."
                            .formatted(plain.length(), LENGTH_MINIMUM, LENGTH_MAXIMUM));
        }
        return new ConsoleToken(plain);
    }

    /**
     * That of a file which only its owner may read; where there is no file, a new one is written.
     *
     * @throws ConsoleError if others may read the file, or it holds no token
     */
    public static ConsoleToken inFile(Path file) throws IOException {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? read(file) : write(file);
    }

    /** That of a file that is there. */
    public static ConsoleToken read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new ConsoleError(file + " is no file.");
        }
        if (isPosix(file)) {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            permissions.removeAll(PosixFilePermissions.fromString("rwx------"));
            if (!permissions.isEmpty()) {
                throw new ConsoleError(
                        "Others may use the token in %s. Make it yours alone: chmod 600 %s"
                                .formatted(file, file));
            }
        }
        if (Files.size(file) > LENGTH_MAXIMUM + 2L) {
            throw new ConsoleError(file + " is too long for a token.");
        }
        return of(Files.readString(file));
    }

    private static ConsoleToken write(Path file) throws IOException {
        ConsoleToken token = random();
        FileAttribute<?>[] attributes =
                isPosix(file)
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------"))
                        }
                        : new FileAttribute<?>[0];
        // A file that somebody else puts there meanwhile is not used.
        try (var out =
                Files.newByteChannel(
                        file,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        attributes)) {
            out.write(StandardCharsets.US_ASCII.encode(token.text + "\n"));
        }
        return token;
    }

    private static boolean isPosix(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /** For whoever is to show it. */
    public String text() {
        return text;
    }

    /** Whether somebody showed it. How long that takes says nothing about how much was right. */
    public boolean matches(String shown) {
        return MessageDigest.isEqual(digest(shown), digest(text));
    }

    private static byte[] digest(String of) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(of.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Not the token: it must not stand in a message. */
    @Override
    public String toString() {
        return "a token";
    }
}
