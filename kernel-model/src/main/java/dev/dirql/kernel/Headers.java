package dev.dirql.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The C headers that describe NT to compilers: {@code ntddk.h}, {@code wdm.h} and what they
 * include.
 */
public final class Headers {
    private Headers() {}

    /** The text of a header, by its name as in {@code #include <ntddk.h>}. */
    public static Optional<String> text(String name) {
        if (!name.matches("[a-z]+\\.h")) {
            return Optional.empty();
        }
        try (InputStream in = Headers.class.getResourceAsStream("include/" + name)) {
            return in == null
                    ? Optional.empty()
                    : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
