package dev.dirql.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where results go. A {@link java.io.PrintStream} only knows that something went wrong; this
 * remembers what.
 */
final class ResultStream extends OutputStream {
    private final OutputStream target;
    private @Nullable IOException failure;

    ResultStream(OutputStream target) {
        this.target = target;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            target.write(bytes, from, length);
        } catch (IOException e) {
            failure = failure == null ? e : failure;
            throw e;
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            target.flush();
        } catch (IOException e) {
            failure = failure == null ? e : failure;
            throw e;
        }
    }

    /**
     * Why results were lost. A reader that has seen enough, as {@code head} does, is none of our
     * business: whoever closes a pipe wants no more.
     */
    Optional<String> lost() {
        IOException e = failure;
        if (e == null || String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("pipe")) {
            return Optional.empty();
        }
        return Optional.of(String.valueOf(e.getMessage()));
    }
}
