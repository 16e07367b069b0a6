package dev.dirql.kernel.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.kernel.KernelCalls;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.machine.ProcessorMemory;
import org.junit.jupiter.api.Test;

class SystemServicesTest {
    private final KernelCalls kernel = new KernelCalls();
    private final ProcessorMemory memory = kernel.processor.memory();

    SystemServicesTest() {
        kernel.export(new SystemServices(19045, 15_625_000));
    }

    @Test
    void theVersionIsThatOfTheModelledWindows() {
        long information = kernel.data(0x120);
        memory.store32(information, 0x11C);

        assertThat(kernel.call("RtlGetVersion", information)).isZero();

        assertThat(memory.load32(information + 4)).isEqualTo(10);
        assertThat(memory.load32(information + 8)).isZero();
        assertThat(memory.load32(information + 0xC)).isEqualTo(19045);
        assertThat(memory.load32(information + 0x10)).isEqualTo(2);
        assertThat(memory.load8(information + 0x11A)).isEqualTo(1);
    }

    @Test
    void aStructureOfAnotherSizeIsRefused() {
        assertThat(kernel.call("RtlGetVersion", kernel.data(0x120))).isEqualTo(0xC000_000DL);
    }

    @Test
    void aUnicodeStringDescribesItsSource() {
        UnicodeString string = new UnicodeString(memory, kernel.data(16));
        long source = kernel.wide("\\Device\\Disk");

        kernel.call("RtlInitUnicodeString", string.address(), source);
        assertThat(string.text()).isEqualTo("\\Device\\Disk");
        assertThat(string.maximumLength()).isEqualTo(26);

        kernel.call("RtlInitUnicodeString", string.address(), 0);
        assertThat(string.length()).isZero();
        assertThat(string.maximumLength()).isZero();
        assertThat(string.buffer()).isZero();
    }

    @Test
    void processorsAreCountedInGroupZero() {
        long place = kernel.data(8);
        memory.store64(place, -1);

        assertThat(kernel.call("KeQueryActiveProcessorCount", place)).isEqualTo(1);
        assertThat(memory.load64(place)).isEqualTo(1);
        assertThat(kernel.call("KeQueryActiveProcessors")).isEqualTo(1);
        assertThat(kernel.call("KeQueryActiveProcessorCountEx", 0xFFFF)).isEqualTo(1);
        assertThat(kernel.call("KeQueryActiveProcessorCountEx", 1)).isZero();
        memory.store64(place, -1);
        assertThat(kernel.call("KeGetCurrentProcessorNumberEx", place)).isZero();
        assertThat(memory.load32(place)).isZero();
    }

    @Test
    void thePerformanceCounterFollowsTheProcessorsClock() {
        long frequency = kernel.data(8);
        kernel.processor.clockNs = 5_000;

        assertThat(kernel.call("KeQueryPerformanceCounter", frequency)).isEqualTo(50);

        assertThat(memory.load64(frequency)).isEqualTo(10_000_000);
        assertThat(kernel.call("KeQueryTimeIncrement")).isEqualTo(156_250);
    }

    @Test
    void aStallEndsWhenItsTimeHasCome() {
        kernel.call("KeStallExecutionProcessor", 0);
        assertThat(kernel.processor.isRunnable()).isTrue();

        kernel.beginCall("KeStallExecutionProcessor", 25);
        kernel.step();

        assertThat(kernel.processor.isRunnable()).isFalse();
        kernel.processor.wake(25_000);
        kernel.step();
        assertThat(kernel.processor.rip).isEqualTo(KernelCalls.CALLER);
        assertThat(kernel.processor.clockNs).isEqualTo(25_000);
    }
}
