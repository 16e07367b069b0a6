package dev.dirql.scenario.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class ComparisonTest {
    private static String holding(long actual, long expected) {
        return String.join(
                " ",
                Arrays.stream(Comparison.values())
                        .filter(comparison -> comparison.holds(actual, expected))
                        .map(Comparison::symbol)
                        .toList());
    }

    @Test
    void everyComparisonHoldsWhenItShould() {
        assertThat(holding(1, 2)).isEqualTo("!= < <=");
        assertThat(holding(2, 2)).isEqualTo("== <= >=");
        assertThat(holding(3, 2)).isEqualTo("!= > >=");
    }

    @Test
    void theHighestBitIsASignOrNot() {
        assertThat(Comparison.LESS.holds(-1, 1)).isTrue();
        assertThat(Comparison.LESS.holdsUnsigned(-1, 1)).isFalse();
        assertThat(Comparison.GREATER.holdsUnsigned(-1, 1)).isTrue();
    }
}
