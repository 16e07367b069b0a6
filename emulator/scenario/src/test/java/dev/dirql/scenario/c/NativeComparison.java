package dev.dirql.scenario.c;

import dev.dirql.machine.image.DebugInformation;
import dev.dirql.machine.image.Image;
import dev.dirql.scenario.source.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Runs compiled functions on the host's processor and compares their results with those of the
 * host's C compiler. Only for x86-64 Linux with gcc.
 */
final class NativeComparison {
    private static final String HARNESS =
            """
            #include <stdio.h>
            #include <string.h>
            #include <sys/mman.h>
            #include <unistd.h>
            #include <fcntl.h>
            typedef unsigned long long (__attribute__((ms_abi)) *compiled)(unsigned long long, unsigned long long);
            typedef unsigned long long (*reference)(unsigned long long, unsigned long long);
            #include "table.h"
            int main(int argc, char **argv) {
                int file = open(argv[1], O_RDONLY);
                unsigned char *image = mmap((void *) BASE, SIZE, PROT_READ | PROT_WRITE | PROT_EXEC,
                    MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0);
                if (image != (void *) BASE || read(file, image, SIZE) < 0) return 2;
                static const unsigned long long values[] = { 0, 1, -1ULL, 0x8000000000000000ULL, 12345, 0xDEADBEEFCAFEULL };
                int wrong = 0;
                for (int i = 0; i < COUNT; i++) {
                    for (int k = 0; k < 6; k++) {
                        unsigned long long a = values[k], b = values[(k * 5 + 1) % 6];
                        unsigned long long expected = references[i](a, b);
                        unsigned long long actual = ((compiled) (image + offsets[i]))(a, b);
                        if (expected != actual) {
                            printf("%s(0x%llx, 0x%llx): expected 0x%llx, got 0x%llx\\n", names[i], a, b, expected, actual);
                            wrong = 1;
                            break;
                        }
                    }
                }
                return wrong;
            }
            """;

    private NativeComparison() {}

    static boolean hostIsX64Linux() {
        return System.getProperty("os.arch", "").equals("amd64")
                && System.getProperty("os.name", "").equals("Linux");
    }

    /**
     * Compiles a program whose functions {@code t0} … {@code t(count-1)} take and return 64-bit
     * integers.
     */
    static Image compile(String name, String text) {
        SourceFile file = new SourceFile(name, text);
        Compilation compilation =
                CCompiler.compile(
                        new CProgram(
                                "test",
                                List.of(CSource.of(file)),
                                List.of(),
                                Map.of(),
                                IncludeResolver.NONE,
                                ""));
        Optional<Image> image = compilation.image();
        return image.orElseThrow(() ->
                new AssertionError(
                        compilation.diagnostics().stream()
                                .filter(d ->
                                        d.kind() == dev.dirql.scenario.source.Diagnostic.Kind.ERROR)
                                .limit(3)
                                .map(dev.dirql.scenario.source.Diagnostic::render)
                                .reduce("", String::concat)));
    }

    /** The differences, a line each; nothing if all results agree. */
    static String differences(Path directory, String text, int count)
            throws IOException, InterruptedException {
        Image image = compile("test.c", text);
        byte[] flat = new byte[image.size()];
        for (Image.Section section : image.sections()) {
            System.arraycopy(section.content(), 0, flat, section.rva(), section.content().length);
        }
        Files.write(directory.resolve("image.bin"), flat);
        List<String> names = new ArrayList<>();
        List<String> offsets = new ArrayList<>();
        StringBuilder declarations = new StringBuilder();
        for (int i = 0; i < count; i++) {
            String name = "t" + i;
            names.add(name);
            offsets.add(Integer.toString(rva(image, name)));
            declarations.append(
                    "unsigned long long %s(unsigned long long, unsigned long long);\n"
                            .formatted(name));
        }
        Files.writeString(
                directory.resolve("table.h"),
                """
                %s
                #define BASE 0x%xULL
                #define SIZE %d
                #define COUNT %d
                static const unsigned offsets[] = { %s };
                static const reference references[] = { %s };
                static const char *const names[] = { "%s" };
                """
                        .formatted(
                                declarations,
                                image.preferredBase(),
                                image.size(),
                                count,
                                String.join(", ", offsets),
                                String.join(", ", names),
                                String.join("\", \"", names)));
        Files.writeString(directory.resolve("harness.c"), HARNESS);
        Files.writeString(directory.resolve("test.c"), text);
        run(
                directory,
                List.of(
                        "gcc",
                        "-w",
                        "-O1",
                        "-fwrapv",
                        "-fno-strict-aliasing",
                        "-mms-bitfields",
                        "-o",
                        "harness",
                        "harness.c",
                        "test.c"));
        return run(directory, List.of("./harness", "image.bin"));
    }

    private static int rva(Image image, String name) {
        for (DebugInformation.Symbol symbol : image.debug().symbols()) {
            if (symbol.name().equals(name)) {
                return symbol.rva();
            }
        }
        throw new AssertionError("no symbol " + name);
    }

    private static String run(Path directory, List<String> command)
            throws IOException, InterruptedException {
        Path log = directory.resolve("log.txt");
        Process process =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            return command.getFirst() + " does not end";
        }
        String text = Files.readString(log);
        int code = process.exitValue();
        if (command.getFirst().equals("gcc") && code != 0) {
            throw new AssertionError(text);
        }
        return code == 0 ? "" : text.isEmpty() ? "ended with " + code : text;
    }
}
