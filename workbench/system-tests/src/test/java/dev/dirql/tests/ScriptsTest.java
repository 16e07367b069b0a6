package dev.dirql.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.tests.CommandLine.Ended;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every sample script does what it says, the same way each time, and what its golden text shows.
 * After a change that is meant, {@code mvn -pl workbench/system-tests -am test -Dtest=ScriptsTest
 * -Ddirql.goldens=rewrite -Dsurefire.failIfNoSpecifiedTests=false} writes the golden texts anew;
 * their difference is reviewed like code.
 */
class ScriptsTest {
    private static final Path SCRIPTS = Repository.root().resolve("scripts");
    private static final int EVENTS_SHOWN = 100;

    @TempDir Path directory;

    static List<String> scripts() {
        try (Stream<Path> files = Files.list(SCRIPTS)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".scn"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void aScriptHoldsItsExpectationsAndLooksLikeItsGolden(String script) throws IOException {
        CommandLine dirql = withScript(script);

        Ended run = dirql.run("run", "--trace", "trace", script);
        Ended locks = dirql.run("trace", "locks", "trace");
        Ended events = dirql.run("trace", "show", "trace");

        assertThat(run.err()).isEmpty();
        String shown =
                "$ dirql run %s\n%s\n$ dirql trace locks\n%s\n$ dirql trace show | head -n %d\n%s\n"
                        .formatted(
                                script,
                                run.out(),
                                locks.out(),
                                EVENTS_SHOWN,
                                events.out()
                                        .lines()
                                        .limit(EVENTS_SHOWN)
                                        .collect(Collectors.joining("\n")));
        assertGolden(script, shown);
        assertThat(run.code()).describedAs(run.out()).isZero();
        assertThat(locks.code()).isZero();
        assertThat(events.code()).isZero();
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void twoRunsOfAScriptGiveTheSameBytes(String script) throws IOException {
        CommandLine dirql = withScript(script);
        dirql.run("run", "--trace", "first", "--quiet", script);
        dirql.run("run", "--trace", "second", "--quiet", script);

        Ended first = dirql.run("trace", "show", "--json", "first");
        Ended second = dirql.run("trace", "show", "--json", "second");

        assertThat(first.out()).isNotEmpty().isEqualTo(second.out());
        assertThat(dirql.run("trace", "diff", "first", "second").code()).isZero();
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void aTraceOfAScriptReplays(String script) throws IOException {
        CommandLine dirql = withScript(script);
        dirql.run("run", "--trace", "trace", "--quiet", script);

        Ended replay = dirql.run("replay", "trace");

        assertThat(replay.code()).describedAs(replay.out() + replay.err()).isZero();
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void aDisturbedRunOfAScriptReplays(String script) throws IOException {
        CommandLine dirql = withScript(script);
        for (String seed : List.of("1", "2", "3")) {
            String trace = "trace" + seed;
            dirql.run("run", "--seed", seed, "--trace", trace, "--quiet", script);

            Ended replay = dirql.run("replay", trace);

            assertThat(replay.code())
                    .describedAs("seed %s: %s%s", seed, replay.out(), replay.err())
                    .isZero();
        }
    }

    private CommandLine withScript(String script) throws IOException {
        Files.copy(SCRIPTS.resolve(script), directory.resolve(script));
        return new CommandLine(directory);
    }

    private static void assertGolden(String script, String shown) throws IOException {
        Path golden = SCRIPTS.resolve(script.replace(".scn", ".golden"));
        if ("rewrite".equals(System.getProperty("dirql.goldens"))) {
            Files.writeString(golden, shown);
        }
        assertThat(golden).exists();
        assertThat(shown).isEqualTo(Files.readString(golden));
    }
}
