package dev.dirql.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds docs/trace-format.md and the code together. */
class TraceFormatDocumentTest {
    private static final Path DOCUMENT = Path.of("../../docs/trace-format.md");
    private static final Pattern ROW =
            Pattern.compile("\\| (\\d+) \\| (\\w+) \\| ([^|]*) \\| (\\d+|–) \\|");
    private static final int STAMP_BYTES = 19;

    private static final Row NONE = new Row(0, "", "");

    private record Row(int code, String fields, String bytes) {}

    @Test
    void everyEventIsDescribedWithItsCodeFieldsAndLength() throws IOException {
        Map<String, Row> described = described();

        for (Class<?> kind : RandomRecords.kinds()) {
            String name = kind.getSimpleName();
            assertThat(described).containsKey(name);
            Row row = described.getOrDefault(name, NONE);
            assertThat(RecordKind.of(row.code())).as(name).isNotNull();
            assertThat(RecordKind.valueOf(constant(name)).code).as(name).isEqualTo(row.code());
            if (kind != Event.FindingReported.class) {
                assertThat(row.fields()).as(name).isEqualTo(fields(kind));
                assertThat(row.bytes()).as(name).isEqualTo(String.valueOf(bytes(kind)));
            }
        }
        assertThat(described).hasSameSizeAs(RandomRecords.kinds());
    }

    @Test
    void anEventTakesTheBytesThatAreDescribed() throws IOException {
        Map<String, Row> described = described();
        RandomRecords random = new RandomRecords(1);
        for (Class<?> kind : RandomRecords.kinds()) {
            DocumentBytes bytes = new DocumentBytes(new StringTable());

            new RecordEncoder(bytes).event(random.stamp(1), random.event(kind));

            String length = String.valueOf(bytes.position() - TraceFormat.DOCUMENT_HEADER_BYTES);
            String expected = described.getOrDefault(kind.getSimpleName(), NONE).bytes();
            assertThat(expected).as(kind.getSimpleName()).isIn(length, "–");
        }
    }

    private static Map<String, Row> described() throws IOException {
        Map<String, Row> rows = new LinkedHashMap<>();
        Matcher matcher = ROW.matcher(Files.readString(DOCUMENT));
        while (matcher.find()) {
            rows.put(
                    matcher.group(2),
                    new Row(
                            Integer.parseInt(matcher.group(1)),
                            matcher.group(3),
                            matcher.group(4)));
        }
        return rows;
    }

    private static String fields(Class<?> kind) {
        List<String> fields = new ArrayList<>();
        for (RecordComponent component : kind.getRecordComponents()) {
            fields.add(component.getName() + " " + type(kind, component));
        }
        return String.join(", ", fields);
    }

    private static int bytes(Class<?> kind) {
        int bytes = STAMP_BYTES;
        for (RecordComponent component : kind.getRecordComponents()) {
            bytes +=
                    switch (type(kind, component)) {
                        case "i64" -> 8;
                        case "i32" -> 4;
                        case "str" -> 2;
                        default -> 1;
                    };
        }
        return bytes;
    }

    private static String type(Class<?> kind, RecordComponent component) {
        Class<?> type = component.getType();
        if (type == int.class && RandomRecords.isIrql(kind, component.getName())) {
            return "u8";
        }
        return switch (type.getSimpleName()) {
            case "long" -> "i64";
            case "int" -> "i32";
            case "boolean" -> "bool";
            case "String" -> "str";
            default -> type.getSimpleName();
        };
    }

    private static String constant(String name) {
        return name.replaceAll("(?<!^)([A-Z])", "_$1").toUpperCase(Locale.ROOT);
    }
}
