package dev.dirql.kernel.services;

import dev.dirql.kernel.Headers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What there is of each routine that the WDK documents, and of those that it exports besides. */
public final class DdiCoverage {
    /** A routine that the headers expand, as the WDK's do on x64: nothing is imported for it. */
    public static final String INLINE = "inline";

    /** A routine that ends the run with its name and arguments when it is called. */
    public static final String NOT_MODELLED = "not modelled";

    private static final String HEADER = "wdm.h";
    private static final Pattern INLINE_DEFINITION =
            Pattern.compile("(?m)^(?:FORCEINLINE [^;{]*?\\b(\\w+)\\(|#define (\\w+)(?=\\(| ))");

    private DdiCoverage() {}

    /** A row a routine, in the order of their names. */
    public static List<DdiTable.Row> of(ServiceTable table) {
        Map<String, DdiTable.Row> rows = new TreeMap<>();
        for (DdiTable.Row row : DdiTable.of(table)) {
            rows.put(row.name(), row);
        }
        Set<String> inline = inlineNames();
        for (DdiCatalog.Routine routine : DdiCatalog.all().values()) {
            String state = inline.contains(routine.name()) ? INLINE : NOT_MODELLED;
            rows.putIfAbsent(routine.name(), row(routine, state));
        }
        List<DdiTable.Row> sorted = new ArrayList<>(rows.values());
        sorted.sort(Comparator.comparing(DdiTable.Row::name));
        return sorted;
    }

    private static DdiTable.Row row(DdiCatalog.Routine routine, String state) {
        return new DdiTable.Row(
                routine.name(),
                routine.header(),
                "",
                state,
                "",
                routine.irqlMinimum(),
                routine.irqlMaximum());
    }

    private static Set<String> inlineNames() {
        Set<String> names = new TreeSet<>();
        for (String header : List.of("ntdef.h", HEADER, "ntddk.h", "ntifs.h")) {
            Matcher matcher = INLINE_DEFINITION.matcher(Headers.text(header).orElseThrow());
            while (matcher.find()) {
                names.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
            }
        }
        return names;
    }
}
