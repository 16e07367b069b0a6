package dev.dirql.simulation.figures;

import dev.dirql.events.Finding;

/**
 * A finding, with how often it was made. Two findings are the same if rule and place are, or of
 * those without a place in code their words.
 *
 * @param finding as it was made first
 * @param sequence event at which it was made first
 * @param timeNs virtual time of it
 * @param count how often it was made
 */
public record FindingFigures(
        Finding finding, long sequence, long timeNs, int processor, int irql, long count) {
    FindingFigures again() {
        return new FindingFigures(finding, sequence, timeNs, processor, irql, count + 1);
    }

    boolean isSameAs(Finding other) {
        long address = firstAddress(other);
        return finding.rule().equals(other.rule())
                && finding.id().equals(other.id())
                && firstAddress(finding) == address
                && (address != 0 || finding.message().equals(other.message()));
    }

    private static long firstAddress(Finding finding) {
        return finding.places().isEmpty() ? 0 : finding.places().getFirst().address();
    }
}
