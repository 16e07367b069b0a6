package dev.dirql.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dirql.kernel.services.DdiTable;
import dev.dirql.simulation.Ddis;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Drivers of scenarios compile unchanged with the DDK headers of mingw-w64. */
class HeadersCommandTest {
    private static final String COMPILER = "x86_64-w64-mingw32-gcc";
    private static final String LIBRARIAN = "x86_64-w64-mingw32-dlltool";
    private static final Path DDK = Path.of("/usr/x86_64-w64-mingw32/include/ddk");

    /** A driver in files of its own, with what a scenario's C can say and samples do not. */
    private static final String DRIVER =
            """
            #include "common.h"
            #pragma alloc_text(PAGE, Touch)
            LIST_ENTRY Waiting;
            KSPIN_LOCK Lock;
            VOID Touch(VOID) {
                PAGED_CODE();
                RemoveEntryListUnsafe(Waiting.Flink);
            }
            NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath) {
                KIRQL irql;
                PVOID block = ExAllocatePool2(POOL_FLAG_NON_PAGED, BLOCK, 'kolB');
                UNREFERENCED_PARAMETER(Driver);
                UNREFERENCED_PARAMETER(RegistryPath);
                InitializeListHead(&Waiting);
                KeInitializeSpinLock(&Lock);
                KeAcquireSpinLock(&Lock, &irql);
                KeMemoryBarrier();
                KeReleaseSpinLock(&Lock, irql);
                DbgPrint("%d of %d, %u processors\\n", count, BLOCK, KeGetCurrentProcessorNumber());
                if (block == NULL)
                    KeBugCheckEx(DRIVER_VERIFIER_DETECTED_VIOLATION, 0, 0, 0, 0);
                ExFreePoolWithTag(block, 'kolB');
                return STATUS_SUCCESS;
            }
            """;

    private static final String SMALL =
            """
            driver d {
                NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath) {
                    return STATUS_SUCCESS;
                }
            }
            """;

    @TempDir private Path directory = Path.of("");

