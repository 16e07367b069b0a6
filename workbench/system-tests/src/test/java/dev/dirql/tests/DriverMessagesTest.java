package dev.dirql.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the C of a driver cannot know from its own text is said beside the mistake. */
class DriverMessagesTest {
    private static final String ENTRY =
            """
                NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath) {
                    UNREFERENCED_PARAMETER(Driver);
                    UNREFERENCED_PARAMETER(RegistryPath);
                    return STATUS_SUCCESS;
                }
            }
            """;

    @TempDir private Path directory = Path.of("");

    private String check(String scenario) throws IOException {
        Files.writeString(directory.resolve("x.scn"), scenario);
        CommandLine.Ended ended = new CommandLine(directory).run("check", "x.scn");
        assertThat(ended.code()).isEqualTo(2);
        return ended.out() + ended.err();
    }

    @ParameterizedTest
    @CsvSource({
        "ULONG Burst;",
        "VOID Other(ULONG Burst) { }",
        "struct { ULONG Burst; } Shared;",
        "VOID Other(VOID) { ULONG Burst = 7; }",
        "enum { Burst = 7 };",
        "VOID Other(VOID) { Burst = 7; }",
        "VOID Burst(VOID) { }",
    })
    void anIdentifierThatIsAParameterIsSaidToBeOne(String text) throws IOException {
        String messages = check("parameter Burst = 3\ndriver d {\n    " + text + "\n" + ENTRY);

        assertThat(messages)
                .contains("x.scn:3:")
                .contains(
                        "Burst is a parameter of the scenario (line 1), which is a macro in C: it"
                                + " stands for 3 here");
    }

    @Test
    void aMistakeElsewhereSaysNothingOfParameters() throws IOException {
        String messages =
                check(
                        "parameter Burst = 3\ndriver d {\n    ULONG Sum(VOID) { return Burst + x; }\n"
                                + ENTRY);

        assertThat(messages).contains("x.scn:3:").doesNotContain("is a parameter of");
    }

    @Test
    void anIdentifierOfAHeaderThatIsAParameterIsSaidToBeOne() throws IOException {
        String messages = check("parameter Count = 3\ndriver d {\n" + ENTRY);

        assertThat(messages)
                .contains("string.h:")
                .contains("Count is a parameter of the scenario (line 1)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "wdf.h | the Kernel-Mode Driver Framework (KMDF)",
                "ndis.h | NDIS",
                "storport.h | Storport",
                "scsi.h | Storport",
                "fltKernel.h | the Filter Manager",
                "usbdlib.h | the USB driver stack",
                "windows.h | user mode",
            })
    void theHeaderOfAFrameworkIsSaidToBeNotModelled(String header, String framework)
            throws IOException {
        String messages = check("driver d {\n    #include <" + header + ">\n" + ENTRY);

        assertThat(messages)
                .contains("there is no header " + header + ": " + framework + " is not modelled;");
    }

    @Test
    void anotherHeaderIsJustNotThere() throws IOException {
        String messages = check("driver d {\n    #include <nothing.h>\n" + ENTRY);

        assertThat(messages)
                .contains("there is no header nothing.h\n")
                .doesNotContain("is not modelled");
    }

    @ParameterizedTest
    @CsvSource({
        "IoGetAttachedDevice(0), ntifs.h",
        "RtlStringCchLengthW(0), ntstrsafe.h",
        "RtlStringCbPrintfW(0), ntstrsafe.h",
        "WmiSystemControl(0), wmilib.h",
        "IoCreateDeviceSecure(0), wdmsec.h",
        "_itoa_s(0), stdlib.h",
    })
    void theHeaderOfARoutineThatIsNotIncludedIsNamed(String call, String header)
            throws IOException {
        String name = call.substring(0, call.indexOf('('));

        String messages = check("driver d {\n    VOID Other(VOID) { " + call + "; }\n" + ENTRY);

        assertThat(messages)
                .contains("error: " + name + " is declared in " + header + "\n")
                .contains("#include <" + header + ">\n")
                .doesNotContain("modelled");
    }

    @Test
    void aDocumentedRoutineThatNoHeaderDeclaresIsSaidToBeNotModelled() throws IOException {
        String messages =
                check(
                        "driver d {\n    VOID Other(VOID) { SeRegisterLogonSessionTerminatedRoutine(0); }\n"
                                + ENTRY);

        assertThat(messages)
                .contains("error: SeRegisterLogonSessionTerminatedRoutine is not modelled\n");
    }
}
