package dev.dirql.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dirql.events.Stamp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunPositionTest {
    @Test
    void eventNumbersMayBeWrittenAsReportsPrintThem() {
        assertThat(RunPosition.parse("18204")).isEqualTo(new RunPosition.AtEvent(18204, 0));
        assertThat(RunPosition.parse("18,204:12")).isEqualTo(new RunPosition.AtEvent(18204, 12));
    }

    @Test
    void timesHaveAUnitAndAreExact() {
        assertThat(RunPosition.parse("1.5ms")).isEqualTo(new RunPosition.AtTime(1_500_000));
        assertThat(RunPosition.parse("12.345 us")).isEqualTo(new RunPosition.AtTime(12_345));
        assertThat(RunPosition.parse("2s")).isEqualTo(new RunPosition.AtTime(2_000_000_000));
        assertThat(RunPosition.parse("340ns")).isEqualTo(new RunPosition.AtTime(340));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "x", "-1", "1.5ns", "3 parsecs", "1:", ":2", "99999999999999999999"})
    void anythingElseIsSaidToBeNoPosition(String text) {
        assertThatThrownBy(() -> RunPosition.parse(text))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("'" + text + "' is no position");
    }

    @Test
    void positionsCutARunInTwo() {
        Stamp stamp = new Stamp(10, 500, 0, 0, 0);

        assertThat(RunPosition.parse("10").isNotBefore(stamp)).isTrue();
        assertThat(RunPosition.parse("9").isNotBefore(stamp)).isFalse();
        assertThat(RunPosition.parse("500ns").isNotAfter(stamp)).isTrue();
        assertThat(RunPosition.parse("501ns").isNotAfter(stamp)).isFalse();
    }
}
