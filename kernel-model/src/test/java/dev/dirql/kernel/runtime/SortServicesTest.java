package dev.dirql.kernel.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.kernel.KernelCalls;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SortServicesTest {
    private final KernelCalls kernel = new KernelCalls();
    private final ProcessorMemory memory = kernel.processor.memory();
    private final long compare =
            kernel.routine(processor ->
                    memory.load32(processor.registers[Processor.RCX])
                            - memory.load32(processor.registers[Processor.RDX]));

    SortServicesTest() {
        kernel.export(new SortServices());
    }

    @Test
    void arraysOfAnyLengthAreSortedWithTheirElementsWhole() {
        long array = kernel.data(0x800);
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int[] values = random.ints(random.nextInt(40), 0, 40).toArray();
            for (int i = 0; i < values.length; i++) {
                memory.store32(array + 12L * i, values[i]);
                memory.store64(array + 12L * i + 4, ~values[i]);
            }

            kernel.call("qsort", array, values.length, 12, compare);

            Arrays.sort(values);
            for (int i = 0; i < values.length; i++) {
                assertThat((int) memory.load32(array + 12L * i))
                        .as("seed %d", seed)
                        .isEqualTo(values[i]);
                assertThat(memory.load64(array + 12L * i + 4))
                        .as("seed %d", seed)
                        .isEqualTo(~values[i]);
            }
        }
    }

    @Test
    void aSearchFindsExactlyWhatIsThere() {
        long array = kernel.data(0x100);
        long key = kernel.data(4);
        for (int length = 0; length < 20; length++) {
            for (int i = 0; i < length; i++) {
                memory.store32(array + 4L * i, 2 * i + 1);
            }
            for (int value = 0; value <= 2 * length; value++) {
                memory.store32(key, value);

                long found = kernel.call("bsearch", key, array, length, 4, compare);

                assertThat(found).isEqualTo(value % 2 == 0 ? 0 : array + 2L * (value - 1));
            }
        }
    }
}
