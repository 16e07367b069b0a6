package dev.dirql.kernel.structures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The C compiler of mingw-w64, which lays out structures as 64-bit Windows does. */
public final class MingwCompiler {
    private static final String PROGRAM = "x86_64-w64-mingw32-gcc";

    /** Where this module's headers are. */
    public static final Path HEADERS = Path.of("src/main/resources/dev/dirql/kernel/include");

    /** Where the DDK headers of mingw-w64 are. */
    public static final Path DDK = Path.of("/usr/x86_64-w64-mingw32/include/ddk");

    private MingwCompiler() {}

    /** Skips the test where the compiler is missing, unless missing tools are failures. */
    public static void mustBeThere() {
        boolean there = false;
        for (String directory : System.getenv("PATH").split(File.pathSeparator, -1)) {
            there |= Files.isExecutable(Path.of(directory, PROGRAM));
        }
        there &= Files.isDirectory(DDK);
        String message = "needs the Debian package gcc-mingw-w64-x86-64";
        if (Boolean.getBoolean("dirql.tools.required")) {
            assertThat(there).as(message).isTrue();
        }
        assumeTrue(there, message);
    }

    /** Checks a C text and gives what the compiler says, empty if nothing. */
    public static String check(Path directory, String text, Path... includes)
            throws IOException, InterruptedException {
        Path file = directory.resolve("check.c");
        Path said = directory.resolve("check.txt");
        Files.writeString(file, text);
        List<String> command =
                new ArrayList<>(
                        List.of(PROGRAM, "-std=gnu11", "-fms-extensions", "-fsyntax-only", "-w"));
        for (Path include : includes) {
            command.add("-I" + include.toAbsolutePath());
        }
        command.add(file.toString());
        int exit =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start()
                        .waitFor();
        String output = Files.readString(said, StandardCharsets.UTF_8);
        return exit == 0 ? "" : output;
    }
}
