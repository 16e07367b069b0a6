package dev.dirql.store;

/** Sentences that end a message about a trace that cannot be read. */
final class Cure {
    static final String COPY_AGAIN =
            "The trace was changed or copied in part: copy the whole directory again, or record it again.";
    static final String NAME_A_TRACE =
            "Name a directory that dirql run wrote; dirql trace list shows those here.";

    private Cure() {}
}
