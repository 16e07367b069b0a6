package dev.dirql.kernel.structures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PoolHeaderTest {
    @Test
    void everyFieldIsWhereNtHasIt() {
        FlatMemory memory = new FlatMemory(0x1000, PoolHeader.BYTES);
        PoolHeader header = new PoolHeader(memory, 0x1000);

        memory.store64(0x1000, PoolHeader.contents(0x11, 0x22, 0x33, 0x44556677));

        assertThat(memory.load8(0x1000)).isEqualTo(0x11);
        assertThat(memory.load8(0x1002)).isEqualTo(0x22);
        assertThat(memory.load8(0x1003)).isEqualTo(0x33);
        assertThat(memory.load32(0x1004)).isEqualTo(0x44556677);
        assertThat(header.previousSize()).isEqualTo(0x11);
        assertThat(header.blockSize()).isEqualTo(0x22);
        assertThat(header.poolType()).isEqualTo(0x33);
        assertThat(header.poolTag()).isEqualTo(0x44556677);
        assertThat(header.contents()).isEqualTo(0x44556677_33220011L);
    }
}
