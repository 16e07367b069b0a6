package dev.dirql.simulation.figures;

/**
 * A lock that is held at the moment asked about.
 *
 * @param sequence event of its acquisition
 * @param sinceNs virtual time of its acquisition
 * @param caller code that acquired it
 */
public record HeldLock(
        long lock,
        String name,
        int processor,
        long thread,
        long sequence,
        long sinceNs,
        long caller) {}
