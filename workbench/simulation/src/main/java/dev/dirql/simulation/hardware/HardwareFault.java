package dev.dirql.simulation.hardware;

/** The C of a device went wrong; the message says what and where. */
final class HardwareFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HardwareFault(String message) {
        super(message, null, false, false);
    }
}
