package dev.dirql.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.ServiceSlot;
import dev.dirql.scenario.language.WorkloadServices;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class WorkloadExportsTest {
    @Test
    void theKernelExportsExactlyWhatWorkloadProgramsMayImport() {
        TreeSet<String> exported = new TreeSet<>();
        for (ServiceSlot slot : Ddis.table().slots()) {
            Ddi ddi = slot.ddi();
            if (ddi != null && ddi.library() == Ddi.Library.WORKLOAD) {
                exported.add(ddi.value());
            }
        }

        assertThat(WorkloadServices.ALL)
                .extracting(WorkloadServices.Service::name)
                .containsExactlyInAnyOrderElementsOf(exported);
    }
}
