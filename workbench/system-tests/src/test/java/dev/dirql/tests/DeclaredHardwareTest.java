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

    @Test
    void everyPartOfAFunctionOnThePciBusDoesWhatItSays() throws IOException {
        String scenario = Files.readString(HARDWARE.resolve("pci-features.scn"));

        String trace = trace(scenario, "messages");
        trace(scenario, "other-order", "--seed", "3");

        assertThat(trace).contains("MSIX[4].CONTROL", "DOORBELL[3]");
    }

    /** One message is left for the device, and all of its table sends that. */
    @Test
    void ofMoreMessagesThanThereAreVectorsOneIsGranted() throws IOException {
        String scenario =
                Files.readString(HARDWARE.resolve("pci-features.scn"))
                        .replace("msix 5", "msix 2048")
                        .replaceAll("(?s)expect \\{.*", "")
                        .replace("call capdrv.Send(4)", "call capdrv.Send(2047)");

        String trace =
                trace(
                        scenario
                                + "expect { capdrv.Sent == 0x100  capdrv.Enabled == 2048  no findings"
                                + " }",
                        "many");

        assertThat(trace).contains("MSIX[2047].CONTROL");
    }

    @Test
    void theDatasheetHasRangesArraysAndMessages() throws IOException {
        Files.copy(HARDWARE.resolve("pci-features.scn"), directory.resolve("pci-features.scn"));

        CommandLine.Ended ended = here.run("devices", "--scenario", "pci-features.scn", "Capture");

        assertThat(ended.out())
                .contains("register of BAR 0, memory", "register of BAR 3, ports")
                .containsPattern("0x100 \\+ 0x20 n +BASE\\[4] +64 +read/write")
                .containsPattern("BIG +32 +read/write, big-endian +0x11223344")
                .containsPattern("1 to 4 +A channel is done\\.")
                .containsPattern("0x00 +PCI_VENDOR_ID +16 +read-only +0x1234")
                .containsPattern("0x2C +PCI_SUBSYSTEM_VENDOR_ID +16 +read-only +0x1AF4")
                .contains("BAR2_BASE", "MESSAGE_VECTOR(n)");
        assertThat(here.run("devices", "--json", "--scenario", "pci-features.scn", "Capture").out())
                .contains("\"stride\" : 8", "\"last\" : 4");
    }

    @Test
    void registersCanBePorts() throws IOException {
        String scenario =
                """
                hardware Latch {
                    ports 0x2E0
                    register DATA at 0 width 1 write-only
                    register STATE at 0 width 1 read-only
                    register WIDE at 4
                    on write DATA { STATE = DATA + 1; }
                }
                device usual: Latch
                device other: Latch { ports 0x2F0 }
                device mapped: Latch { memory }
                driver d for usual, other, mapped {
                    ULONG Usual, Other, Mapped;
                    NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING Path) {
                        UNREFERENCED_PARAMETER(Driver);
                        UNREFERENCED_PARAMETER(Path);
                        WRITE_PORT_UCHAR(USUAL_DATA, 4);
                        WRITE_PORT_UCHAR((PUCHAR)0x2F0, 6);
                        WRITE_REGISTER_UCHAR(MAPPED_DATA, 8);
                        WRITE_PORT_ULONG(OTHER_WIDE, 5);
                        Usual = READ_PORT_UCHAR(USUAL_STATE);
                        Other = READ_PORT_UCHAR(OTHER_STATE) + READ_PORT_ULONG(OTHER_WIDE);
                        Mapped = READ_REGISTER_UCHAR(MAPPED_STATE);
                        return STATUS_SUCCESS;
                    }
                }
                expect { d.Usual == 5  d.Other == 12  d.Mapped == 9  no findings }
                """;

        String trace = trace(scenario, "ports");

        assertThat(trace).contains("\"DATA\"", "\"STATE\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pci 1:1 msix 4 | send_message(4); | sends message 4, and has 0 to 3",
                "pci 1:1 msix 1 | send_message(1); | sends message 1, and has message 0 only",
                "pci 1:1 msix 1 | send_message(-1); | sends message 4294967295",
            })
    void aMessageThatIsNotThereEndsTheRun(String parts, String body, String message)
            throws IOException {
        Files.writeString(
                directory.resolve("f.scn"),
                FAULTY.replace("register GO", parts + " register GO").replace("BODY", body));

        CommandLine.Ended ended = here.run("run", "--no-trace", "f.scn");

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.out()).contains(message).contains("in helper at f.scn:");
    }

    @Test
    void hardwareWithoutMessagesCannotSendOne() throws IOException {
        Files.writeString(
                directory.resolve("f.scn"),
                "hardware H { register GO at 0 on write GO { send_message(0); } }");

        CommandLine.Ended ended = here.run("check", "f.scn");

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err())
                .contains("hardware 'H' calls send_message, and has no messages")
                .contains("msix 4");
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
