package dev.dirql.kernel.structures;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every structure of the headers is laid out as {@code layouts.tsv} says, member by member. */
class StructureLayoutsTest {
    private static final String INCLUDES = "#include <ntifs.h>\n#include <ntddk.h>\n";
    private static final List<String> HEADERS = List.of("ntdef.h", "wdm.h", "ntddk.h", "ntifs.h");

    /** A definition, and the first of its names. */
    private static final Pattern DEFINITION =
            Pattern.compile(
                    "^typedef (?:struct|union)[^;{]*\\{.*?^\\} (\\w+)",
                    Pattern.MULTILINE | Pattern.DOTALL);

    @TempDir private Path directory;

    /**
     * A row.
     *
     * @param member empty for the structure as a whole
     * @param offset offset of the member, or size of the structure
     * @param everywhere whether the headers of mingw-w64 have the same
     */
    private record Row(String structure, String member, int offset, boolean everywhere) {
        static Row of(String line) {
            String[] columns = line.split("\t", -1);
            return new Row(
                    columns[0],
                    columns[1].equals("-") ? "" : columns[1],
                    Integer.decode(columns[2]),
                    columns[3].equals("="));
        }

        String assertion() {
            String what =
                    member.isEmpty()
                            ? "sizeof(%s)".formatted(structure)
                            : "__builtin_offsetof(%s, %s)".formatted(structure, member);
            return "_Static_assert(%s == %d, \"%s.%s\");\n"
                    .formatted(what, offset, structure, member);
        }
    }

    @BeforeEach
    void compilerIsThere() {
        MingwCompiler.mustBeThere();
    }

    @Test
    void theHeadersHaveEachMemberWhereTheTableHasIt() throws IOException, InterruptedException {
        String text = INCLUDES + assertions(false);

        assertThat(MingwCompiler.check(directory, text, MingwCompiler.HEADERS)).isEmpty();
    }

    @Test
    void mingwHasThemThereToo() throws IOException, InterruptedException {
        String text = INCLUDES + assertions(true);

        assertThat(MingwCompiler.check(directory, text, MingwCompiler.DDK)).isEmpty();
        assertThat(rows().stream().filter(Row::everywhere).count()).isGreaterThan(700);
    }

    @Test
    void everyStructureOfTheHeadersIsInTheTable() throws IOException {
        Set<String> defined = new TreeSet<>();
        for (String header : HEADERS) {
            Matcher definition =
                    DEFINITION.matcher(Files.readString(MingwCompiler.HEADERS.resolve(header)));
            while (definition.find()) {
                defined.add(String.valueOf(definition.group(1)));
            }
        }
        Set<String> listed = new TreeSet<>();
        rows().forEach(row -> listed.add(row.structure()));

        assertThat(listed).containsAll(defined).contains("IO_CSQ", "ERESOURCE", "KMUTANT");
    }

    @Test
    void aMemberThatIsElsewhereIsNoticed() throws IOException, InterruptedException {
        Row wrong = new Row("KLOCK_QUEUE_HANDLE", "OldIrql", 0x18, true);

        assertThat(
                        MingwCompiler.check(
                                directory, INCLUDES + wrong.assertion(), MingwCompiler.HEADERS))
                .contains("KLOCK_QUEUE_HANDLE.OldIrql");
    }

    private static String assertions(boolean everywhereOnly) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Row row : rows()) {
            if (row.everywhere() || !everywhereOnly) {
                text.append(row.assertion());
            }
        }
        return text.toString();
    }

    private static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        try (InputStream in =
                Objects.requireNonNull(
                        StructureLayoutsTest.class.getResourceAsStream("layouts.tsv"))) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(line -> rows.add(Row.of(line)));
        }
        return rows;
    }
}
