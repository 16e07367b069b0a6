package dev.dirql.console.gdb;

/** A packet asks for something that there is not; the answer is an error, and nothing happens. */
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused() {
        super("not a packet that can be done", null, false, false);
    }
}
