package dev.dirql.kernel.services;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ImportDefinitionsTest {
    /** A kernel of three routines. */
    static final class Services {
        @Ddi("KeSecond")
        public void second() {}

        @Ddi("KeFirst")
        public void first() {}

        @Ddi(value = "HalOnly", library = Ddi.Library.HAL)
        public void hal() {}

        @Ddi(value = "WorkloadOnly", library = Ddi.Library.WORKLOAD)
        public void workload() {}
    }

    @Test
    void aFileALibraryNamesItsExportsInOrder() {
        ServiceTable table =
                new ServiceTable.Builder().add(new Services()).variable("KeCount", 1).build();

        assertThat(ImportDefinitions.of(table))
                .containsOnlyKeys("hal.def", "ntoskrnl.def")
                .containsEntry(
                        "ntoskrnl.def",
                        """
                        ; What dirql's kernel exports from this module.
                        LIBRARY "ntoskrnl.exe"
                        EXPORTS
                            KeCount DATA
                            KeFirst
                            KeSecond
                        """)
                .hasEntrySatisfying(
                        "hal.def", text -> assertThat(text).contains("\"hal.dll\"", "HalOnly"));
    }
}
