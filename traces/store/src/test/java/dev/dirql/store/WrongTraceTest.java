package dev.dirql.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.dirql.store.TraceException.Kind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WrongTraceTest {
    @TempDir Path directory;
    private Path trace;

    @BeforeEach
    void aGoodTrace() {
        trace = directory.resolve("trace");
        Traces.write(trace, new RandomRecords(1).records(5_000));
    }

    @Test
    void nothingThere() {
        assertWrong(directory.resolve("nothing"), Kind.MISSING, "there is no such directory");
    }

    @Test
    void aFileInsteadOfADirectory() {
        assertWrong(trace.resolve("header.json"), Kind.NOT_A_TRACE, "a trace is a directory");
    }

    @Test
    void anEmptyDirectory() throws IOException {
        Path empty = Files.createDirectory(directory.resolve("empty"));

        assertWrong(empty, Kind.NOT_A_TRACE, "not a trace");
    }

    @Test
    void foreignFiles() throws IOException {
        Path foreign = Files.createDirectory(directory.resolve("foreign"));
        Files.writeString(foreign.resolve("header.json"), "{\"name\": \"something else\"}");

        assertWrong(foreign, Kind.NOT_A_TRACE, "not written by dirql");
    }

    @Test
    void aNewerFormat() {
        TraceHeader header = Traces.header();
        new HeaderFile(
                        new TraceHeader(
                                TraceHeader.FORMAT_VERSION + 1,
                                "9.0",
                                header.windowsBuild(),
                                header.scenario(),
                                header.policy(),
                                header.seed(),
                                header.processors(),
                                header.options(),
                                header.inputs()),
                        RecordedEnums.CURRENT)
                .write(trace);

        assertWrong(trace, Kind.NEWER, "trace format 2; this dirql reads up to 1");
    }

    @Test
    void aLockKindThatThisBuildDoesNotKnow() throws IOException {
        Path file = trace.resolve("header.json");
        byte[] content =
                CheckedJson.write(
                        true,
                        json -> {
                            json.writeNumberField("dirql_trace", 1);
                            for (String name :
                                    new String[] {
                                        "dirql_version", "windows_build", "scenario", "policy"
                                    }) {
                                json.writeStringField(name, "x");
                            }
                            json.writeNumberField("seed", 0);
                            json.writeNumberField("processors", 1);
                            json.writeObjectFieldStart("options");
                            json.writeEndObject();
                            json.writeArrayFieldStart("inputs");
                            json.writeEndArray();
                            json.writeObjectFieldStart("codes");
                            json.writeArrayFieldStart("LockKind");
                            json.writeString("LOCK_OF_TOMORROW");
                            json.writeEndArray();
                            json.writeEndObject();
                        });
        Files.write(file, content);

        assertWrong(trace, Kind.NEWER, "LockKind LOCK_OF_TOMORROW");
    }

    @Test
    void aChangedHeader() throws IOException {
        Path file = trace.resolve("header.json");
        Files.writeString(file, Files.readString(file).replace("\"seed\" : 7", "\"seed\" : 8"));

        assertWrong(trace, Kind.CORRUPT, "checksum");
    }

    @Test
    void aHeaderThatIsTooLong() throws IOException {
        try (RandomAccessFile file =
                new RandomAccessFile(trace.resolve("header.json").toFile(), "rw")) {
            file.setLength(3L << 30);
        }

        assertWrong(trace, Kind.CORRUPT, "longer than");
    }

    @Test
    void changedSymbols() throws IOException {
        Path file = trace.resolve("symbols.json");
        Files.writeString(file, Files.readString(file).replace("OnInterrupt", "OnInterrupx"));

        assertWrong(trace, Kind.CORRUPT, "symbols.json: its checksum is wrong");
    }

    @Test
    void missingSymbols() throws IOException {
        Files.delete(trace.resolve("symbols.json"));

        assertWrong(trace, Kind.TRUNCATED, "symbols.json: missing");
    }

    @Test
    void aMissingInput() throws IOException {
        Files.delete(trace.resolve("inputs/01-using-spin-locks.scn"));

        assertWrong(trace, Kind.TRUNCATED, "01-using-spin-locks.scn: missing");
    }

    @Test
    void aChangedInput() throws IOException {
        Files.write(trace.resolve("inputs/02-using-spin-locks.scn"), new byte[] {1, 2, 4});

        assertWrong(trace, Kind.CORRUPT, "SHA-256");
    }

    @Test
    void missingRecords() throws IOException {
        Files.delete(records());

        assertWrong(trace, Kind.TRUNCATED, "records are missing");
    }

    @Test
    void recordsThatAreNoQueue() throws IOException {
        Files.write(records(), "something else entirely".getBytes(StandardCharsets.UTF_8));

        assertThat(open(trace).kind()).isIn(Kind.CORRUPT, Kind.TRUNCATED);
    }

    @Test
    void emptyRecords() throws IOException {
        Files.write(records(), new byte[0]);

        assertWrong(trace, Kind.CORRUPT, "does not begin like a Chronicle Queue");
    }

    @Test
    void recordsCutOffInsideADocument() throws IOException {
        truncateRecords(Files.size(records()) - 50_000);

        assertWrong(trace, Kind.TRUNCATED, "the file ends inside the document");
    }

    @Test
    void recordsCutOffBetweenDocumentsAreARecordingThatWasCutOff() throws IOException {
        long end;
        try (TraceReader reader = TraceReader.open(trace)) {
            end = reader.recordBytes();
        }
        truncateRecords(end - 4 - summaryLength());

        try (TraceReader reader = TraceReader.open(trace)) {
            assertThat(reader.isComplete()).isFalse();
            reader.verify();
        }
    }

    @Test
    void aChangedRecord() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(records().toFile(), "rw")) {
            file.seek(file.length() / 2);
            int changed = file.read() ^ 1;
            file.seek(file.length() / 2);
            file.write(changed);
        }

        try (TraceReader reader = TraceReader.open(trace)) {
            assertThatThrownBy(reader::verify)
                    .isInstanceOf(TraceException.class)
                    .hasMessageContaining("damaged at byte")
                    .hasMessageContaining("checksum");
        }
    }

    @Test
    void aHugeSparseFileBehindTheRecords() throws IOException {
        truncateRecords(40L << 30);

        try (TraceReader reader = TraceReader.open(trace)) {
            reader.verify();
        }
    }

    @Test
    void noPermissionToRead() throws IOException {
        Path file = trace.resolve("header.json");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeThat(Files.isReadable(file)).isFalse();

        assertWrong(trace, Kind.PERMISSION, "permission denied");
    }

    @Test
    void aTraceIsNeverOverwritten() {
        TraceException wrong =
                catchThrowableOfType(
                        TraceException.class,
                        () -> TraceWriter.open(trace, TraceWriterSettings.standard()));

        assertThat(wrong.kind()).isEqualTo(Kind.EXISTS);
    }

    @Test
    void aTraceThatWasNeverBegunLeavesNothing() {
        Path never = directory.resolve("never");

        TraceWriter.open(never, TraceWriterSettings.standard()).close();

        assertThat(never).doesNotExist();
    }

    @Test
    void aPlaceThatCannotBeWritten() {
        TraceException wrong =
                catchThrowableOfType(
                        TraceException.class,
                        () ->
                                TraceWriter.open(
                                        trace.resolve("header.json").resolve("below"),
                                        TraceWriterSettings.standard()));

        assertThat(wrong).hasMessageContaining("cannot be created");
    }

    private Path records() {
        return trace.resolve(TraceFormat.RECORDS_DIRECTORY).resolve(TraceFormat.RECORDS_FILE);
    }

    private void truncateRecords(long length) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(records().toFile(), "rw")) {
            file.setLength(length);
        }
    }

    private long summaryLength() {
        try (TraceReader reader = TraceReader.open(trace)) {
            int kinds = reader.summary().orElseThrow().eventsByKind().size();
            long bytes = TraceFormat.DOCUMENT_HEADER_BYTES + 36 + 9L * kinds;
            return (bytes + 3) & ~3;
        }
    }

    private static TraceException open(Path place) {
        return catchThrowableOfType(
                TraceException.class,
                () -> {
                    try (TraceReader reader = TraceReader.open(place)) {
                        reader.verify();
                    }
                });
    }

    private static void assertWrong(Path place, Kind kind, String message) {
        TraceException wrong = open(place);
        assertThat(wrong.kind()).isEqualTo(kind);
        assertThat(wrong).hasMessageContaining(message);
        assertThat(wrong.getMessage()).contains(place.getFileName().toString()).endsWith(".");
    }
}
