package dev.dirql.cli;

/** The host failed at something that the user named rightly, as a full disk does. */
final class HostError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HostError(String message, Throwable cause) {
        super(message, cause);
    }
}
