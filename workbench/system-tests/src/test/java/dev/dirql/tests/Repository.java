package dev.dirql.tests;

import java.nio.file.Files;
import java.nio.file.Path;

/** The checkout that these tests run in. */
final class Repository {
    private Repository() {}

    /** Its top folder. */
    static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (at != null && !Files.exists(at.resolve("scripts/using-spin-locks.scn"))) {
            at = at.getParent();
        }
        if (at == null) {
            throw new IllegalStateException("the tests run outside of a checkout");
        }
        return at;
    }
}
