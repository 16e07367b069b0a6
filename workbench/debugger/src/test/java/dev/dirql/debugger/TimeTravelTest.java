package dev.dirql.debugger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Any position of a run is the same moment, whichever way it was reached. */
class TimeTravelTest {
    private static final long SEED = Long.getLong("dirql.seed", 20261123);
    private static final long DISTURBED = 7;
    private static final int PLACES = Boolean.getBoolean("dirql.long") ? 60 : 8;

    /** So that even short runs have some. */
    private static final CheckpointLimits DENSE = new CheckpointLimits(2_000, 24, 64 << 20);

    static List<String> scripts() {
        return Runs.scripts();
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void everyPositionIsTheMomentThatAFreshRunHasThere(String script) {
        System.out.println(script + ", seed " + SEED);
        Random random = new Random(SEED + script.hashCode());
        try (Debugger debugger = open(script, 0)) {
            debugger.go(Direction.FORWARD);
            long end = debugger.position().steps();
            assertThat(debugger.isAtEnd()).isTrue();

            long[] places = random.longs(PLACES, 0, end + 1).toArray();
            Map<Long, Long> fresh = fresh(script, 0, places);
            for (long place : places) {
                debugger.goTo(place);
                assertThat(debugger.position().steps()).isEqualTo(place);
                long hash = debugger.exactHash();
                Position position = debugger.position();

                long there = random.nextLong(end + 1);
                debugger.goTo(there);
                debugger.goTo(place);
                assertThat(debugger.exactHash())
                        .describedAs("%d by %d", place, there)
                        .isEqualTo(hash);
                assertThat(debugger.position()).isEqualTo(position);
                assertThat(hash).describedAs("position %d", place).isEqualTo(fresh.get(place));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void stepsBackAndAsManyForwardsComeBackToTheSameMoment(String script) {
        System.out.println(script + ", seed " + SEED);
        Random random = new Random(SEED * 31 + script.hashCode());
        try (Debugger debugger = open(script, DISTURBED)) {
            debugger.go(Direction.FORWARD);
            long end = debugger.position().steps();
            for (int i = 0; i < PLACES / 2; i++) {
                debugger.goTo(random.nextLong(end + 1));
                long here = debugger.position().steps();
                long hash = debugger.exactHash();
                long back = random.nextLong(Math.min(here, 50) + 1);

                for (long n = 0; n < back; n++) {
                    debugger.goTo(debugger.position().steps() - 1);
                }
                debugger.goTo(here - back);
                for (long n = 0; n < back; n++) {
                    debugger.goTo(debugger.position().steps() + 1);
                }

                assertThat(debugger.position().steps()).isEqualTo(here);
                assertThat(debugger.exactHash()).isEqualTo(hash);
                assertThat(hash).isEqualTo(fresh(script, DISTURBED, new long[] {here}).get(here));
                assertThat(debugger.checkpointUse().count()).isLessThanOrEqualTo(26);
            }
        }
    }

    private static Debugger open(String script, long seed) {
        return new Debugger(Runs.script(script, seed), DENSE, () -> false);
    }

    /** The hashes of a run that only goes forwards. */
    private static Map<Long, Long> fresh(String script, long seed, long[] places) {
        Map<Long, Long> hashes = new HashMap<>();
        try (var run = Runs.script(script, seed)) {
            for (long place : Arrays.stream(places).sorted().toArray()) {
                run.go(place);
                hashes.put(place, run.machine().exactHash());
            }
        }
        return hashes;
    }
}
