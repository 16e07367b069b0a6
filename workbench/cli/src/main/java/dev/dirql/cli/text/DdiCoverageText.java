package dev.dirql.cli.text;

import dev.dirql.kernel.services.DdiCoverage;
import dev.dirql.kernel.services.DdiTable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What there is of the documented kernel routines, as a page for readers. */
public final class DdiCoverageText {
    private static final List<String> STATES =
            List.of("modelled", "partial", "fixed", DdiCoverage.INLINE, DdiCoverage.NOT_MODELLED);

    private DdiCoverageText() {}

    /** The range of a routine as {@code 0-2}, empty if none is documented. */
    public static String irqls(DdiTable.Row row) {
        return row.irqlMaximum().isEmpty()
                ? ""
                : row.irqlMinimum().orElse(0) + "-" + row.irqlMaximum().getAsInt();
    }

    /** A Markdown page: counts, then a table a header. */
    public static String markdown(List<DdiTable.Row> rows) {
        StringBuilder text = new StringBuilder();
        text.append(
                """
                # Kernel routines

                <!-- Printed by `./dirql ddis --markdown`. -->

                Every routine and macro that the WDK documents in `wdm.h`, `ntddk.h` and `ntifs.h`, and what this kernel
                exports besides. *modelled*: every effect, status and failure that its page documents can be observed;
                *partial*: except for what is named; *fixed*: answers with a fixed value and does nothing else; *inline*: the
                headers expand it, as the WDK's do on x64; *not modelled*: a driver that imports it runs until it calls it,
                which ends the run with its name, its caller and its arguments. The page of a routine that the WDK documents is
                https://learn.microsoft.com/windows-hardware/drivers/ddi/, then `wdm/nf-wdm-` and its name in small letters (or the
                other header's name).

                """);
        text.append(counts(rows));
        Map<String, List<DdiTable.Row>> byHeader =
                rows.stream()
                        .collect(
                                Collectors.groupingBy(
                                        DdiTable.Row::header, TreeMap::new, Collectors.toList()));
        byHeader.forEach((header, of) -> text.append(section(header, of)));
        return text.toString();
    }

    private static String counts(List<DdiTable.Row> rows) {
        StringBuilder text = new StringBuilder("| state | routines |\n|---|---|\n");
        for (String state : STATES) {
            long count = rows.stream().filter(row -> row.state().equals(state)).count();
            text.append("| ").append(state).append(" | ").append(count).append(" |\n");
        }
        return text.toString();
    }

    private static String section(String header, List<DdiTable.Row> rows) {
        StringBuilder text = new StringBuilder("\n## " + header + "\n\n");
        text.append("| routine | IRQL | state | missing |\n|---|---|---|---|\n");
        for (DdiTable.Row row : rows) {
            text.append("| ").append(row.name()).append(" | ").append(irqls(row));
            text.append(" | ")
                    .append(row.state())
                    .append(" | ")
                    .append(row.missing())
                    .append(" |\n");
        }
        return text.toString();
    }
}
