package dev.dirql.x86;

import static dev.dirql.machine.Processor.RAX;
import static dev.dirql.machine.Processor.RBX;
import static dev.dirql.machine.Processor.RCX;
import static dev.dirql.machine.Processor.RSP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.DecisionKind;
import dev.dirql.events.RunEnd;
import dev.dirql.machine.DecisionSource;
import dev.dirql.machine.InterruptController;
import dev.dirql.machine.Machine;
import dev.dirql.machine.MachineSettings;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.PhysicalMemory;
import dev.dirql.machine.Processor;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The interpreter in the run loop of a machine, with several processors on one counter. */
class SeveralProcessorsTest {
    private static final int ROUNDS = 200;

    /** {@code inc [rbx]; dec ecx; jnz -6 or -7; mov rax, window; jmp rax}. */
    private static final String INCREMENT = "48ff03 ffc9 75f9 48b80000000000f8ffff ffe0";

    private static final String LOCKED = "f048ff03 ffc9 75f8 48b80000000000f8ffff ffe0";

    private static DecisionSource shortSlices(long seed) {
        Random random = new Random(seed);
        return point ->
                point.kind() == DecisionKind.SLICE_LENGTH
                        ? 1 + random.nextInt(point.alternatives() - 1)
                        : random.nextInt(point.alternatives());
    }

    /** Both processors count to {@link #ROUNDS}; gives the counter at the end. */
    private static long count(String code, DecisionSource decisions) {
        MachineSettings settings = MachineSettings.of(2);
        Machine machine = new Machine(settings, decisions);
        machine.attach(made -> InterruptController.none());
        machine.attach(new Interpreter(machine));
        machine.attach(
                new FakeSoftware() {
                    private int arrived;

                    @Override
                    public void service(Processor processor) {
                        if (++arrived == 2) {
                            machine.end(RunEnd.DONE, "both counted");
                        } else {
                            processor.waitForInterrupt();
                        }
                    }
                });
        int frame = machine.memory().allocateFrames(2);
        machine.map(machine.kernelSpace(), Bench.CODE, frame, PageFlags.EXECUTABLE);
        machine.map(machine.kernelSpace(), Bench.DATA, frame + 1L, PageFlags.WRITABLE);
        machine.writePhysical((long) frame << PhysicalMemory.FRAME_SHIFT, Bench.bytes(code));
        for (int i = 0; i < 2; i++) {
            Processor processor = machine.processor(i);
            processor.rip = Bench.CODE;
            processor.registers[RAX] = 0;
            processor.registers[RBX] = Bench.DATA;
            processor.registers[RCX] = ROUNDS;
            processor.registers[RSP] = 0;
        }

        machine.run();

        assertThat(machine.endDetail()).isEqualTo("both counted");
        return machine.processor(0).memory().load64(Bench.DATA);
    }

    @Test
    void unlockedIncrementsAreLostBetweenTheirHalves() {
        long counted = count(INCREMENT, shortSlices(3));

        assertThat(counted).isBetween((long) ROUNDS, 2L * ROUNDS - 1);
    }

    @Test
    void lockedIncrementsAreNeverLost() {
        for (int seed = 0; seed < 20; seed++) {
            assertThat(count(LOCKED, shortSlices(seed))).isEqualTo(2L * ROUNDS);
        }
    }

    @Test
    void theSameDecisionsGiveTheSameCount() {
        assertThat(count(INCREMENT, shortSlices(5))).isEqualTo(count(INCREMENT, shortSlices(5)));
    }
}
