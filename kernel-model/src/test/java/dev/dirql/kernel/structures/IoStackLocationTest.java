package dev.dirql.kernel.structures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IoStackLocationTest {
    private static final long BASE = 0x1000;

    private final FlatMemory memory = new FlatMemory(BASE, IoStackLocation.BYTES);
    private final IoStackLocation view = new IoStackLocation(memory, BASE);

    @Test
    void everyFieldIsWhereNtHasIt() {
        view.setMajorFunction(0x42);
        assertThat(memory.load8(BASE + 0x0)).isEqualTo(0x42L);
        assertThat(view.majorFunction()).isEqualTo(0x42);
        view.setMinorFunction(0x43);
        assertThat(memory.load8(BASE + 0x1)).isEqualTo(0x43L);
        assertThat(view.minorFunction()).isEqualTo(0x43);
        view.setFlags(0x44);
        assertThat(memory.load8(BASE + 0x2)).isEqualTo(0x44L);
        assertThat(view.flags()).isEqualTo(0x44);
        view.setControl(0x45);
        assertThat(memory.load8(BASE + 0x3)).isEqualTo(0x45L);
        assertThat(view.control()).isEqualTo(0x45);
        view.setReadLength(0x41000005L);
        assertThat(memory.load32(BASE + 0x8)).isEqualTo(0x41000005L);
        assertThat(view.readLength()).isEqualTo(0x41000005L);
        view.setReadKey(0x41000006L);
        assertThat(memory.load32(BASE + 0x10)).isEqualTo(0x41000006L);
        assertThat(view.readKey()).isEqualTo(0x41000006L);
        view.setReadByteOffset(0x4100000000000007L);
        assertThat(memory.load64(BASE + 0x18)).isEqualTo(0x4100000000000007L);
        assertThat(view.readByteOffset()).isEqualTo(0x4100000000000007L);
        view.setOutputBufferLength(0x41000008L);
        assertThat(memory.load32(BASE + 0x8)).isEqualTo(0x41000008L);
        assertThat(view.outputBufferLength()).isEqualTo(0x41000008L);
        view.setInputBufferLength(0x41000009L);
        assertThat(memory.load32(BASE + 0x10)).isEqualTo(0x41000009L);
        assertThat(view.inputBufferLength()).isEqualTo(0x41000009L);
        view.setIoControlCode(0x4100000a);
        assertThat(memory.load32(BASE + 0x18)).isEqualTo(0x4100000aL);
        assertThat(view.ioControlCode()).isEqualTo(0x4100000a);
        view.setType3InputBuffer(0x410000000000000bL);
        assertThat(memory.load64(BASE + 0x20)).isEqualTo(0x410000000000000bL);
        assertThat(view.type3InputBuffer()).isEqualTo(0x410000000000000bL);
        view.setArgument1(0x410000000000000cL);
        assertThat(memory.load64(BASE + 0x8)).isEqualTo(0x410000000000000cL);
        assertThat(view.argument1()).isEqualTo(0x410000000000000cL);
        view.setArgument2(0x410000000000000dL);
        assertThat(memory.load64(BASE + 0x10)).isEqualTo(0x410000000000000dL);
        assertThat(view.argument2()).isEqualTo(0x410000000000000dL);
        view.setArgument3(0x410000000000000eL);
        assertThat(memory.load64(BASE + 0x18)).isEqualTo(0x410000000000000eL);
        assertThat(view.argument3()).isEqualTo(0x410000000000000eL);
        view.setArgument4(0x410000000000000fL);
        assertThat(memory.load64(BASE + 0x20)).isEqualTo(0x410000000000000fL);
        assertThat(view.argument4()).isEqualTo(0x410000000000000fL);
        view.setDeviceObject(0x4100000000000010L);
        assertThat(memory.load64(BASE + 0x28)).isEqualTo(0x4100000000000010L);
        assertThat(view.deviceObject()).isEqualTo(0x4100000000000010L);
        view.setFileObject(0x4100000000000011L);
        assertThat(memory.load64(BASE + 0x30)).isEqualTo(0x4100000000000011L);
        assertThat(view.fileObject()).isEqualTo(0x4100000000000011L);
        view.setCompletionRoutine(0x4100000000000012L);
        assertThat(memory.load64(BASE + 0x38)).isEqualTo(0x4100000000000012L);
        assertThat(view.completionRoutine()).isEqualTo(0x4100000000000012L);
        view.setContext(0x4100000000000013L);
        assertThat(memory.load64(BASE + 0x40)).isEqualTo(0x4100000000000013L);
        assertThat(view.context()).isEqualTo(0x4100000000000013L);
    }
}
