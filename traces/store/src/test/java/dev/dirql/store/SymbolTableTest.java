package dev.dirql.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SymbolTableTest {
    private static final long BASE = 0xFFFF_F801_0000_0000L;

    private final SymbolTable table = Traces.symbols();

    @Test
    void codeIsNamedWithRoutineFileAndLine() {
        SymbolTable.Location location = table.locate(BASE + 0x1014).orElseThrow();

        assertThat(location.text()).isEqualTo("disk_driver!OnInterrupt+0x14");
        assertThat(location.file()).isEqualTo("disk.c");
        assertThat(location.line()).isEqualTo(13);
        assertThat(table.locate(BASE + 0x1000).orElseThrow().text())
                .isEqualTo("disk_driver!OnInterrupt");
        assertThat(table.locate(BASE + 0x100F).orElseThrow().line()).isEqualTo(12);
    }

    @Test
    void dataIsNamedWithoutALine() {
        SymbolTable.Location location = table.locate(BASE + 0x3004).orElseThrow();

        assertThat(location.text()).isEqualTo("disk_driver!Lock+0x4");
        assertThat(location.file()).isEmpty();
        assertThat(location.line()).isZero();
    }

    @Test
    void anAddressThatNoSymbolCoversIsNamedByItsImage() {
        assertThat(table.locate(BASE + 0x1040).orElseThrow().text())
                .isEqualTo("disk_driver+0x1040");
        assertThat(table.locate(BASE).orElseThrow().text()).isEqualTo("disk_driver");
    }

    @Test
    void anAddressOutsideOfEveryImageMeansNothing() {
        assertThat(table.locate(BASE - 1)).isEmpty();
        assertThat(table.locate(BASE + 0x4000)).isEmpty();
        assertThat(table.locate(0)).isEmpty();
    }
}
