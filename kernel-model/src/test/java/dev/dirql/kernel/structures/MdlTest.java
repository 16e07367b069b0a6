package dev.dirql.kernel.structures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MdlTest {
    private static final long BASE = 0x1000;

    private final FlatMemory memory = new FlatMemory(BASE, Mdl.BYTES);
    private final Mdl view = new Mdl(memory, BASE);

    @Test
    void everyFieldIsWhereNtHasIt() {
        view.setNext(0x4100000000000001L);
        assertThat(memory.load64(BASE + 0x0)).isEqualTo(0x4100000000000001L);
        assertThat(view.next()).isEqualTo(0x4100000000000001L);
        view.setSize(0x4102);
        assertThat(memory.load16(BASE + 0x8)).isEqualTo(0x4102L);
        assertThat(view.size()).isEqualTo(0x4102);
        view.setMdlFlags(0x4103);
        assertThat(memory.load16(BASE + 0xA)).isEqualTo(0x4103L);
        assertThat(view.mdlFlags()).isEqualTo(0x4103);
        view.setAllocationProcessorNumber(0x4104);
        assertThat(memory.load16(BASE + 0xC)).isEqualTo(0x4104L);
        assertThat(view.allocationProcessorNumber()).isEqualTo(0x4104);
        view.setProcess(0x4100000000000005L);
        assertThat(memory.load64(BASE + 0x10)).isEqualTo(0x4100000000000005L);
        assertThat(view.process()).isEqualTo(0x4100000000000005L);
        view.setMappedSystemVa(0x4100000000000006L);
        assertThat(memory.load64(BASE + 0x18)).isEqualTo(0x4100000000000006L);
        assertThat(view.mappedSystemVa()).isEqualTo(0x4100000000000006L);
        view.setStartVa(0x4100000000000007L);
        assertThat(memory.load64(BASE + 0x20)).isEqualTo(0x4100000000000007L);
        assertThat(view.startVa()).isEqualTo(0x4100000000000007L);
        view.setByteCount(0x41000008L);
        assertThat(memory.load32(BASE + 0x28)).isEqualTo(0x41000008L);
        assertThat(view.byteCount()).isEqualTo(0x41000008L);
        view.setByteOffset(0x41000009L);
        assertThat(memory.load32(BASE + 0x2C)).isEqualTo(0x41000009L);
        assertThat(view.byteOffset()).isEqualTo(0x41000009L);
    }

    @Test
    void framesFollow() {
        FlatMemory list = new FlatMemory(BASE, Mdl.BYTES + 16);
        list.store64(BASE + 0x38, 77);

        assertThat(new Mdl(list, BASE).frame(1)).isEqualTo(77);
        assertThat(Mdl.pages(0xFFF, 2)).isEqualTo(2);
        assertThat(Mdl.pages(0x1000, 0x1000)).isEqualTo(1);
        assertThat(Mdl.pages(0x1000, 0x1001)).isEqualTo(2);
    }
}
