package dev.dirql.kernel.services;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/** The routines that this kernel exports to drivers, as their declarations say. */
public final class DdiTable {
    /**
     * One routine.
     *
     * @param header the WDK header that declares it
     * @param library the module that exports it
     * @param state {@code modelled}, {@code partial} or {@code fixed}; in a {@link DdiCoverage}
     *     also {@code inline} and {@code not modelled}, which no module exports
     * @param missing what is absent of a partial one
     * @param irqlMinimum lowest IRQL at which it may be called, if that is documented
     * @param irqlMaximum highest
     */
    public record Row(
            String name,
            String header,
            String library,
            String state,
            String missing,
            OptionalInt irqlMinimum,
            OptionalInt irqlMaximum) {}

    private DdiTable() {}

    /** The rows of a table's exports, in the order of their names. */
    public static List<Row> of(ServiceTable table) {
        return table.slots().stream()
                .map(ServiceSlot::ddi)
                .filter(ddi -> ddi != null && ddi.library() != Ddi.Library.WORKLOAD)
                .map(DdiTable::row)
                .sorted(Comparator.comparing(Row::name))
                .toList();
    }

    private static Row row(Ddi ddi) {
        String library =
                switch (ddi.library()) {
                    case NTOSKRNL -> "ntoskrnl.exe";
                    case HAL -> "hal.dll";
                    case WMILIB -> "wmilib.sys";
                    case WORKLOAD -> throw new IllegalArgumentException(ddi.value());
                };
        return new Row(
                ddi.value(),
                ddi.header(),
                library,
                ddi.state().name().toLowerCase(Locale.ROOT),
                ddi.missing(),
                OptionalInt.of(ddi.minimum()),
                OptionalInt.of(ddi.maximum()));
    }
}
