package dev.dirql.scenario.language;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.scenario.language.Expectation.DeviceTextContains;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

/** What devices understand and say beside numbers: texts, and several interrupts. */
final class DeviceWordsTest {
    private static final String DEVICES =
            """
            parameter greeting = "hi"
            device uart: Uart16550 { line 4 }
            device kbd: I8042 { line 1 mouse_line 12 level-sensitive }
            device disk: BusMasterDisk { line 11 }
            """;

    private static List<Stimulus> stimuli(String text) {
        return Samples.scenario(DEVICES + "workload {" + text + "}").workload().stimuli().stream()
                .flatMap(timed -> timed.stimuli().stream())
                .toList();
    }

    private static String mistakes(String text) {
        return Samples.messages(Samples.read(DEVICES + text));
    }

    private static SequencedMap<String, Value> arguments(Object... pairs) {
        SequencedMap<String, Value> values = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            values.put((String) pairs[i], (Value) pairs[i + 1]);
        }
        return values;
    }

    private static Map<String, Value> argumentsOf(String stimulus) {
        return ((Stimulus.OfDevice) stimuli(stimulus).getFirst()).arguments();
    }

    @Test
    void aStimulusCanTakeAText() {
        assertThat(argumentsOf("uart.receive \"a\\n\" count 3"))
                .isEqualTo(arguments("text", new Value.Text("a\n"), "count", new Value.Whole(3)));
        assertThat(argumentsOf("uart.receive greeting"))
                .isEqualTo(arguments("text", new Value.Text("hi"), "count", new Value.Whole(1)));
        assertThat(stimuli("at 1ms { uart.receive \"a\" uart.receive \"b\" }")).hasSize(2);
    }

    @Test
    void anArgumentWithoutNameCanBeLeftOut() {
        assertThat(argumentsOf("kbd.key 0x1E"))
                .containsEntry("state", new Value.Word("stroke"))
                .containsEntry("extended", new Value.Truth(false));
        assertThat(argumentsOf("kbd.key 0x48 extended"))
                .containsEntry("state", new Value.Word("stroke"))
                .containsEntry("extended", new Value.Truth(true));
        assertThat(argumentsOf("kbd.key 0x48 up extended"))
                .containsEntry("state", new Value.Word("up"));
    }

    @Test
    void wrongTextsAreRefused() {
        assertThat(mistakes("workload { uart.receive }")).contains("'receive' needs a text");
        assertThat(mistakes("workload { uart.receive 5 }"))
                .contains("text is a text of at most 8 characters, not 5");
        assertThat(mistakes("workload { uart.receive \"123456789\" }"))
                .contains("text is a text of at most 8 characters, not \"123456789\"");
        assertThat(mistakes("workload { kbd.press \"abd\" }"))
                .contains("text is a text of at most 8 characters of a toy, not \"abd\"");
    }

    @Test
    void whatHappensToAnInterruptCanHappenToAnother() {
        List<Stimulus> all =
                stimuli(
                        """
                        kbd.lose interrupt 2
                        kbd.lose interrupt 3 of mouse
                        kbd.raise spurious of mouse
                        kbd.storm 4 every 1us of mouse
                        """);

        assertThat(all)
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields(
                        "position", "stimulus.position")
                .containsExactly(
                        new Stimulus.LoseInterrupt(all.getFirst().position(), "kbd", 2),
                        new Stimulus.OfInterrupt(
                                "mouse",
                                new Stimulus.LoseInterrupt(all.get(1).position(), "kbd", 3)),
                        new Stimulus.OfInterrupt(
                                "mouse", new Stimulus.Raise(all.get(2).position(), "kbd", true)),
                        new Stimulus.OfInterrupt(
                                "mouse",
                                new Stimulus.Storm(all.get(3).position(), "kbd", 4, 1000)));
        assertThat(Samples.KEYBOARD.furtherInterrupts()).containsExactly("mouse");
        assertThat(Samples.DISK.furtherInterrupts()).isEmpty();
    }

    @Test
    void onlyAnInterruptThatTheDeviceHasCanBeNamed() {
        assertThat(mistakes("workload { kbd.lose interrupt 1 of pen }"))
                .contains("of is mouse, not 'pen'");
        assertThat(mistakes("workload { disk.lose interrupt 1 of mouse }"))
                .contains("'lose' has no property 'of'");
    }

    @Test
    void wordsCanBeExpectedOfWhatADevicePutOut() {
        Expectation expectation =
                Samples.scenario(DEVICES + "expect { uart.transmitted contains \"a\\tb\" }")
                        .expectations()
                        .getFirst();

        assertThat(expectation)
                .isEqualTo(
                        new DeviceTextContains(
                                expectation.written(), "uart", "transmitted", "a\tb"));
        assertThat(expectation.written().text()).isEqualTo("uart.transmitted contains \"a\\tb\"");
    }

    @Test
    void onlyWhatADevicePutsOutCanBeLookedAt() {
        assertThat(mistakes("expect { uart.sent contains \"a\" }"))
                .contains("a Uart16550 puts out no such text")
                .contains("uart.transmitted or lost");
        assertThat(mistakes("expect { disk.text contains \"a\" }"))
                .contains("a BusMasterDisk puts out no such text")
                .contains("it puts out none");
        assertThat(mistakes("expect { uart.transmitted[1] contains \"a\" }"))
                .contains("puts out no such text");
        assertThat(mistakes("expect { pen.text contains \"a\" }")).contains("unknown device 'pen'");
    }
}
