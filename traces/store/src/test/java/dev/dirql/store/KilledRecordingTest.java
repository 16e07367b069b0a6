package dev.dirql.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.store.TraceRecord.EventRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KilledRecordingTest {
    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(longs = {3_000, 57_000, 600_000})
    void aKilledRecorderLosesItsOpenDocumentAndNoMore(long killedAfter) throws Exception {
        Path trace = directory.resolve("trace");

        long handedOver = recordAndKill(trace, killedAfter);

        try (TraceReader reader = TraceReader.open(trace)) {
            assertThat(reader.isComplete()).isFalse();
            assertThat(reader.lastSequence())
                    .isGreaterThan(handedOver - TraceFormat.DOCUMENT_RECORDS);
            TraceCursor cursor = reader.records();
            for (long sequence = 1; sequence <= reader.lastSequence(); sequence++) {
                assertThat(cursor.next())
                        .isEqualTo(
                                new EventRecord(
                                        KilledRecording.stamp(sequence),
                                        KilledRecording.event(sequence)));
            }
            assertThat(cursor.hasNext()).isFalse();
        }
    }

    /** Gives the last number of events that the recorder said it had handed over. */
    private static long recordAndKill(Path trace, long killedAfter)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (argument.startsWith("--") || argument.startsWith("-Dchronicle")) {
                command.add(argument);
            }
        }
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(KilledRecording.class.getName());
        command.add(trace.toString());
        Process recorder =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        long handedOver = 0;
        try (BufferedReader progress = recorder.inputReader(StandardCharsets.UTF_8)) {
            String line = progress.readLine();
            while (line != null) {
                handedOver = Long.parseLong(line);
                if (handedOver == killedAfter) {
                    // By its handle, which leaves open what it said before.
                    recorder.toHandle().destroyForcibly();
                }
                line = progress.readLine();
            }
        }
        assertThat(recorder.waitFor()).isNotZero();
        assertThat(handedOver).isGreaterThanOrEqualTo(killedAfter);
        return handedOver;
    }
}
