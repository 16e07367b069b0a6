package dev.dirql.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.kernel.KernelSetting;
import dev.dirql.kernel.KernelSettings;
import dev.dirql.scenario.language.KnownNames;
import dev.dirql.scenario.language.MachineDeclaration;
import dev.dirql.scenario.language.Overrides;
import dev.dirql.scenario.language.PropertyType;
import dev.dirql.scenario.language.ScenarioReader;
import dev.dirql.scenario.source.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MachinePropertiesTest {
    @Test
    void whatIsWrittenIsWhatTheKernelGets() {
        KernelSettings settings =
                settings(
                        """
                        machine {
                            verifier on  paging explore  tick 1ms  quantum_ticks 3  storm 20  dpc_depth 9
                            dpc_rate 8
                            threaded_dpcs off  dpc_ticks 10  dispatch_ticks 11  clock_ticks 12
                            message_locks one  spin_lock_winner first  list_locks allowed
                            resource_deadlocks on  dpc_processor available  dpc_time 2us  isr_time 3us
                            stall_time 4us  spin_lock_time 5us  irql_ranges rules  apc_waits off
                            answer KeFoo 5  answer IoBar 0xC0000001
                        }
                        """);

        assertThat(settings.verifier()).isTrue();
        assertThat(settings.paging()).isEqualTo(KernelSettings.Paging.EXPLORE);
        assertThat(settings.tickNs()).isEqualTo(1_000_000);
        assertThat(settings.quantumTicks()).isEqualTo(3);
        assertThat(settings.stormMaximum()).isEqualTo(20);
        assertThat(settings.dpcDepthMaximum()).isEqualTo(9);
        assertThat(settings.dpcRateMinimum()).isEqualTo(8);
        assertThat(settings.threadedDpcs()).isFalse();
        assertThat(settings.dpcTicksMaximum()).isEqualTo(10);
        assertThat(settings.dispatchTicksMaximum()).isEqualTo(11);
        assertThat(settings.clockTicksMaximum()).isEqualTo(12);
        assertThat(settings.oneMessageLock()).isTrue();
        assertThat(settings.longestSpinnerWins()).isTrue();
        assertThat(settings.listLocks()).isEqualTo(KernelSettings.ListLocks.ALLOWED);
        assertThat(settings.verifiesResourceDeadlocks()).isTrue();
        assertThat(settings.dpcsToAvailableProcessors()).isTrue();
        assertThat(settings.dpcTimeNs()).isEqualTo(2_000);
        assertThat(settings.isrTimeNs()).isEqualTo(3_000);
        assertThat(settings.stallTimeNs()).isEqualTo(4_000);
        assertThat(settings.spinLockTimeNs()).isEqualTo(5_000);
        assertThat(settings.irqlsOfRules()).isTrue();
        assertThat(settings.waitsAtApcLevel()).isFalse();
        assertThat(settings.answer("KeFoo")).hasValue(5);
        assertThat(settings.answer("IoBar")).hasValue(0xC0000001L);
        assertThat(settings.answer("KeBar")).isEmpty();
    }

    @Test
    void whatIsNotWrittenIsTheKernelsOwnDefault() {
        KernelSettings settings = settings("");

        assertThat(settings.verifier()).isFalse();
        assertThat(settings.paging()).isEqualTo(KernelSettings.Paging.FORCE);
        assertThat(settings.stormMaximum()).isEqualTo(KernelSettings.DEFAULT.stormMaximum());
        assertThat(settings.answer("KeFoo")).isEmpty();
    }

    @Test
    void everySettingIsInTheReferenceOfTheLanguage() throws IOException {
        String reference =
                Files.readString(Path.of("../../docs/scenario-language.md").toAbsolutePath());

        for (PropertyType setting : MachineProperties.kernelSettings()) {
            assertThat(reference).contains("| `" + setting.name() + "` | ");
        }
        for (KernelSetting setting : KernelSetting.ALL) {
            assertThat(reference)
                    .contains(
                            "| `%s` | %s | %s | "
                                    .formatted(setting.word(), values(setting), usual(setting)));
        }
    }

    private static String values(KernelSetting setting) {
        return switch (setting.kind()) {
            case KernelSetting.Kind.Whole(long low, long high) -> low + " to " + high;
            case KernelSetting.Kind.Time(long low, long high) -> time(low) + " to " + time(high);
            case KernelSetting.Kind.Choice(List<String> words) ->
                    "`" + String.join("`, `", words) + "`";
            case KernelSetting.Kind.Switch() -> "`on`, `off`";
        };
    }

    private static String usual(KernelSetting setting) {
        long number = setting.unlessSaid();
        return switch (setting.kind()) {
            case KernelSetting.Kind.Whole _ -> Long.toString(number);
            case KernelSetting.Kind.Time _ -> time(number);
            case KernelSetting.Kind.Choice(List<String> words) ->
                    "`" + words.get((int) number) + "`";
            case KernelSetting.Kind.Switch() -> number != 0 ? "`on`" : "`off`";
        };
    }

    private static String time(long ns) {
        return ns % 1_000_000_000 == 0 ? ns / 1_000_000_000 + "s" : ns / 1_000 + "us";
    }

    private static KernelSettings settings(String text) {
        MachineDeclaration machine =
                ScenarioReader.read(
                                new SourceFile("test.scn", text),
                                (_, _) -> {
                                    throw new IllegalStateException("nothing is included");
                                },
                                KnownNames.of(
                                        DeviceTypes.catalog(), MachineProperties.kernelSettings()),
                                Overrides.NONE)
                        .scenario()
                        .orElseThrow()
                        .machine();
        return MachineProperties.settings(machine);
    }
}