    static List<Path> scripts() {
        try (Stream<Path> files = Files.list(Repository.root().resolve("scripts"))) {
            return files.filter(file -> file.toString().endsWith(".scn")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void everyDriverOfAScriptCompilesAndLinks(Path script)
            throws IOException, InterruptedException {
        compilerMustBeThere();
        String name = String.valueOf(script.getFileName());
        Files.copy(script, directory.resolve(name));

        CommandLine.Ended ended = dirql("headers", "out", "--scenario", name);

        assertThat(ended.code()).as(ended.err()).isZero();
        buildsAll();
    }

    @Test
    void aDriverInFilesOfItsOwnCompilesAndLinks() throws IOException, InterruptedException {
        compilerMustBeThere();
        Files.createDirectory(directory.resolve("src"));
        Files.writeString(directory.resolve("src/own.c"), DRIVER);
        Files.writeString(directory.resolve("src/common.h"), "#define BLOCK 64\n");
        Files.writeString(
                directory.resolve("own.scn"),
                "parameter count = 3\ndriver other from \"src/own.c\"\n");

        CommandLine.Ended ended =
                dirql("headers", "out", "--scenario", "own.scn", "--set", "count=5");

        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out()).contains("wrote out/src/other.c\n", "wrote out/src/common.h\n");
        assertThat(directory.resolve("out/own-devices.h")).content().contains("#define count 5\n");
        buildsAll();
    }

    @Test
    void everyExportIsInAnImportLibrary() throws IOException, InterruptedException {
        compilerMustBeThere();
        StringBuilder text = new StringBuilder();
        int count = 0;
        for (DdiTable.Row row : Ddis.all()) {
            text.append("__declspec(dllimport) void %s(void);\n".formatted(row.name()));
            text.append("void *volatile at%d;\n".formatted(++count));
            text.append(
                    "void use%1$d(void) { at%1$d = (void *)%2$s; }\n".formatted(count, row.name()));
        }
        text.append("int DriverEntry(void) { return 0; }\n");

        assertThat(dirql("headers", "out").code()).isZero();
        Files.writeString(directory.resolve("out/all.c"), text);

        assertThat(count).isGreaterThan(90);
        buildsAll("-w", "-fno-builtin");
    }

    @Test
    void headersAreMadeAnewButDriversAreLeftAlone() throws IOException {
        Files.writeString(directory.resolve("a.scn"), SMALL);
        assertThat(dirql("headers", "out", "--scenario", "a.scn").code()).isZero();
        assertThat(dirql("headers", "out", "--scenario", "a.scn").code()).isZero();
        Path header = directory.resolve("out/dirql-ddk.h");
        Files.writeString(header, "/* Made by dirql headers. */ of old\n");
        Files.writeString(directory.resolve("out/d.c"), "int mine;\n");

        CommandLine.Ended refused = dirql("headers", "out", "--scenario", "a.scn");
        CommandLine.Ended made = dirql("headers", "out");

        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("out/d.c: there is another one already");
        assertThat(directory.resolve("out/d.c")).hasContent("int mine;\n");
        assertThat(made.code()).isZero();
        assertThat(header).content().contains("ExAllocatePool2");
    }

    @Test
    void aWrongScenarioWritesNothing() throws IOException {
        Files.writeString(directory.resolve("a.scn"), "machine { procesors 1 }\n");

        CommandLine.Ended ended = dirql("headers", "out", "--scenario", "a.scn");

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).contains("a.scn:1:11: error", "1 error; nothing was written");
        assertThat(directory.resolve("out")).doesNotExist();
    }

    private CommandLine.Ended dirql(String... arguments) {
        return new CommandLine(directory).run(arguments);
    }

    /** Makes the import libraries, and of every C file a driver whose imports they satisfy. */
    private void buildsAll(String... options) throws IOException, InterruptedException {
        for (String library : List.of("ntoskrnl", "hal", "wmilib")) {
            succeeds(
                    LIBRARIAN,
                    "--machine",
                    "i386:x86-64",
                    "--input-def",
                    library + ".def",
                    "--output-lib",
                    "lib" + library + ".a");
        }
        List<Path> sources;
        try (Stream<Path> files = Files.walk(directory.resolve("out"))) {
            sources = files.filter(file -> file.toString().endsWith(".c")).sorted().toList();
        }
        assertThat(sources).isNotEmpty();
        for (Path source : sources) {
            List<String> command =
                    new ArrayList<>(
                            List.of(
                                    COMPILER,
                                    "-std=gnu11",
                                    "-O2",
                                    "-Wall",
                                    "-Wextra",
                                    "-Werror",
                                    "-Wno-multichar",
                                    "-Wno-unknown-pragmas",
                                    // gcc 12 takes what lies at gs: for a null pointer's target.
                                    "-Wno-array-bounds",
                                    "-isystem",
                                    DDK.toString(),
                                    "-I."));
            command.addAll(List.of(options));
            command.addAll(
                    List.of(
                            "-shared",
                            "-nostdlib",
                            "-Wl,--subsystem,native,--entry,DriverEntry,--exclude-all-symbols",
                            "-o",
                            source + ".sys",
                            source.toString(),
                            "-L.",
                            "-lntoskrnl",
                            "-lhal",
                            "-lwmilib"));
            succeeds(command.toArray(String[]::new));
            assertThat(Path.of(source + ".sys")).exists();
        }
    }

    private void succeeds(String... command) throws IOException, InterruptedException {
        Path said = directory.resolve("said.txt");
        int exit =
                new ProcessBuilder(command)
                        .directory(directory.resolve("out").toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start()
                        .waitFor();
        String output = Files.readString(said, StandardCharsets.UTF_8);
        assertThat(exit).as("%s: %s", String.join(" ", command), output).isZero();
    }

    private static void compilerMustBeThere() {
        boolean there = isInstalled(COMPILER) && isInstalled(LIBRARIAN) && Files.isDirectory(DDK);
        String message = "needs the Debian package gcc-mingw-w64-x86-64";
        if (Boolean.getBoolean("dirql.tools.required")) {
            assertThat(there).as(message).isTrue();
        }
        assumeTrue(there, message);
    }

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
    }
}
