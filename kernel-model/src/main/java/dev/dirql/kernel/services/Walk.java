package dev.dirql.kernel.services;

/**
 * One walk along a chain in guest memory, whose links drivers can break. An element that comes a
 * second time ends it: what is compared with is every so often the present element, each time after
 * twice as many (R. P. Brent, "An improved Monte Carlo factorization algorithm", 1980), so that a
 * chain of any length is followed, and one without an end for a few rounds.
 */
public final class Walk {
    private final String what;

    private long first;
    private long known;
    private long round;
    private long left;

    /**
     * @param what the elements, in the plural
     */
    public Walk(String what) {
        this.what = what;
    }

    /**
     * The walk is at an element now.
     *
     * @throws EndlessWalk if it was there before
     */
    public void at(long address) {
        if (round == 0) {
            first = address;
        } else if (address == known) {
            throw new EndlessWalk(what, first, address);
        }
        if (left == 0) {
            known = address;
            round = round == 0 ? 1 : 2 * round;
            left = round;
        }
        left--;
    }

    /** Begins anew: elements may come again, as the walk comes nearer to its end by other means. */
    public void restart() {
        round = 0;
        left = 0;
    }
}
