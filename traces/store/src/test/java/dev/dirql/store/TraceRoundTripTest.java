package dev.dirql.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import dev.dirql.events.RunEnd;
import dev.dirql.events.Stamp;
import dev.dirql.store.TraceRecord.DecisionRecord;
import dev.dirql.store.TraceRecord.EventRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceRoundTripTest {
    @TempDir Path directory;

    @Test
    void everyKindOfEventComesBackAsItWas() {
        RandomRecords random = new RandomRecords(1);
        List<TraceRecord> records = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            for (Class<?> kind : RandomRecords.kinds()) {
                Stamp stamp = random.stamp(records.size() + 1L);
                records.add(new EventRecord(stamp, random.event(kind)));
            }
        }

        Traces.write(directory.resolve("trace"), records);

        assertThat(Traces.read(directory.resolve("trace"))).isEqualTo(records);
    }

    @Test
    void everyKindOfEventHasACode() {
        for (Class<?> kind : RandomRecords.kinds()) {
            assertThat(RecordKind.values())
                    .as(kind.getSimpleName())
                    .filteredOn(known -> known.type == kind && known.isWritten())
                    .hasSize(1);
        }
    }

    @Test
    void manyRecordsOfAllKindsComeBackInOrderWithDecisionsAtTheirPlaces() {
        List<TraceRecord> records = new RandomRecords(2).records(20_000);

        Traces.write(directory.resolve("trace"), records);

        assertThat(Traces.read(directory.resolve("trace"))).isEqualTo(records);
        try (TraceReader reader = TraceReader.open(directory.resolve("trace"))) {
            assertThat(reader.decisions())
                    .isEqualTo(
                            records.stream()
                                    .filter(DecisionRecord.class::isInstance)
                                    .map(record -> ((DecisionRecord) record).decision())
                                    .toList());
        }
    }

    /** A seeded walk that passes equal events, offers others, and reads the recorded ones. */
    @Test
    void anEventIsPassedOnlyWhereItIsTheRecordedOne() {
        long seed = 20261123;
        Random random = new Random(seed);
        RandomRecords others = new RandomRecords(seed);
        List<TraceRecord> records = new RandomRecords(3).records(20_000);
        Traces.write(directory.resolve("trace"), records);

        try (TraceReader reader = TraceReader.open(directory.resolve("trace"))) {
            TraceCursor cursor = reader.records();
            for (TraceRecord record : records) {
                if (!(record instanceof EventRecord(Stamp stamp, Event event))) {
                    continue;
                }
                if (random.nextInt(3) == 0) {
                    Event other = others.event(event.getClass());
                    assertThat(cursor.pass(stamp, other))
                            .describedAs("seed %d, event %d", seed, stamp.sequence())
                            .isEqualTo(other.equals(event));
                    if (other.equals(event)) {
                        continue;
                    }
                    if (random.nextBoolean()) {
                        assertThat(nextEvent(cursor)).isEqualTo(record);
                        continue;
                    }
                }
                assertThat(cursor.pass(stamp, event))
                        .describedAs("seed %d, event %d", seed, stamp.sequence())
                        .isTrue();
            }
            assertThat(cursor.hasNext()).isEqualTo(records.getLast() instanceof DecisionRecord);
        }
    }

    private static TraceRecord nextEvent(TraceCursor cursor) {
        TraceRecord next = cursor.next();
        while (next instanceof DecisionRecord) {
            next = cursor.next();
        }
        return next;
    }

    @Test
    void anotherStampIsNotPassed() {
        Stamp stamp = new Stamp(1, 500, 0, 0x1000, 2);
        Event event = new Event.DebugPrinted("text", 0x2000);
        Traces.write(directory.resolve("trace"), List.of(new EventRecord(stamp, event)));

        try (TraceReader reader = TraceReader.open(directory.resolve("trace"))) {
            TraceCursor cursor = reader.records();
            assertThat(cursor.pass(new Stamp(2, 500, 0, 0x1000, 2), event)).isFalse();
            assertThat(cursor.pass(new Stamp(1, 501, 0, 0x1000, 2), event)).isFalse();
            assertThat(cursor.pass(new Stamp(1, 500, 1, 0x1000, 2), event)).isFalse();
            assertThat(cursor.pass(new Stamp(1, 500, 0, 0x1000, 300), event)).isFalse();
            assertThat(cursor.pass(stamp, new Event.DebugPrinted("other", 0x2000))).isFalse();
            assertThat(cursor.pass(stamp, event)).isTrue();
            assertThat(cursor.pass(stamp, event)).isFalse();
            assertThat(cursor.hasNext()).isFalse();
        }
    }

    @Test
    void headerInputsAndSymbolsComeBack() {
        Traces.write(directory.resolve("trace"), List.of());

        try (TraceReader reader = TraceReader.open(directory.resolve("trace"))) {
            TraceHeader header = reader.header();
            assertThat(header.withInputs(List.of())).isEqualTo(Traces.header());
            assertThat(header.options().keySet()).containsExactly("set transfers", "paging");
            assertThat(header.inputs())
                    .extracting(TraceInput::name)
                    .containsExactly(Traces.SCENARIO.name(), Traces.INCLUDE.name());
            assertThat(header.inputs())
                    .extracting(TraceInput::storedAs)
                    .containsExactly("01-using-spin-locks.scn", "02-using-spin-locks.scn");
            assertThat(reader.content(header.inputs().get(0))).isEqualTo(Traces.SCENARIO.content());
            assertThat(reader.symbols()).isEqualTo(Traces.symbols());
        }
    }

    @Test
    void aCompleteTraceSaysHowItEnded() {
        RandomRecords random = new RandomRecords(3);
        List<TraceRecord> records = random.records(3_000);
        long last = records.stream().filter(EventRecord.class::isInstance).count();
        records.add(
                new EventRecord(
                        new Stamp(last + 1, 77, Stamp.NO_PROCESSOR, 0, 0),
                        new Event.RunEnded(RunEnd.STUCK, "one request is outstanding")));

        Traces.write(directory.resolve("trace"), records);

        try (TraceReader reader = TraceReader.open(directory.resolve("trace"))) {
            TraceSummary summary = reader.summary().orElseThrow();
            assertThat(summary.runEnd()).contains(RunEnd.STUCK);
            assertThat(summary.closing()).isEqualTo(TraceSummary.Closing.CLOSED);
            assertThat(summary.lastSequence()).isEqualTo(last + 1);
            assertThat(summary.lastTimeNs()).isEqualTo(77);
            assertThat(summary.events()).isEqualTo(last + 1);
            assertThat(summary.decisions()).isEqualTo(reader.decisions().size());
            assertThat(summary.eventsByKind().values().stream().mapToLong(Long::longValue).sum())
                    .isEqualTo(last + 1);
        }
    }

    @Test
    void recordsFromAnySequenceNumberAreFound() {
        List<TraceRecord> records = new RandomRecords(4).records(5_000);
        Traces.write(directory.resolve("trace"), records);

        try (TraceReader reader = TraceReader.open(directory.resolve("trace"))) {
            for (long from : List.of(1L, 2L, 900L, 1024L, 1025L, 2500L, reader.lastSequence())) {
                assertThat(Traces.read(reader.records(from)))
                        .as("from %d", from)
                        .isEqualTo(
                                records.stream()
                                        .filter(record -> record.sequence() >= from)
                                        .toList());
            }
            assertThat(reader.records(reader.lastSequence() + 2).hasNext()).isFalse();
            assertThat(reader.event(3_000).orElseThrow().sequence()).isEqualTo(3_000);
            assertThat(reader.event(0)).isEmpty();
        }
    }

    @Test
    void twoRecordingsOfTheSameAreTheSameBytes() throws IOException {
        List<TraceRecord> records = new RandomRecords(5).records(9_000);

        Traces.write(directory.resolve("first"), records);
        Traces.write(directory.resolve("second"), records);

        for (String file :
                List.of("header.json", "symbols.json", "records/" + TraceFormat.RECORDS_FILE)) {
            assertThat(directory.resolve("first").resolve(file))
                    .hasSameBinaryContentAs(directory.resolve("second").resolve(file));
        }
    }

    @Test
    void chronicleQueueItselfReadsTheSameDocuments() throws IOException {
        Path trace = directory.resolve("trace");
        Traces.write(trace, new RandomRecords(6).records(300_000));
        List<Integer> lengths = new ArrayList<>();

        try (ChronicleQueue queue =
                        SingleChronicleQueueBuilder.binary(
                                        trace.resolve(TraceFormat.RECORDS_DIRECTORY).toFile())
                                .readOnly(true)
                                .rollCycle(RollCycles.FAST_DAILY)
                                .build();
                ExcerptTailer tailer = queue.createTailer()) {
            while (true) {
                try (DocumentContext document = tailer.readingDocument()) {
                    if (!document.isPresent()) {
                        break;
                    }
                    lengths.add(
                            (int) Objects.requireNonNull(document.wire()).bytes().readRemaining());
                }
            }
        }

        try (ExcerptFile file = ExcerptFile.open(trace)) {
            assertThat(lengths).hasSize(file.documents() + 1);
            assertThat(lengths.stream().mapToLong(length -> length + 4).sum())
                    .isLessThan(file.writtenBytes());
        }
        assertThat(Files.size(trace.resolve("records").resolve(TraceFormat.RECORDS_FILE)))
                .isGreaterThan(10 << 20);
    }

    @Test
    void anEmptyTraceIsSmall() throws IOException {
        Path trace = directory.resolve("trace");
        Traces.write(trace, List.of());

        assertThat(Traces.read(trace)).isEmpty();
        assertThat(Files.size(trace.resolve("records").resolve(TraceFormat.RECORDS_FILE)))
                .isLessThan(64 << 10);
    }

    @Test
    void aTraceReadsWhileItIsWritten() {
        Path trace = directory.resolve("trace");
        List<TraceRecord> records = new RandomRecords(7).records(6_000);
        try (TraceWriter writer = Traces.begin(trace, TraceWriterSettings.standard())) {
            for (TraceRecord record : records) {
                Traces.write(writer, record);
                if (record.sequence() % 1_500 == 0) {
                    writer.flush();
                    try (TraceReader reader = TraceReader.open(trace)) {
                        assertThat(reader.isComplete()).isFalse();
                        assertThat(reader.lastSequence()).isEqualTo(writer.keptEvents());
                        reader.verify();
                    }
                }
            }
        }

        assertThat(Traces.read(trace)).isEqualTo(records);
    }

    @Test
    void withoutInputsOnlyNamesAndHashesAreKept() {
        Path trace = directory.resolve("trace");
        try (TraceWriter writer =
                Traces.begin(trace, TraceWriterSettings.standard().withKeepInputs(false))) {
            writer.flush();
        }

        try (TraceReader reader = TraceReader.open(trace)) {
            TraceInput input = reader.header().inputs().get(0);
            assertThat(input.isStored()).isFalse();
            assertThat(input.sha256()).isEqualTo(HostFiles.sha256(Traces.SCENARIO.content()));
            assertThat(trace.resolve("inputs")).doesNotExist();
        }
    }
}
