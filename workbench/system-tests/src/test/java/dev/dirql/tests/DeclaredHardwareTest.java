package dev.dirql.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A device that a scenario declares is as good as one that is built in: BusMasterDisk, declared, is
 * touched in every way and leaves the same trace, byte for byte.
 */
class DeclaredHardwareTest {
    private static final Path HARDWARE =
            Repository.root().resolve("workbench/system-tests/src/test/resources/hardware");

    @TempDir private Path directory = Path.of("");

    private CommandLine here = new CommandLine(directory);

    @BeforeEach
    void declaredDisk() throws IOException {
        here = new CommandLine(directory);
        Files.copy(
                HARDWARE.resolve("bus-master-disk.scn"), directory.resolve("bus-master-disk.scn"));
    }

    /** The same lines with the declared disk. */
    private static String declared(String builtIn) {
        return builtIn.replace(
                "device disk: BusMasterDisk",
                "include \"bus-master-disk.scn\" device disk: DeclaredDisk");
    }

    private String trace(String scenario, String name, String... options) throws IOException {
        Files.writeString(directory.resolve("scenario.scn"), scenario);
        String[] all = new String[4 + options.length];
        all[0] = "run";
        all[1] = "--trace";
        all[2] = name;
        all[3] = "scenario.scn";
        System.arraycopy(options, 0, all, 4, options.length);
        CommandLine.Ended ended = here.run(all);
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).contains("Passed.");
        assertThat(here.run("replay", name).out()).startsWith("Identical: ");
        return here.run("trace", "show", "--json", name).out();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "5"})
    void declaredDiskGivesTheTraceOfTheBuiltInOne(String seed) throws IOException {
        String builtIn =
                Files.readString(Repository.root().resolve("scripts/using-spin-locks.scn"));

        String expected = trace(builtIn, "built-in", "--seed", seed);
        String actual = trace(declared(builtIn), "declared", "--seed", seed);

        assertThat(actual).isEqualTo(expected);
        assertThat(actual.lines().count()).isGreaterThan(10_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void declaredDiskAnswersEveryAccessAsTheBuiltInOne(int seed) throws IOException {
        String builtIn =
                Files.readString(HARDWARE.resolve("every-access.scn"))
                        .replace("SEED", Integer.toString(seed));

        String expected = trace(builtIn, "built-in");
        String actual = trace(declared(builtIn), "declared");

        assertThat(actual).isEqualTo(expected);
        assertThat(actual).contains("DmaTransferred", "medium_error", "\"RegisterRead\"");
    }

    @Test
    void everyPartOfADeclarationDoesWhatItSays() throws IOException {
        String trace = trace(Files.readString(HARDWARE.resolve("features.scn")), "features");

        assertThat(trace).contains("raise of poke");
    }

    /** But for SECTORS, which the declared disk computes at power-on. */
    @Test
    void theDatasheetOfDeclaredHardwareIsThatOfTheBuiltInOne() {
        String declared =
                here.run("devices", "--scenario", "bus-master-disk.scn", "DeclaredDisk").out();
        String builtIn = here.run("devices", "BusMasterDisk").out();

        assertThat(declared.replace("DeclaredDisk", "BusMasterDisk").lines().skip(1))
                .filteredOn(line -> !line.contains("SECTORS"))
                .containsExactlyElementsOf(
                        builtIn.lines().skip(1).filter(line -> !line.contains("SECTORS")).toList());
    }

    // ---- what goes wrong in its C ends the run, and says where ----

    private static final String FAULTY =
            """
            hardware Faulty {
                register GO at 0x00
                code {
                    ULONG *nowhere;
                    ULONG zero;
                    const ULONG fixed = 1;
                    void helper(void) {
                        BODY
                    }
                }
                on write GO {
                    helper();
                }
            }
            device bad: Faulty
            driver d for bad {
                NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING Path) {
                    UNREFERENCED_PARAMETER(Driver);
                    UNREFERENCED_PARAMETER(Path);
                    WRITE_REGISTER_ULONG(BAD_GO, 7);
                    return STATUS_SUCCESS;
                }
            }
            """;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*nowhere = 1; | writes address 0x0, where it has no memory",
                "GO = *(ULONG *)0x123456789; | reads address 0x123456789, where it has no memory",
                "*(ULONG *)&fixed = 2; | where it has no writable memory",
                "GO /= zero; | divides by zero",
                "for (;;) zero++; | does not come to its end: 10,000,000 instructions",
                "helper(); | where it has no memory",
                "((void (*)(void))nowhere)(); | jumps to address 0x0, where it has no memory",
                "__debugbreak(); | executes a breakpoint",
                "__halt(); | halts",
                "fail(\"GO was written twice\"); | GO was written twice",
                "memcmp(&zero, nowhere, 4); | reads address 0x0, where it has no memory",
                "dma_read(0x1000, nowhere, 4); | writes address 0x0, where it has no memory",
                "memmove(&zero, &zero, 0x7FFFFFFFFFFFFFFF); | moves 9223372036854775807 bytes",
            })
    void aFaultInItsCodeEndsTheRunAndSaysWhere(String body, String message) throws IOException {
        Files.writeString(directory.resolve("f.scn"), FAULTY.replace("BODY", body));

        CommandLine.Ended ended = here.run("run", "--trace", "t", "f.scn");

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.out())
                .contains("fault in a device's code")
                .contains("bad (Faulty): on write GO: ")
                .contains(message);
        if (!message.startsWith("jumps")) {
            assertThat(ended.out()).contains("in helper at f.scn:");
        }
        assertThat(here.run("trace", "show", "--kind", "RunEnded", "t").out())
                .contains("DEVICE_FAULT");
        assertThat(here.run("replay", "t").out()).startsWith("Identical: ");
    }

    @Test
    void aFaultAtPowerOnIsAMistakeOfTheScenario() throws IOException {
        Files.writeString(
                directory.resolve("f.scn"),
                """
                hardware Faulty {
                    register GO at 0x00
                    on power { fail("no power"); }
                }
                device bad: Faulty
                """);

        CommandLine.Ended ended = here.run("check", "f.scn");

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err())
                .contains("f.scn:5:1: error: bad (Faulty): on power: no power at f.scn:3");
    }

    @Test
    void mistakesInItsCodeAreShownWhereTheyAre() throws IOException {
        Files.writeString(
                directory.resolve("f.scn"),
                """
                hardware Wrong {
                    register GO at 0x00 { START: bit 0 }
                    on write GO { GO.STRT = 1; }
                    interrupt while (GO.START && missing)
                    code { int twice; int twice2 = KeGetCurrentIrql(); }
                }
                device one: Wrong { line 3 }
                device two: Wrong { line 4 }
                """);

        CommandLine.Ended ended = here.run("check", "f.scn");

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err())
                .contains("f.scn:3:22: error: ")
                .contains("f.scn:4:34: error: ")
                .containsOnlyOnce("STRT = 1");
    }

    @Test
    void aDeviceHasNoKernel() throws IOException {
        Files.writeString(
                directory.resolve("f.scn"),
                """
                hardware Wrong {
                    register GO at 0x00
                    code { __declspec(dllimport) unsigned char KeGetCurrentIrql(void); }
                    on write GO { GO = KeGetCurrentIrql(); }
                }
                """);

        CommandLine.Ended ended = here.run("check", "f.scn");

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).contains("hardware 'Wrong' calls KeGetCurrentIrql");
    }
}
