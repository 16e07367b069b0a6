package dev.dirql.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that does not come to its end leaves a trace that can be read and replayed. */
class StoppedRunTest {
    /** As many records as a document of a trace holds at most: what may be lost. */
    private static final int BATCH = 1024;

    @TempDir private Path directory = Path.of("");

    private static final Pattern EVENTS = Pattern.compile("([0-9,]+) events");

    /** How a run ended, and how many events it had said to have recorded before. */
    private record Stopped(int code, long recorded, String out) {}

    @BeforeEach
    void scenarioWithoutEnd() {
        new CommandLine(directory).run("new", "endless");
    }

    @Test
    void killLosesTheOpenBatchAndNoMore() throws Exception {
        Stopped stopped = stop(List.of(), "-KILL", "run", "--trace", "trace");

        CommandLine here = new CommandLine(directory);
        CommandLine.Ended shown = here.run("trace", "show", "--json", "trace");
        List<String> events = shown.out().lines().toList();
        assertThat(stopped.code()).isNotIn(0, 1, 2, 3);
        assertThat(events).hasSizeGreaterThan((int) stopped.recorded() - BATCH);
        for (int i = 0; i < events.size(); i++) {
            assertThat(events.get(i)).startsWith("{\"seq\":" + (i + 1) + ",");
        }
        assertThat(shown.code()).isZero();
        assertThat(shown.err()).contains("this trace has no end");
        assertThat(here.run("trace", "list", ".").out()).contains("CUT_OFF");
        assertThat(here.run("replay", "trace").out())
                .startsWith("Identical: %,d events.".formatted(events.size()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-INT", "-TERM"})
    void signalEndsTheRunAndItsTraceInGoodOrder(String signal) throws Exception {
        HostPrograms.require("coreutils", "env", "--default-signal=INT", "true");

        Stopped stopped =
                stop(List.of("env", "--default-signal=INT"), signal, "run", "--trace", "trace");

        CommandLine here = new CommandLine(directory);
        CommandLine.Ended shown = here.run("trace", "show", "--kind", "RunEnded", "trace");
        assertThat(stopped.code()).isEqualTo(130);
        assertThat(stopped.out())
                .contains("stopped by its user", "Stopped before its end")
                .endsWith("Replay: dirql replay trace\n");
        assertThat(shown.err()).isEmpty();
        assertThat(shown.out()).contains("STOPPED", "stopped by its user");
        assertThat(here.run("trace", "list", ".").out()).contains("STOPPED");
    }

    @Test
    void signalEndsATestAfterTheScenariosThatAreDone() throws Exception {
        HostPrograms.require("coreutils", "env", "--default-signal=INT", "true");
        new CommandLine(directory).run("new", "a-first");

        Stopped stopped = stop(List.of("env", "--default-signal=INT"), "-INT", "test", ".");

        assertThat(stopped.code()).isEqualTo(130);
        assertThat(stopped.out()).endsWith("Stopped: 0 of 2 scenarios done, 0 failed\n");
    }

    /** Starts dirql, waits until it says how far it is, and sends it a signal. */
    private Stopped stop(List<String> wrapper, String signal, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(wrapper);
        List<String> started = DirqlProcess.command(arguments);
        // Progress is for terminals only.
        started.replaceAll(word -> word.equals("-Ddirql.terminal=") ? word + "err" : word);
        command.addAll(started);
        command.addAll(List.of("--set", "expiries=-1"));
        if (arguments[0].equals("run")) {
            command.add("endless.scn");
        }
        Path out = directory.resolve("out.txt");
        Process dirql =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectOutput(out.toFile())
                        .start();
        try (BufferedReader err = dirql.errorReader(StandardCharsets.UTF_8)) {
            long recorded = recordedSoFar(err);
            int sent =
                    new ProcessBuilder("kill", signal, Long.toString(dirql.pid()))
                            .start()
                            .waitFor();
            assertThat(sent).isZero();
            assertThat(recorded).isPositive();
            assertThat(dirql.waitFor(2, TimeUnit.MINUTES)).isTrue();
            return new Stopped(dirql.exitValue(), recorded, Files.readString(out));
        } finally {
            dirql.destroyForcibly();
        }
    }

    /** Reads the first line of progress, which no line feed ends. */
    private static long recordedSoFar(Reader progress) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int c = progress.read(); c >= 0; c = progress.read()) {
            text.append((char) c);
            Matcher events = EVENTS.matcher(text);
            if (events.find()) {
                return Long.parseLong(events.group(1).replace(",", ""));
            }
        }
        throw new IllegalStateException("ended before it said how far it is: " + text);
    }
}
