package dev.dirql.x86;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Programs of the host that some tests need. */
final class HostTools {
    static final Path DIRECTORY = Path.of("target", "host");

    private HostTools() {}

    /**
     * Skips the test where the host is not x86-64 Linux or a program is missing; with the system
     * property dirql.tools.required a missing program is a failure.
     */
    static void require(String program, String debianPackage) {
        boolean host =
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64");
        assumeTrue(host, "this comparison needs an x86-64 Linux host");
        boolean found = Files.isExecutable(Path.of("/usr/bin", program));
        String message = program + " is missing: install the Debian package " + debianPackage;
        if (!found && Boolean.getBoolean("dirql.tools.required")) {
            throw new AssertionError(message);
        }
        assumeTrue(found, message);
    }

    /** Whether the long forms of random tests are asked for. */
    static boolean isLong() {
        return Boolean.getBoolean("dirql.long");
    }

    /** Copies a test resource beside the built classes and gives its path. */
    static Path resource(String name) {
        try (var in = HostTools.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("no resource " + name);
            }
            Files.createDirectories(DIRECTORY);
            Path file = DIRECTORY.resolve(name);
            Files.write(file, in.readAllBytes());
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a program to its end and gives its output; fails where it does. */
    static String run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                throw new AssertionError(command + " gave " + code + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
