package dev.dirql.kernel.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.kernel.KernelCalls;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.machine.ProcessorMemory;
import org.junit.jupiter.api.Test;

class StringServicesTest {
    private final KernelCalls kernel = new KernelCalls();
    private final ProcessorMemory memory = kernel.processor.memory();

    StringServicesTest() {
        kernel.export(new StringServices(19045));
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
}
