package dev.dirql.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import dev.dirql.events.Finding;
import dev.dirql.events.Severity;
import dev.dirql.events.Stamp;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class OldFindingTest {
    @Test
    void aFindingThatWasRecordedBeforePlacesHadStacksIsRead() {
        StringTable strings = new StringTable();
        DocumentBytes old = new DocumentBytes(strings);
        old.begin(RecordKind.FINDING_WITHOUT_STACKS, new Stamp(1, 5, 0, 0x10, 2));
        old.string("Rule");
        old.string("");
        old.enumeration(Severity.ERROR);
        old.string("wrong");
        old.u16(1);
        old.string("noticed");
        old.i64(0);
        old.processor(0);
        old.i64(0x10);
        old.irql(2);
        old.i64(0x1234);

        TraceRecord read = RecordDecoder.record(closed(old, strings), 1);

        assertThat(read)
                .isEqualTo(
                        new TraceRecord.EventRecord(
                                new Stamp(1, 5, 0, 0x10, 2),
                                new Event.FindingReported(
                                        new Finding(
                                                "Rule",
                                                "",
                                                Severity.ERROR,
                                                "wrong",
                                                List.of(
                                                        new Finding.Place(
                                                                "noticed", 0, 0, 0x10, 2, 0x1234,
                                                                List.of()))))));
    }

    /** The document as it is read back. */
    private static DocumentFields closed(DocumentBytes document, StringTable strings) {
        int recordBytes = document.position() - TraceFormat.DOCUMENT_HEADER_BYTES;
        strings.writeTo(document);
        int length = (document.position() + 3) & ~3;
        document.i32At(TraceFormat.RECORD_BYTES_OFFSET, recordBytes);
        document.i32At(TraceFormat.STRINGS_OFFSET, strings.count());
        CRC32C checksum = new CRC32C();
        checksum.update(
                document.array(), TraceFormat.LENGTH_OFFSET, length - TraceFormat.LENGTH_OFFSET);
        document.i32At(TraceFormat.CHECKSUM_OFFSET, (int) checksum.getValue());
        return new DocumentFields(document.array(), length, RecordedEnums.CURRENT);
    }
}
