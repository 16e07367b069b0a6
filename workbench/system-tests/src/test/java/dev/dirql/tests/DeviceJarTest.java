package dev.dirql.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Types of device come from a jar that somebody else compiled. */
class DeviceJarTest {
    private static final String SERVICE = "dev.dirql.devices.DeviceProvider";

    /** The device that docs/devices.md shows. */
    private static String source() throws IOException {
        return DevicesPage.block("java");
    }

    private static final String SCENARIO =
            """
            device beeper: Beeper { line 6  tone 440 }
            driver d for beeper {
                ULONG Tone;
                NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING Path) {
                    UNREFERENCED_PARAMETER(Driver);
                    UNREFERENCED_PARAMETER(Path);
                    Tone = READ_REGISTER_ULONG(BEEPER_TONE);
                    WRITE_REGISTER_ULONG(BEEPER_TONE, 880);
                    return STATUS_SUCCESS;
                }
            }
            workload { at 1ms beeper.raise spurious }
            expect { d.Tone == 440 }
            """;

    @TempDir private Path directory = Path.of("");

    private void jar(String name, String provider, String text) throws IOException {
        Path classes = Files.createDirectory(directory.resolve(name + "-classes"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        JavaFileObject file =
                new SimpleJavaFileObject(
                        URI.create("string:///example/Beeper.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return text;
                    }
                };
        StringWriter messages = new StringWriter();
        boolean compiled =
                compiler.getTask(
                                messages,
                                null,
                                null,
                                List.of(
                                        "-proc:none",
                                        "-d",
                                        classes.toString(),
                                        "-cp",
                                        System.getProperty("java.class.path")),
                                null,
                                List.of(file))
                        .call();
        assertThat(compiled).as(messages.toString()).isTrue();
        try (OutputStream out = Files.newOutputStream(directory.resolve(name));
                JarOutputStream jar = new JarOutputStream(out);
                Stream<Path> all = Files.walk(classes)) {
            for (Path one : all.filter(Files::isRegularFile).sorted().toList()) {
                jar.putNextEntry(
                        new JarEntry(classes.relativize(one).toString().replace('\\', '/')));
                jar.write(Files.readAllBytes(one));
                jar.closeEntry();
            }
            jar.putNextEntry(new JarEntry("META-INF/services/" + SERVICE));
            jar.write(provider.getBytes(StandardCharsets.UTF_8));
            jar.closeEntry();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Test
    void aDeviceOfAJarIsUsedRecordedAndAskedForByAReplay() throws IOException {
        jar("beeper.jar", "example.Beeper$Provider", source());
        jar("other.jar", "example.Beeper$Provider", source().replace("440", "441"));
        Files.writeString(directory.resolve("s.scn"), SCENARIO);
        CommandLine here = new CommandLine(directory);

        CommandLine.Ended ended =
                here.run("run", "--devices", "beeper.jar", "--trace", "t", "s.scn");

        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).contains("Passed.");
        assertThat(here.run("trace", "show", "t").out()).contains("beeper");
        assertThat(here.run("replay", "--devices", "beeper.jar", "t").out())
                .startsWith("Identical: ");
        CommandLine.Ended without = here.run("replay", "t");
        assertThat(without.code()).isEqualTo(2);
        assertThat(without.err())
                .contains("t was recorded with devices of beeper.jar, SHA-256 ")
                .contains("Name it with --devices.");
        CommandLine.Ended other = here.run("replay", "--devices", "other.jar", "t");
        assertThat(other.code()).isEqualTo(2);
        assertThat(other.err()).contains("not what was recorded");
        assertThat(here.run("replay", "--anyway", "--devices", "other.jar", "t").code())
                .isLessThan(2);
    }

    @Test
    void everyCommandThatReadsAScenarioTakesTheJar() throws IOException {
        jar("beeper.jar", "example.Beeper$Provider", source());
        Files.writeString(directory.resolve("s.scn"), SCENARIO);
        CommandLine here = new CommandLine(directory);

        assertThat(here.run("check", "s.scn").err()).contains("unknown type of device 'Beeper'");
        assertThat(here.run("check", "--devices", "beeper.jar", "s.scn").code()).isZero();
        assertThat(here.run("test", "--devices", "beeper.jar", "s.scn").code()).isZero();
        assertThat(here.run("devices", "--devices", "beeper.jar", "Beeper").out())
                .contains("TONE", "Hertz");
        assertThat(
                        here.run("headers", "out", "--scenario", "s.scn", "--devices", "beeper.jar")
                                .code())
                .isZero();
        assertThat(Files.readString(directory.resolve("out/s-devices.h"))).contains("BEEPER_TONE");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "example.Missing | its devices cannot be loaded",
                "example.Beeper | its devices cannot be loaded",
                "'' | no device is in it",
            })
    void aJarThatCannotBeUsedIsToldOf(String provider, String message) throws IOException {
        jar("beeper.jar", provider, source());

        CommandLine.Ended ended =
                new CommandLine(directory).run("devices", "--devices", "beeper.jar");

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).contains("beeper.jar: " + message);
    }

    @Test
    void aFileThatIsNoJarIsToldOf() throws IOException {
        Files.writeString(directory.resolve("text.jar"), "no jar");
        CommandLine here = new CommandLine(directory);

        assertThat(here.run("devices", "--devices", "text.jar").err())
                .contains("text.jar: this is no jar");
        assertThat(here.run("devices", "--devices", "none.jar").err())
                .contains("none.jar: there is no such file");
        assertThat(here.run("devices", "--devices", "none.jar").code()).isEqualTo(2);
    }

    @Test
    void aNameThatIsTakenAndADeviceThatCannotBeMadeAreToldOf() throws IOException {
        jar(
                "taken.jar",
                "example.Beeper$Provider",
                source().replace("\"Beeper\"", "\"Uart16550\""));
        jar(
                "broken.jar",
                "example.Beeper$Provider",
                source().replace("install(tone);", "throw new ArithmeticException(\"7\");"));
        CommandLine here = new CommandLine(directory);

        assertThat(here.run("devices", "--devices", "taken.jar").err())
                .contains("there is a type of device 'Uart16550' already");
        assertThat(here.run("devices", "--devices", "broken.jar").err())
                .contains("no Beeper can be made: ArithmeticException: 7");
    }
}
