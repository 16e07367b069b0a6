package dev.dirql.kernel.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.kernel.KernelCalls;
import dev.dirql.machine.ProcessorMemory;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemoryRoutinesTest {
    private final KernelCalls kernel = new KernelCalls();
    private final ProcessorMemory memory = kernel.processor.memory();
    private final long data = kernel.data(0x1000);

    MemoryRoutinesTest() {
        kernel.export(new MemoryRoutines());
    }

    /** Ranges of all lengths, overlapping or not, against arrays. */
    @Test
    void copiesAreThoseOfArrays() {
        long seed = 3;
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            byte[] model = new byte[0x400];
            random.nextBytes(model);
            memory.storeBytes(data, model);
            int length = random.nextInt(0x200);
            int from = random.nextInt(0x200);
            int to = random.nextInt(0x200);
            String name =
                    switch (random.nextInt(4)) {
                        case 0 -> "memmove";
                        case 1 -> "RtlMoveMemory";
                        case 2 -> "memcpy";
                        default -> "RtlCopyMemory";
                    };

            long result = kernel.call(name, data + to, data + from, length);
            System.arraycopy(model, from, model, to, length);

            assertThat(result).isEqualTo(data + to);
            assertThat(memory.loadBytes(data, model.length)).as("seed %d", seed).isEqualTo(model);
        }
    }

    @Test
    void fillsFillExactlyTheRange() {
        kernel.call("memset", data + 3, 0x1234, 200);
        assertThat(memory.load8(data + 2)).isZero();
        assertThat(memory.load8(data + 3)).isEqualTo(0x34);
        assertThat(memory.load8(data + 202)).isEqualTo(0x34);
        assertThat(memory.load8(data + 203)).isZero();

        kernel.call("RtlZeroMemory", data + 10, 10);
        kernel.call("RtlFillMemory", data + 300, 5, 0xAB);

        assertThat(memory.load8(data + 10)).isZero();
        assertThat(memory.load8(data + 19)).isZero();
        assertThat(memory.load8(data + 20)).isEqualTo(0x34);
        assertThat(memory.load8(data + 304)).isEqualTo(0xAB);
    }

    @Test
    void comparisonsFindTheFirstDifference() {
        memory.store8(data + 150, 5);

        assertThat(kernel.call("RtlCompareMemory", data, data + 0x800, 200)).isEqualTo(150);
        assertThat(kernel.call("RtlCompareMemory", data, data + 0x800, 150)).isEqualTo(150);
        assertThat((int) kernel.call("memcmp", data, data + 0x800, 200)).isPositive();
        assertThat((int) kernel.call("memcmp", data + 0x800, data, 200)).isNegative();
        assertThat(kernel.call("memcmp", data, data + 0x800, 150)).isZero();
        assertThat(kernel.call("memcmp", data, data, 0)).isZero();
    }

    @Test
    void aBadAddressFaults() {
        kernel.call("memcpy", 0xFFFF9000_00000000L, data, 8);

        assertThat(kernel.bugChecks.get(0)).contains("WRITE of 0xffff900000000000");
    }
}
