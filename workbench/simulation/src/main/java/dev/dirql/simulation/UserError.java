package dev.dirql.simulation;

/** Something that its user can mend. The message says where, what, and the cure. */
public final class UserError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UserError(String message) {
        super(message);
    }
}
