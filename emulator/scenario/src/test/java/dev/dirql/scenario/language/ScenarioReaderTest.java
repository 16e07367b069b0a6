package dev.dirql.scenario.language;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.scenario.language.RegistryEntry.Data.Binary;
import dev.dirql.scenario.language.RegistryEntry.Data.Text;
import dev.dirql.scenario.language.RegistryEntry.Data.Texts;
import dev.dirql.scenario.language.RegistryEntry.Data.Whole;
import dev.dirql.scenario.source.SourceFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class ScenarioReaderTest {
    @Test
    void anEmptyTextIsAScenarioWithTheUsualMachine() {
        Scenario scenario = Samples.scenario("");

        assertThat(scenario.title()).isEmpty();
        assertThat(scenario.machine())
                .isEqualTo(
                        new MachineDeclaration(
                                1,
                                0,
                                500,
                                1,
                                256L << 20,
                                3_600_000_000_000L,
                                10_000_000_000L,
                                kernel("force", false, Map.of())));
        assertThat(scenario.expects()).isFalse();
        assertThat(scenario.workload()).isEqualTo(Workload.NONE);
    }

    @Test
    void theMachineIsAsWritten() {
        MachineDeclaration machine =
                Samples.scenario(
                                """
                                parameter strict = true
                                machine { processors 8  seed 7  quantum 250ns step 2ns paging explore
                                          verifier strict memory 64MB limit 10s steps 1_000_000
                                          answer KeFoo 17 answer IoBar 0xC0000001 }
                                """)
                        .machine();

        assertThat(machine)
                .isEqualTo(
                        new MachineDeclaration(
                                8,
                                7,
                                250,
                                2,
                                64L << 20,
                                10_000_000_000L,
                                1_000_000,
                                kernel(
                                        "explore",
                                        true,
                                        Map.of("KeFoo", 17L, "IoBar", 0xC0000001L))));
    }

    private static SequencedMap<String, Value> kernel(
            String paging, boolean verifier, Map<String, Long> answers) {
        SequencedMap<String, Value> kernel = new LinkedHashMap<>();
        kernel.put("paging", new Value.Word(paging));
        kernel.put("verifier", new Value.Truth(verifier));
        kernel.put("tick", new Value.Time(15_625_000));
        kernel.put("answer", new Value.Answers(new TreeMap<>(answers)));
        return kernel;
    }

    @Test
    void theRegistryHoldsWhatIsWrittenBelowTheKeyOfTheDriverOrAnywhere() {
        List<RegistryEntry> registry =
                Samples.scenario(
                                """
                                registry d { "Top" = 1  "P\\\\Wide" = qword -1  "P\\\\Text" = "a\\\\b"
                                             "P\\\\Several" = list "x", "" "P\\\\Raw" = binary 1, 255
                                             "P\\\\Where" = expandable "%x%" }
                                registry { "\\\\Registry\\\\Machine\\\\Software\\\\Level" = 0xFFFFFFFF }
                                driver d { int x; }
                                """)
                        .registry();

        String key = "\\Registry\\Machine\\System\\CurrentControlSet\\Services\\d";
        assertThat(registry)
                .containsExactly(
                        new RegistryEntry(key, "Top", new Whole(1, false)),
                        new RegistryEntry(key + "\\P", "Wide", new Whole(-1, true)),
                        new RegistryEntry(key + "\\P", "Text", new Text("a\\b", false)),
                        new RegistryEntry(key + "\\P", "Several", new Texts(List.of("x", ""))),
                        new RegistryEntry(key + "\\P", "Raw", new Binary(List.of(1, 255))),
                        new RegistryEntry(key + "\\P", "Where", new Text("%x%", true)),
                        new RegistryEntry(
                                "\\Registry\\Machine\\Software",
                                "Level",
                                new Whole(0xFFFFFFFFL, false)));
    }

    @Test
    void theCommandLineOverridesProcessorsSeedAndParameters() {
        Overrides overrides =
                new Overrides(
                        new LinkedHashMap<>(Map.of("size", "8KB")),
                        OptionalInt.of(4),
                        OptionalLong.of(99));

        Scenario scenario =
                Samples.read("parameter size = 4KB machine { processors 2 }", Map.of(), overrides)
                        .scenario()
                        .orElseThrow();

        assertThat(scenario.machine().processors()).isEqualTo(4);
        assertThat(scenario.machine().seed()).isEqualTo(99);
        assertThat(scenario.parameters().getFirst().value()).isEqualTo(new Value.Size(8192));
        assertThat(scenario.parameters().getFirst().overridden()).isTrue();
    }

    @Test
    void parametersAreEvaluatedInOrderAndSpelledInC() {
        List<ParameterDeclaration> parameters =
                Samples.scenario(
                                """
                                parameter a = 1 + 2 * 3
                                parameter b = -(a << 4)
                                parameter c = 1.5us * a
                                parameter d = c / 500ns
                                parameter e = 4KB + 1
                                parameter f = !(a < 5) && true
                                parameter g = "say \\"hi\\"?"
                                parameter h = 0xFFFFFFFFFFFFFFFF
                                parameter i = 0x1_0000_0000
                                """)
                        .parameters();

        assertThat(parameters)
                .extracting(ParameterDeclaration::value)
                .containsExactly(
                        new Value.Whole(7),
                        new Value.Whole(-112),
                        new Value.Time(10_500),
                        new Value.Whole(21),
                        new Value.Size(4097),
                        new Value.Truth(true),
                        new Value.Text("say \"hi\"?"),
                        new Value.Whole(-1),
                        new Value.Whole(1L << 32));
        assertThat(parameters)
                .extracting(ParameterDeclaration::cText)
                .containsExactly(
                        "7",
                        "(-112)",
                        "10500",
                        "21",
                        "4097",
                        "1",
                        "\"say \\\"hi\\\"\\077\"",
                        "(-1)",
                        "4294967296LL");
    }

    @Test
    void aDeviceHasItsWrittenAndItsUsualProperties() {
        DeviceDeclaration disk =
                Samples.scenario(
                                """
                                parameter base = 10us
                                device disk: BusMasterDisk { order nearest line 11 latched latency base * 4
                                    cache on }
                                """)
                        .device("disk");

        assertThat(disk.properties())
                .containsExactly(
                        Map.entry("line", new Value.Line(11, Value.Trigger.LATCHED)),
                        Map.entry("latency", new Value.Time(40_000)),
                        Map.entry("capacity", new Value.Size(1 << 20)),
                        Map.entry("queues", new Value.Whole(1)),
                        Map.entry("order", new Value.Word("nearest")),
                        Map.entry("cache", new Value.Truth(true)));
        assertThat(disk.number("latency")).isEqualTo(40_000);
        assertThat(disk.constantName("STATUS")).isEqualTo("DISK_STATUS");
    }

    @Test
    void aDriversCIsHandedOnUntouchedWithItsPlace() {
        String text =
                """
                driver d {
                #define OPEN {
                    char c = '}'; /* } */ // }
                    char *s = "}\\"}";
                #if A
                    void f(int a) {
                #else
                    void f(void) {
                #endif
                    }
                }
                machine { processors 2 }
                """;

        Scenario scenario = Samples.scenario(text);

        DriverDeclaration.Source source = scenario.drivers().getFirst().source();
        assertThat(source.begin()).isEqualTo(text.indexOf('{') + 1);
        assertThat(source.end()).isEqualTo(text.indexOf("\n}\nmachine") + 1);
        assertThat(source.position()).hasToString("test.scn:1:11");
        assertThat(scenario.machine().processors()).isEqualTo(2);
    }

    @Test
    void aDriverCanBeAFile() {
        Parsed parsed =
                Samples.read(
                        """
                        device disk: BusMasterDisk { line 1 }
                        driver d from "c/driver.c" for disk
                        """,
                        Map.of("c/driver.c", "int a;"),
                        Overrides.NONE);

        DriverDeclaration driver = parsed.scenario().orElseThrow().drivers().getFirst();
        assertThat(driver.source().text()).isEqualTo("int a;");
        assertThat(driver.devices()).containsExactly("disk");
        assertThat(parsed.files())
                .extracting(SourceFile::name)
                .containsExactly("test.scn", "c/driver.c");
    }

    @Test
    void aFileThatTwoFilesIncludeCountsOnce() {
        Parsed parsed =
                Samples.read(
                        "include \"a.scn\" include \"b.scn\" parameter c = a + b",
                        Map.of(
                                "a.scn", "include \"base.scn\" parameter a = base",
                                "b.scn", "include \"base.scn\" parameter b = base",
                                "base.scn", "parameter base = 2"),
                        Overrides.NONE);

        assertThat(parsed.scenario().orElseThrow().parameters())
                .extracting(ParameterDeclaration::name)
                .containsExactly("base", "a", "b", "c");
    }

    @Test
    void wordsOfSentencesMayBeNames() {
        Scenario scenario =
                Samples.scenario(
                        """
                        parameter times = 3
                        parameter value = 4
                        device time: IntervalTimer { line 1 }
                        driver lock for time { int output; }
                        workload {
                            at 1us every 2us times times time.raise
                            thread { write lock, value control time, times, input value, output value }
                        }
                        expect { lock.output == value time <= 1ms no errors lock.in == 5 deadlock }
                        """);

        assertThat(scenario.expectations()).hasSize(5);
        assertThat(scenario.workload().stimuli().getFirst().times()).isEqualTo(3);
        assertThat(
                        ((WorkloadStatement.Control)
                                        scenario.workload().threads().getFirst().body().get(1))
                                .inputLength())
                .isEqualTo(4);
    }

    @Test
    void linesMayEndAsOnWindowsAndBeginWithAByteOrderMark() {
        Scenario scenario =
                Samples.scenario("\uFEFFscenario \"a\"\r\nmachine {\r\n processors 2\r\n}\r\n");

        assertThat(scenario.title()).isEqualTo("a");
        assertThat(scenario.machine().processors()).isEqualTo(2);
    }
}
