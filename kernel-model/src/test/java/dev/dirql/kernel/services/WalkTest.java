package dev.dirql.kernel.services;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WalkTest {
    @Test
    void aLongChainIsFollowedToItsEnd() {
        Walk walk = new Walk("elements");

        assertThatCode(() -> along(walk, 1_000_000, 1, 1_000_000)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "0, 2", "1, 1", "5, 3", "1000, 7", "7, 1000", "64, 64", "63, 65"})
    void aRingIsNoticedWhateverLeadsToIt(int tail, int ring) {
        Walk walk = new Walk("elements");

        assertThatThrownBy(() -> along(walk, tail, ring, 4L * (tail + ring) + 4))
                .isInstanceOf(EndlessWalk.class)
                .hasMessageStartingWith("the chain of elements at 0x1000 comes back to itself");
    }

    @Test
    void anElementMayComeAgainAfterARestart() {
        Walk walk = new Walk("elements");

        walk.at(0x1000);
        walk.restart();

        assertThatCode(() -> walk.at(0x1000)).doesNotThrowAnyException();
        assertThatThrownBy(() -> walk.at(0x1000)).isInstanceOf(EndlessWalk.class);
    }

    private static void along(Walk walk, long tail, long ring, long steps) {
        for (long i = 0; i < steps; i++) {
            long index = i < tail ? i : tail + (i - tail) % ring;
            walk.at(0x1000 + 0x10 * index);
        }
    }
}
