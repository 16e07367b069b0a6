package dev.dirql.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dirql.store.TraceException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceDirectoryTest {
    @TempDir Path working;
    private Path place;
    private TraceDirectory directory;

    @BeforeEach
    void aDirectoryThatIsNotThereYet() {
        place = working.resolve(TraceDirectory.NAME);
        directory = new TraceDirectory(place);
    }

    @Test
    void tracesAreNamedAfterTheScenarioAndCounted() {
        assertThat(directory.create("using-spin-locks"))
                .isEqualTo(place.resolve("using-spin-locks-0001"));
        assertThat(directory.create("using-spin-locks"))
                .isEqualTo(place.resolve("using-spin-locks-0002"));
        assertThat(directory.create("using")).isEqualTo(place.resolve("using-0001"));
        assertThat(directory.create("../A: b/ä")).isEqualTo(place.resolve("a-b-0001"));
        assertThat(directory.create("…")).isEqualTo(place.resolve("trace-0001"));
    }

    @Test
    void theNextNumberFollowsTheHighest() throws IOException {
        Files.createDirectories(place.resolve("dpc-0041"));
        Files.createDirectories(place.resolve("dpc-9999"));

        assertThat(directory.create("dpc")).isEqualTo(place.resolve("dpc-10000"));
    }

    @Test
    void aListSaysWhatEachTraceIs() throws IOException {
        write("b-scenario", 10);
        write("a-scenario", 5);
        Path damaged = write("a-scenario", 5);
        Files.write(damaged.resolve("header.json"), new byte[] {1});
        Files.createDirectories(place.resolve("something-else"));

        List<TraceDirectory.Entry> entries = directory.list();

        assertThat(entries)
                .extracting(TraceDirectory.Entry::name)
                .containsExactly("a-scenario-0001", "a-scenario-0002", "b-scenario-0001");
        TraceDirectory.Content content = entries.get(0).content().orElseThrow();
        assertThat(content.events()).isEqualTo(5);
        assertThat(content.header().seed()).isEqualTo(7);
        assertThat(content.isCurrentFormat()).isTrue();
        assertThat(content.summary()).isPresent();
        assertThat(entries.get(0).bytes()).isGreaterThan(10_000);
        assertThat(entries.get(1).content()).isEmpty();
        assertThat(entries.get(1).problem()).contains("not written by dirql");
    }

    @Test
    void aDirectoryThatIsNotThereHoldsNoTraces() {
        assertThat(directory.list()).isEmpty();
        assertThat(directory.prune(3)).isEmpty();
    }

    @Test
    void pruningKeepsTheNewestOfEachScenario() {
        for (int i = 0; i < 3; i++) {
            write("a", 1);
        }
        write("b", 1);

        List<String> removed = directory.prune(1);

        assertThat(removed).containsExactly("a-0001", "a-0002");
        assertThat(directory.list())
                .extracting(TraceDirectory.Entry::name)
                .containsExactly("a-0003", "b-0001");
        assertThat(place.resolve("a-0001")).doesNotExist();
    }

    @Test
    void nothingThatDirqlDidNotWriteIsRemoved() throws IOException {
        Path trace = write("a", 1);
        Files.writeString(trace.resolve("inputs/notes.txt"), "mine");
        Path other = Files.createDirectories(place.resolve("other-0001"));

        TraceException wrong = catchThrowableOfType(TraceException.class, () -> directory.prune(0));
        TraceException noTrace =
                catchThrowableOfType(TraceException.class, () -> TraceDirectory.delete(other));

        assertThat(wrong.kind()).isEqualTo(Kind.NOT_A_TRACE);
        assertThat(wrong).hasMessageContaining("notes.txt");
        assertThat(Traces.read(trace)).hasSize(1);
        assertThat(noTrace.kind()).isEqualTo(Kind.NOT_A_TRACE);
        assertThat(other).exists();
    }

    @Test
    void aLinkOutOfATraceIsNotFollowed() throws IOException {
        Path trace = write("a", 1);
        Path outside = Files.writeString(working.resolve("outside"), "mine");
        Files.createSymbolicLink(trace.resolve("records/link.cq4"), outside);

        TraceDirectory.delete(trace);

        assertThat(outside).hasContent("mine");
        assertThat(trace).doesNotExist();
    }

    private Path write(String scenario, int events) {
        Path trace = directory.create(scenario);
        try (TraceWriter writer = Traces.begin(trace, TraceWriterSettings.standard())) {
            for (long sequence = 1; sequence <= events; sequence++) {
                writer.accept(KilledRecording.stamp(sequence), KilledRecording.event(sequence));
            }
        }
        return trace;
    }
}
