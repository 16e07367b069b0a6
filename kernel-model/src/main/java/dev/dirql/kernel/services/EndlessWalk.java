package dev.dirql.kernel.services;

/** A chain in guest memory that is followed to its end, and has none. */
public final class EndlessWalk extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String text;

    /**
     * @param what the elements, as in "device objects"
     * @param first address of the first element
     * @param again address of an element that came a second time
     */
    EndlessWalk(String what, long first, long again) {
        super(null, null, false, false);
        text =
                "the chain of %s at 0x%x comes back to itself at 0x%x: NT would walk it for ever"
                        .formatted(what, first, again);
    }

    /** What is wrong, in a sentence. */
    public String text() {
        return text;
    }

    @Override
    public String getMessage() {
        return text;
    }
}
