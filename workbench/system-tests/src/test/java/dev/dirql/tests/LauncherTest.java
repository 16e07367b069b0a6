package dev.dirql.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher, in a checkout that has only what it looks at: JDKs and a Maven that say what they
 * were asked for. The usual places for JDKs are looked for in the home directory alone.
 */
class LauncherTest {
    @TempDir private Path directory = Path.of("");

    private Path checkout = Path.of("");
    private Path home = Path.of("");
    private Path path = Path.of("");

    @BeforeEach
    void checkoutThatIsBuilt() throws IOException, InterruptedException {
        HostPrograms.require("bash", "bash", "-c", "true");
        checkout = Files.createDirectories(directory.resolve("a check out"));
        home = Files.createDirectories(directory.resolve("home"));
        path = Files.createDirectories(directory.resolve("path"));
        String launcher = Files.readString(Repository.root().resolve("dirql"));
        String hermetic =
                launcher.replaceFirst(
                        "for candidate in [^;]*; do", "for candidate in \"\\$HOME\"/.jdks/*; do");
        assertThat(hermetic).isNotEqualTo(launcher);
        program(checkout.resolve("dirql"), hermetic);
        Path target = Files.createDirectories(checkout.resolve("workbench/cli/target"));
        Files.writeString(checkout.resolve("workbench/cli/jvm.options"), "");
        source("traces/events/src/main/java/Old.java", 100);
        Files.writeString(target.resolve("dirql.jar"), "");
        // No cache: to make one was tried, and did not work.
        Files.writeString(target.resolve("dirql.aot.failed"), "");
        jdk(home.resolve(".jdks/jdk-25"), "25.0.1");
        program(
                path.resolve("mvn"),
                """
                #!/bin/bash
                echo "mvn with $JAVA_HOME"
                mkdir -p workbench/cli/target && touch workbench/cli/target/dirql.jar
                """);
    }

    private void source(String name, int secondsOld) throws IOException {
        Path file = checkout.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "");
        FileTime time = FileTime.from(Instant.now().minusSeconds(secondsOld));
        Path inside = checkout.relativize(file);
        for (int depth = inside.getNameCount(); depth > 0; depth--) {
            Files.setLastModifiedTime(checkout.resolve(inside.subpath(0, depth)), time);
        }
    }

    private static void program(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** A JDK whose java says who it is and what comes after the jar. */
    private static Path jdk(Path place, String version) throws IOException {
        Files.createDirectories(place.resolve("bin"));
        Files.writeString(place.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        program(
                place.resolve("bin/java"),
                """
                #!/bin/bash
                while [ "$1" != -jar ]; do shift; done
                echo "%s: $*"
                """
                        .formatted(place.getFileName()));
        program(place.resolve("bin/javac"), "#!/bin/bash\n");
        return place;
    }

    private CommandLine.Ended start(Path from, String javaHome, String line)
            throws IOException, InterruptedException {
        Path out = directory.resolve("out.txt");
        Path err = directory.resolve("err.txt");
        ProcessBuilder builder =
                new ProcessBuilder("bash", "-c", line)
                        .directory(from.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().put("HOME", home.toString());
        builder.environment().put("JAVA_HOME", javaHome);
        builder.environment().put("PATH", path + ":/usr/bin:/bin");
        builder.environment().remove("DIRQL_JAVA_OPTIONS");
        // The host's own java is not looked at.
        program(path.resolve("java"), "#!/bin/bash\n");
        Process process = builder.start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new CommandLine.Ended(
                process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private CommandLine.Ended start(String javaHome) throws IOException, InterruptedException {
        return start(checkout, javaHome, "./dirql run 'my file'");
    }

    private String started(String jdk) {
        return "%s: -jar %s/workbench/cli/target/dirql.jar run my file\n".formatted(jdk, checkout);
    }

    @Test
    void takesTheJdkOfJavaHomeIfThatIsA25() throws Exception {
        Path named = jdk(directory.resolve("named"), "25");

        assertThat(start(named.toString()).out()).isEqualTo(started("named"));
    }

    @Test
    void looksElsewhereIfJavaHomeIsOlderOrMissingOrNonsense() throws Exception {
        Path older = jdk(directory.resolve("older"), "17.0.9");

        for (String javaHome : new String[] {older.toString(), "", "/no where", "\n"}) {
            CommandLine.Ended ended = start(javaHome);

            assertThat(ended.out()).isEqualTo(started("jdk-25"));
            assertThat(ended.err()).isEmpty();
        }
    }

    @Test
    void saysWhatToInstallWhereThereIsNoJdk() throws Exception {
        jdk(home.resolve(".jdks/jdk-25"), "2.5.0");

        CommandLine.Ended ended = start("");

        assertThat(ended.code()).isEqualTo(3);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).startsWith("dirql: needs a JDK 25").contains("Install one");
    }

    @Test
    void startsFromAnyDirectoryAndThroughLinks() throws Exception {
        Files.createSymbolicLink(path.resolve("first link"), checkout.resolve("dirql"));
        Files.createSymbolicLink(path.resolve("dirql-link"), Path.of("first link"));

        assertThat(start(home, "", "'" + checkout + "/dirql' run 'my file'").out())
                .isEqualTo(started("jdk-25"));
        assertThat(start(home, "", "dirql-link run 'my file'").out()).isEqualTo(started("jdk-25"));
        assertThat(start(checkout, "", "sh dirql run 'my file'").out())
                .isEqualTo(started("jdk-25"));
    }

    @Test
    void buildsWhenASourceIsNewerAndSaysSoOnTheErrorStream() throws Exception {
        source("traces/events/src/main/java/New.java", -100);

        CommandLine.Ended ended = start("");

        assertThat(ended.out()).isEqualTo(started("jdk-25"));
        assertThat(ended.err())
                .isEqualTo(
                        "dirql: building (once, and again when a source changes) …\n"
                                + "mvn with %s/.jdks/jdk-25\n".formatted(home));
    }

    @Test
    void buildsForNoTestAndNoOutput() throws Exception {
        source("traces/events/src/test/java/New.java", -100);
        source("traces/events/target/src/main/New.class", -100);
        source("traces/events/src/main/java/Old.java", 100);

        assertThat(start("").err()).isEmpty();
    }

    @Test
    void buildsWhereThereIsNoJar() throws Exception {
        Files.delete(checkout.resolve("workbench/cli/target/dirql.jar"));

        assertThat(start("").err()).contains("building", "mvn with");
        assertThat(start("").err()).isEmpty();
    }

    @Test
    void buildThatFailsIsTheEndOfIt() throws Exception {
        Files.delete(checkout.resolve("workbench/cli/target/dirql.jar"));
        program(path.resolve("mvn"), "#!/bin/bash\necho the reason\nexit 1\n");

        CommandLine.Ended ended = start("");

        assertThat(ended.code()).isEqualTo(3);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err())
                .contains("the reason\n", "dirql: the build failed")
                .endsWith("Nothing was run.\n");
    }

    @Test
    void closedOutputIsNotTakenForAFileOfTheRun() throws Exception {
        program(
                home.resolve(".jdks/jdk-25/bin/java"),
                """
                #!/bin/bash
                for descriptor in 0 1 2; do
                    [ -e /dev/fd/$descriptor ] || exit 9
                done
                """);

        assertThat(start(checkout, "", "./dirql run x <&- >&- 2>&-").code()).isZero();
    }
}
