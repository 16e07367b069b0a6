package dev.dirql.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.kernel.services.DdiCatalog;
import dev.dirql.kernel.services.DdiCoverage;
import dev.dirql.kernel.services.DdiTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The declarations of routines say what the routines' pages say. */
class DdiCatalogTest {
    private static final String SYNCHRONIZE_IRQL =
            "the limit is the SynchronizeIrql of the interrupt object, which the routine checks";

    /** Declarations that deliberately differ from the page's requirements block, and why. */
    private static final Map<String, String> OTHERWISE =
            Map.of(
                    "ExAcquireSpinLockShared", "the remarks allow any IRQL up to DISPATCH_LEVEL",
                    "ExAcquireFastMutexUnsafe", "the remarks allow a critical region instead",
                    "ExReleaseFastMutexUnsafe", "as ExAcquireFastMutexUnsafe",
                    "KeAcquireInterruptSpinLock", SYNCHRONIZE_IRQL,
                    "KeSynchronizeExecution", SYNCHRONIZE_IRQL,
                    "KeIsExecutingDpc", "the answer is FALSE below DISPATCH_LEVEL",
                    "KeReadStateEvent", "the remarks allow an ISR to call it",
                    "KeReleaseSpinLockFromDpcLevel", "as KeAcquireSpinLockAtDpcLevel",
                    "KeTryToAcquireSpinLockAtDpcLevel", "as KeAcquireSpinLockAtDpcLevel");

    private final List<DdiTable.Row> exported = DdiTable.of(new TestKernel(1).kernel.table());

    @Test
    void declaredRangesAreThoseOfThePages() {
        List<String> differences = new ArrayList<>();
        for (DdiTable.Row row : exported) {
            DdiCatalog.find(row.name())
                    .filter(routine -> differs(row, routine))
                    .filter(routine -> !OTHERWISE.containsKey(row.name()))
                    .ifPresent(routine ->
                            differences.add(
                                    "%s is declared %s %s-%s, its page says %s %s-%s"
                                            .formatted(
                                                    row.name(),
                                                    row.header(),
                                                    row.irqlMinimum(),
                                                    row.irqlMaximum(),
                                                    routine.header(),
                                                    routine.irqlMinimum(),
                                                    routine.irqlMaximum())));
        }

        assertThat(differences).isEmpty();
    }

    @Test
    void coverageHasARowForEachDocumentedRoutine() {
        List<DdiTable.Row> rows = DdiCoverage.of(new TestKernel(1).kernel.table());

        assertThat(rows.stream().map(DdiTable.Row::name))
                .doesNotHaveDuplicates()
                .containsAll(DdiCatalog.all().keySet())
                .containsAll(exported.stream().map(DdiTable.Row::name).toList());
        assertThat(state(rows, "KeAcquireSpinLockRaiseToDpc")).isEqualTo("modelled");
        assertThat(state(rows, "InsertTailList")).isEqualTo(DdiCoverage.INLINE);
        assertThat(state(rows, "IoCompleteRequest")).isEqualTo(DdiCoverage.INLINE);
        assertThat(state(rows, "ZwCreateTransaction")).isEqualTo(DdiCoverage.NOT_MODELLED);
    }

    private static String state(List<DdiTable.Row> rows, String name) {
        return rows.stream()
                .filter(row -> row.name().equals(name))
                .findFirst()
                .orElseThrow()
                .state();
    }

    private static boolean differs(DdiTable.Row row, DdiCatalog.Routine routine) {
        return !row.header().equals(routine.header())
                || isOther(row.irqlMinimum(), routine.irqlMinimum())
                || isOther(row.irqlMaximum(), routine.irqlMaximum());
    }

    private static boolean isOther(OptionalInt declared, OptionalInt documented) {
        return documented.isPresent() && !declared.equals(documented);
    }
}
