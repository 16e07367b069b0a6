package dev.dirql.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dirql.events.Event;
import dev.dirql.store.TraceException.Kind;
import dev.dirql.store.TraceRecord.EventRecord;
import dev.dirql.store.TraceSummary.Closing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceRoomTest {
    private static final long MEBIBYTE = 1 << 20;

    @TempDir Path directory;

    @Test
    void aFullDiskIsNoticedBeforeABlockIsMappedAndWhatWasRecordedIsKept() {
        Path trace = directory.resolve("trace");
        long[] usable = {21 * MEBIBYTE};
        TraceWriterSettings settings =
                TraceWriterSettings.standard()
                        .withUsableSpace(_ -> {
                            usable[0] -= MEBIBYTE;
                            return usable[0];
                        });
        TraceWriter writer = Traces.begin(trace, settings);

        TraceException full = recordUntilOutOfRoom(writer);
        long kept = writer.keptEvents();
        writer.accept(KilledRecording.stamp(1), KilledRecording.event(1));
        writer.close();

        assertThat(full.kind()).isEqualTo(Kind.DISK_FULL);
        assertThat(full).hasMessageContaining("the disk is full").hasMessageContaining("kept");
        assertThat(kept).isGreaterThan(10_000);
        try (TraceReader reader = TraceReader.open(trace)) {
            assertThat(reader.lastSequence()).isEqualTo(kept);
            assertThat(reader.summary().orElseThrow().closing()).isEqualTo(Closing.DISK_FULL);
            assertThat(reader.summary().orElseThrow().lastSequence()).isEqualTo(kept);
            reader.verify();
        }
    }

    @Test
    void aDiskThatIsFullAtOnceLeavesNothingBehind() {
        Path trace = directory.resolve("trace");
        TraceWriterSettings settings =
                TraceWriterSettings.standard().withUsableSpace(_ -> MEBIBYTE);

        TraceException full =
                catchThrowableOfType(TraceException.class, () -> TraceWriter.open(trace, settings));

        assertThat(full.kind()).isEqualTo(Kind.DISK_FULL);
        assertThat(trace).doesNotExist();
    }

    @Test
    void aTraceWhoseRecordsCannotBeOpenedIsRemovedAllTheSame() {
        Path trace = directory.resolve("trace");
        TraceWriterSettings settings =
                TraceWriterSettings.standard()
                        .withUsableSpace(place -> {
                            Files.createSymbolicLink(
                                    place.resolve("records/metadata.cq4t"),
                                    directory.resolve("nowhere/at-all"));
                            return Long.MAX_VALUE;
                        });
        TraceWriter writer = TraceWriter.open(trace, settings);

        writer.close();

        assertThat(trace).doesNotExist();
    }

    @Test
    void aLimitStopsTheRecordingWithWhatFitted() throws IOException {
        Path trace = directory.resolve("trace");
        TraceWriter writer =
                Traces.begin(trace, TraceWriterSettings.standard().withLimitBytes(3 * MEBIBYTE));

        TraceException limit = recordUntilOutOfRoom(writer);
        long kept = writer.keptEvents();
        writer.close();

        assertThat(limit.kind()).isEqualTo(Kind.LIMIT);
        assertThat(limit).hasMessageContaining("--trace-limit");
        try (TraceReader reader = TraceReader.open(trace)) {
            assertThat(reader.lastSequence()).isEqualTo(kept);
            assertThat(reader.summary().orElseThrow().closing()).isEqualTo(Closing.LIMIT);
            assertThat(reader.summary().orElseThrow().eventsByKind())
                    .containsEntry("LockAcquired", kept);
        }
        assertThat(Files.size(trace.resolve("records").resolve(TraceFormat.RECORDS_FILE)))
                .isLessThan(3 * MEBIBYTE + 4096);
    }

    @Test
    void aLimitBelowTheFirstDocumentKeepsAnEmptyTrace() {
        Path trace = directory.resolve("trace");
        TraceWriter writer =
                Traces.begin(trace, TraceWriterSettings.standard().withLimitBytes(100));

        TraceException limit = recordUntilOutOfRoom(writer);

        assertThat(limit.kind()).isEqualTo(Kind.LIMIT);
        assertThat(Traces.read(trace)).isEmpty();
    }

    @Test
    void aRecordThatCannotBeWrittenLeavesTheOthersAsTheyAre() {
        Path trace = directory.resolve("trace");
        try (TraceWriter writer = Traces.begin(trace, TraceWriterSettings.standard())) {
            writer.accept(KilledRecording.stamp(1), new Event.DebugPrinted("one", 0));
            assertThatThrownBy(() ->
                            writer.accept(
                                    KilledRecording.stamp(2),
                                    new Event.DebugPrinted("x".repeat(1 << 20), 0)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() ->
                            writer.accept(
                                    KilledRecording.stamp(2), new Event.IrqlChanged(0, 256, 0)))
                    .isInstanceOf(IllegalArgumentException.class);
            writer.accept(KilledRecording.stamp(2), new Event.DebugPrinted("two", 0));
        }

        assertThat(Traces.read(trace))
                .isEqualTo(
                        List.of(
                                new EventRecord(
                                        KilledRecording.stamp(1), new Event.DebugPrinted("one", 0)),
                                new EventRecord(
                                        KilledRecording.stamp(2),
                                        new Event.DebugPrinted("two", 0))));
    }

    @Test
    void aGapInTheSequenceIsOurOwnMistake() {
        try (TraceWriter writer =
                Traces.begin(directory.resolve("trace"), TraceWriterSettings.standard())) {
            assertThatThrownBy(
                            () -> writer.accept(KilledRecording.stamp(2), KilledRecording.event(2)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("event 2: the trace expects 1");
        }
    }

    private static TraceException recordUntilOutOfRoom(TraceWriter writer) {
        return catchThrowableOfType(
                TraceException.class,
                () -> {
                    for (long sequence = 1; sequence < 10_000_000; sequence++) {
                        writer.accept(
                                KilledRecording.stamp(sequence), KilledRecording.event(sequence));
                    }
                });
    }
}
