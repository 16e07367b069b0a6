package dev.dirql.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InterruptAffinityTest {
    private static final int PROCESSORS = 4;

    private static PropertyValues values(String policy) {
        return values(Map.of("affinity", new PropertyValue.Word(policy)));
    }

    private static PropertyValues values(Map<String, PropertyValue> given) {
        return PropertyValues.of(
                "device", List.of(InterruptAffinity.AFFINITY, InterruptAffinity.PROCESSORS), given);
    }

    private static long of(PropertyValues values, int device, int message) {
        return InterruptAffinity.of("nic", values, device, message, PROCESSORS);
    }

    @Test
    void allProcessorsTakeItWhereNothingElseIsSaid() {
        assertThat(of(values(Map.of()), 1, 1)).isEqualTo(0b1111);
        assertThat(of(values("all_close"), 1, 1)).isEqualTo(0b1111);
        assertThat(of(values("all"), 1, 1)).isEqualTo(0b1111);
        assertThat(InterruptAffinity.of("nic", values("all"), 0, 0, 64)).isEqualTo(-1);
    }

    @Test
    void oneProcessorTakesAllOfADeviceAndOthersThoseOfTheNextDevice() {
        assertThat(of(values("one_close"), 1, 0)).isEqualTo(0b0010);
        assertThat(of(values("one_close"), 1, 3)).isEqualTo(0b0010);
        assertThat(of(values("one_close"), 6, 0)).isEqualTo(0b0100);
    }

    @Test
    void messagesAreSpreadOverTheProcessorsInTurn() {
        assertThat(of(values("spread"), 1, 0)).isEqualTo(0b0001);
        assertThat(of(values("spread"), 1, 3)).isEqualTo(0b1000);
        assertThat(of(values("spread"), 1, 5)).isEqualTo(0b0010);
    }

    @Test
    void specifiedProcessorsAreThoseOfTheMaskThatThereAre() {
        PropertyValues specified =
                values(
                        Map.of(
                                "affinity",
                                new PropertyValue.Word("specified"),
                                "processors",
                                new PropertyValue.Quantity(0b110100)));
        PropertyValues absent =
                values(
                        Map.of(
                                "affinity",
                                new PropertyValue.Word("specified"),
                                "processors",
                                new PropertyValue.Quantity(0b110000)));

        assertThat(of(specified, 0, 0)).isEqualTo(0b0100);
        assertThatThrownBy(() -> of(absent, 0, 0))
                .hasMessage("device nic: the machine has none of its processors");
        assertThatThrownBy(() -> of(values("specified"), 0, 0))
                .hasMessage("device nic: affinity specified and processors go together");
    }
}
