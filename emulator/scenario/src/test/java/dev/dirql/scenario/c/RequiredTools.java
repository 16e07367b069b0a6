package dev.dirql.scenario.c;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Skips a test whose outside tool is missing, or fails it where all tools must be there. */
final class RequiredTools {
    private RequiredTools() {}

    static void require(String program, String debianPackage) {
        boolean there = Files.isExecutable(Path.of("/usr/bin", program));
        String message = program + " is missing; install the Debian package " + debianPackage;
        if (Boolean.getBoolean("dirql.tools.required")) {
            assertThat(there).as(message).isTrue();
        }
        assumeTrue(there, message);
    }
}
