package dev.dirql.simulation;

/**
 * How one expectation turned out.
 *
 * @param text the expectation in its own words
 * @param file file it stands in, empty for one that every scenario has without saying it
 * @param line line in that file, 0 for such a one
 * @param actual what was found instead, or what was found indeed
 */
public record ExpectationResult(String text, String file, int line, boolean held, String actual) {}
