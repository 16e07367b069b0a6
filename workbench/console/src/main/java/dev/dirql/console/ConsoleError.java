package dev.dirql.console;

/** What somebody typed cannot be done; the message says why, and what could be. */
public final class ConsoleError extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ConsoleError(String message) {
        super(message);
    }
}
