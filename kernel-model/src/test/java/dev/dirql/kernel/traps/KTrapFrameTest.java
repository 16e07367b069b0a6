package dev.dirql.kernel.traps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.kernel.KernelCalls;
import dev.dirql.machine.Flags;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;
import org.junit.jupiter.api.Test;

class KTrapFrameTest {
    private final KernelCalls kernel = new KernelCalls();
    private final Processor processor = kernel.processor;
    private final ProcessorMemory memory = processor.memory();
    private final long base = kernel.data(KTrapFrame.SIZE);
    private final KTrapFrame frame = new KTrapFrame(memory, base);

    private void fill() {
        for (int i = 0; i < 16; i++) {
            processor.registers[i] = 0x4100L + i;
        }
        for (int i = 0; i < 12; i++) {
            processor.xmm[i] = 0x4200L + i;
        }
        processor.rip = 0x4300;
        processor.flags.setRflags(Flags.INTERRUPT);
        kernel.setIrql(2);
    }

    @Test
    void everyFieldIsWhereNtHasIt() {
        fill();

        frame.capture(processor, 0x4400, 0x4500);

        assertThat(memory.load8(base + 0x29)).isEqualTo(2);
        int[] order = {
            Processor.RAX,
            Processor.RCX,
            Processor.RDX,
            Processor.R8,
            Processor.R9,
            Processor.R10,
            Processor.R11
        };
        for (int i = 0; i < order.length; i++) {
            assertThat(memory.load64(base + 0x30 + 8L * i)).isEqualTo(0x4100 + order[i]);
        }
        for (int i = 0; i < 12; i++) {
            assertThat(memory.load64(base + 0x70 + 8L * i)).isEqualTo(0x4200 + i);
        }
        assertThat(memory.load64(base + 0xD0)).isEqualTo(0x4400);
        assertThat(memory.load64(base + 0x158)).isEqualTo(0x4100 + Processor.RBP);
        assertThat(memory.load64(base + 0x160)).isEqualTo(0x4500);
        assertThat(memory.load64(base + 0x168)).isEqualTo(0x4300);
        assertThat(memory.load64(base + 0x170)).isEqualTo(0x10);
        assertThat(memory.load64(base + 0x178) & Flags.INTERRUPT).isEqualTo(Flags.INTERRUPT);
        assertThat(memory.load64(base + 0x180)).isEqualTo(0x4100 + Processor.RSP);
        assertThat(memory.load64(base + 0x188)).isEqualTo(0x18);
    }

    @Test
    void whatWasInterruptedGoesOnAsItWas() {
        fill();
        frame.capture(processor, 0, 0);
        processor.registers[Processor.RAX] = 0;
        processor.registers[Processor.R11] = 0;
        processor.registers[Processor.RSP] = 0;
        processor.xmm[11] = 0;
        processor.rip = 0;
        processor.flags.setRflags(0);

        frame.resume(processor);

        assertThat(processor.registers[Processor.RAX]).isEqualTo(0x4100 + Processor.RAX);
        assertThat(processor.registers[Processor.R11]).isEqualTo(0x4100 + Processor.R11);
        assertThat(processor.registers[Processor.RSP]).isEqualTo(0x4100 + Processor.RSP);
        assertThat(processor.xmm[11]).isEqualTo(0x420B);
        assertThat(processor.rip).isEqualTo(0x4300);
        assertThat(processor.flags.interruptsEnabled()).isTrue();
        assertThat(frame.previousIrql()).isEqualTo(2);
    }
}
