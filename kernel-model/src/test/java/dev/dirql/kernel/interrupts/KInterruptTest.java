package dev.dirql.kernel.interrupts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.kernel.structures.FlatMemory;
import org.junit.jupiter.api.Test;

class KInterruptTest {
    private static final long BASE = 0x1000;

    private final FlatMemory memory = new FlatMemory(BASE, KInterrupt.SIZE);
    private final KInterrupt view = new KInterrupt(memory, BASE);

    @Test
    void everyFieldIsWhereNtHasIt() {
        view.initialize(0x4101, 0x4102, 0, 0x51, 5, 6, KInterrupt.LATCHED, true, true);
        view.setConnected(true);
        view.enter();
        view.countService();

        assertThat(memory.load16(BASE)).isEqualTo(0x16);
        assertThat(memory.load16(BASE + 2)).isEqualTo(KInterrupt.SIZE);
        assertThat(memory.load64(BASE + 0x08)).isEqualTo(BASE + 0x08);
        assertThat(memory.load64(BASE + 0x18)).isEqualTo(0x4101);
        assertThat(memory.load64(BASE + 0x30)).isEqualTo(0x4102);
        assertThat(memory.load64(BASE + 0x48)).isEqualTo(BASE + 0x38);
        assertThat(memory.load32(BASE + 0x58)).isEqualTo(0x51);
        assertThat(memory.load8(BASE + 0x5C)).isEqualTo(5);
        assertThat(memory.load8(BASE + 0x5D)).isEqualTo(6);
        assertThat(memory.load8(BASE + 0x5E)).isEqualTo(1);
        assertThat(memory.load8(BASE + 0x5F)).isEqualTo(1);
        assertThat(memory.load8(BASE + 0x64)).isEqualTo(1);
        assertThat(memory.load16(BASE + 0x66)).isEqualTo(1);
        assertThat(memory.load32(BASE + 0x6C)).isEqualTo(1);
        assertThat(memory.load32(BASE + 0x74)).isEqualTo(1);
    }

    @Test
    void theLockOfTheDriverIsTheActualLock() {
        view.initialize(0x4101, 0x4102, 0x4103, 0x51, 5, 6, KInterrupt.LATCHED, true, true);

        assertThat(memory.load64(BASE + 0x48)).isEqualTo(0x4103);
        assertThat(view.actualLock()).isEqualTo(0x4103);
    }
}
