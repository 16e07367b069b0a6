package dev.dirql.simulation;

import static org.assertj.core.api.Assertions.assertThat;

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
