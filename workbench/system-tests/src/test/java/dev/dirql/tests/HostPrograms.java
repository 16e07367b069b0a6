package dev.dirql.tests;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.util.List;

/** Programs of the host that tests use. */
final class HostPrograms {
    private HostPrograms() {}

    /**
     * Skips the test where a command does not succeed; with the system property
     * dirql.tools.required that is a failure.
     *
     * @param debianPackage what to install
     */
    static void require(String debianPackage, String... command) throws InterruptedException {
        if (succeeds(command)) {
            return;
        }
        String message =
                "'%s' does not work here; install the Debian package %s"
                        .formatted(String.join(" ", command), debianPackage);
        if (Boolean.getBoolean("dirql.tools.required")) {
            fail(message);
        }
        abort(message);
    }

    private static boolean succeeds(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(List.of(command))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
