package dev.dirql.kernel.structures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KUserSharedDataTest {
    private static final long BASE = 0x1000;

    private final FlatMemory memory = new FlatMemory(BASE, KUserSharedData.BYTES);
    private final KUserSharedData view = new KUserSharedData(memory, BASE);

    @Test
    void everyFieldIsWhereNtHasIt() {
        view.setTickCountMultiplier(0x41000001L);
        assertThat(memory.load32(BASE + 0x4)).isEqualTo(0x41000001L);
        assertThat(view.tickCountMultiplier()).isEqualTo(0x41000001L);
        view.setInterruptTime(0x4100000000000002L);
        assertThat(memory.load64(BASE + 0x8)).isEqualTo(0x4100000000000002L);
        assertThat(view.interruptTime()).isEqualTo(0x4100000000000002L);
        assertThat(memory.load32(BASE + 0x10)).isEqualTo(0x4100000000000002L >>> 32);
        view.setSystemTime(0x4100000000000003L);
        assertThat(memory.load64(BASE + 0x14)).isEqualTo(0x4100000000000003L);
        assertThat(view.systemTime()).isEqualTo(0x4100000000000003L);
        assertThat(memory.load32(BASE + 0x1C)).isEqualTo(0x4100000000000003L >>> 32);
        view.setTimeZoneBias(0x4100000000000004L);
        assertThat(memory.load64(BASE + 0x20)).isEqualTo(0x4100000000000004L);
        assertThat(view.timeZoneBias()).isEqualTo(0x4100000000000004L);
        assertThat(memory.load32(BASE + 0x28)).isEqualTo(0x4100000000000004L >>> 32);
        view.setImageNumberLow(0x4105);
        assertThat(memory.load16(BASE + 0x2C)).isEqualTo(0x4105L);
        assertThat(view.imageNumberLow()).isEqualTo(0x4105);
        view.setImageNumberHigh(0x4106);
        assertThat(memory.load16(BASE + 0x2E)).isEqualTo(0x4106L);
        assertThat(view.imageNumberHigh()).isEqualTo(0x4106);
        assertThat(view.ntSystemRoot()).isEqualTo(BASE + 0x30);
        view.setNtBuildNumber(0x41000008L);
        assertThat(memory.load32(BASE + 0x260)).isEqualTo(0x41000008L);
        assertThat(view.ntBuildNumber()).isEqualTo(0x41000008L);
        view.setNtProductType(0x41000009L);
        assertThat(memory.load32(BASE + 0x264)).isEqualTo(0x41000009L);
        assertThat(view.ntProductType()).isEqualTo(0x41000009L);
        view.setProductTypeIsValid(true);
        assertThat(memory.load8(BASE + 0x268)).isEqualTo(1);
        assertThat(view.productTypeIsValid()).isTrue();
        view.setNativeProcessorArchitecture(0x410b);
        assertThat(memory.load16(BASE + 0x26A)).isEqualTo(0x410bL);
        assertThat(view.nativeProcessorArchitecture()).isEqualTo(0x410b);
        view.setNtMajorVersion(0x4100000cL);
        assertThat(memory.load32(BASE + 0x26C)).isEqualTo(0x4100000cL);
        assertThat(view.ntMajorVersion()).isEqualTo(0x4100000cL);
        view.setNtMinorVersion(0x4100000dL);
        assertThat(memory.load32(BASE + 0x270)).isEqualTo(0x4100000dL);
        assertThat(view.ntMinorVersion()).isEqualTo(0x4100000dL);
        assertThat(view.processorFeatures()).isEqualTo(BASE + 0x274);
        view.setSuiteMask(0x4100000f);
        assertThat(memory.load32(BASE + 0x2D0)).isEqualTo(0x4100000fL);
        assertThat(view.suiteMask()).isEqualTo(0x4100000f);
        view.setKdDebuggerEnabled(0x51);
        assertThat(memory.load8(BASE + 0x2D4)).isEqualTo(0x51L);
        assertThat(view.kdDebuggerEnabled()).isEqualTo(0x51);
        view.setNumberOfPhysicalPages(0x41000011L);
        assertThat(memory.load32(BASE + 0x2E8)).isEqualTo(0x41000011L);
        assertThat(view.numberOfPhysicalPages()).isEqualTo(0x41000011L);
        view.setQpcFrequency(0x4100000000000012L);
        assertThat(memory.load64(BASE + 0x300)).isEqualTo(0x4100000000000012L);
        assertThat(view.qpcFrequency()).isEqualTo(0x4100000000000012L);
        view.setTickCount(0x4100000000000013L);
        assertThat(memory.load64(BASE + 0x320)).isEqualTo(0x4100000000000013L);
        assertThat(view.tickCount()).isEqualTo(0x4100000000000013L);
        assertThat(memory.load32(BASE + 0x328)).isEqualTo(0x4100000000000013L >>> 32);
        view.setActiveProcessorCount(0x41000014L);
        assertThat(memory.load32(BASE + 0x3C0)).isEqualTo(0x41000014L);
        assertThat(view.activeProcessorCount()).isEqualTo(0x41000014L);
        view.setActiveGroupCount(0x56);
        assertThat(memory.load8(BASE + 0x3C4)).isEqualTo(0x56L);
        assertThat(view.activeGroupCount()).isEqualTo(0x56);
    }
}
