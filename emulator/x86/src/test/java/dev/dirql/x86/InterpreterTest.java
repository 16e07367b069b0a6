package dev.dirql.x86;

import static dev.dirql.machine.Processor.RAX;
import static dev.dirql.machine.Processor.RBX;
import static dev.dirql.machine.Processor.RCX;
import static dev.dirql.machine.Processor.RDI;
import static dev.dirql.machine.Processor.RDX;
import static dev.dirql.machine.Processor.RSI;
import static dev.dirql.machine.Processor.RSP;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.machine.Flags;
import dev.dirql.machine.InstructionEngine.Stop;
import dev.dirql.machine.MemoryFault.Access;
import dev.dirql.machine.MemoryFault.Reason;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.PhysicalMemory;
import dev.dirql.machine.Processor;
import dev.dirql.machine.Trap;
import org.junit.jupiter.api.Test;

/** What the interpreter promises the machine, besides what instructions compute. */
class InterpreterTest {
    private static final String HLT = "f4";

    private final Bench bench = new Bench();
    private final Processor processor = bench.processor;
    private final long[] r = processor.registers;

    @Test
    void runsUntilTheLimitAndCountsSteps() {
        bench.code("48ffc0 48ffc0 48ffc0 ebf5");
        processor.limitNs = 10;

        Stop stop = bench.interpreter.run(processor);

        assertThat(stop).isEqualTo(Stop.LIMIT);
        assertThat(r[RAX]).isEqualTo(8);
        assertThat(processor.steps).isEqualTo(10);
        assertThat(processor.clockNs).isEqualTo(10);
        assertThat(processor.rip).isEqualTo(Bench.CODE + 6);
    }

    @Test
    void stopsBeforeAnAddressButNotBeforeItsFirstStep() {
        bench.code("48ffc0 48ffc3 48ffc1 ebf5");
        // Decoded as one block before anybody wants to stop in it.
        processor.limitNs = 4;
        bench.interpreter.run(processor);
        processor.limitNs = 100;
        bench.interpreter.stopAt(new long[] {Bench.CODE + 3});

        Stop first = bench.interpreter.run(processor);
        long there = processor.steps;
        Stop second = bench.interpreter.run(processor);

        assertThat(first).isEqualTo(Stop.LIMIT);
        assertThat(there).isEqualTo(5);
        assertThat(second).isEqualTo(Stop.LIMIT);
        assertThat(processor.rip).isEqualTo(Bench.CODE + 3);
        assertThat(processor.steps).isEqualTo(9);

        bench.interpreter.stopAt(new long[0]);
        bench.interpreter.run(processor);
        assertThat(processor.steps).isEqualTo(100);
    }

    @Test
    void stopsBeforeTheServiceWindow() {
        bench.code("48b80000000000f8ffff ffd0");

        Stop stop = bench.interpreter.run(processor);

        assertThat(stop).isEqualTo(Stop.SERVICE);
        assertThat(processor.rip).isEqualTo(FakeSoftware.WINDOW);
        assertThat(processor.steps).isEqualTo(2);
        assertThat(processor.memory().load64(r[RSP])).isEqualTo(Bench.CODE + 12);
    }

    @Test
    void anUnlockedUpdateOfMemoryIsTwoSteps() {
        bench.data(1).code("480103" + HLT);
        r[RBX] = Bench.DATA;
        r[RAX] = 5;
        processor.limitNs = 1;

        Stop first = bench.interpreter.run(processor);

        assertThat(first).isEqualTo(Stop.LIMIT);
        assertThat(processor.halfDone.pending).isTrue();
        assertThat(processor.rip).isEqualTo(Bench.CODE);

        // Another processor's store between the halves is lost.
        processor.memory().store64(Bench.DATA, 100);
        processor.limitNs = 2;
        Stop second = bench.interpreter.run(processor);

        assertThat(second).isEqualTo(Stop.LIMIT);
        assertThat(processor.halfDone.pending).isFalse();
        assertThat(processor.memory().load64(Bench.DATA)).isEqualTo(5);
        assertThat(processor.rip).isEqualTo(Bench.CODE + 3);
        assertThat(processor.steps).isEqualTo(2);
        assertThat(processor.flags.zero()).isFalse();
    }

    @Test
    void nothingOfAHalfDoneUpdateShowsBeforeItsStore() {
        bench.data(1).code("480fc103" + HLT);
        r[RBX] = Bench.DATA;
        r[RAX] = 5;
        processor.memory().store64(Bench.DATA, -5);
        processor.flags.setRflags(Flags.SIGN);
        processor.limitNs = 1;

        bench.interpreter.run(processor);

        assertThat(r[RAX]).isEqualTo(5);
        assertThat(processor.flags.rflags() & Flags.STATUS).isEqualTo(Flags.SIGN);

        processor.limitNs = 2;
        bench.interpreter.run(processor);

        assertThat(r[RAX]).isEqualTo(-5);
        assertThat(processor.flags.zero()).isTrue();
        assertThat(processor.flags.carry()).isTrue();
    }

    @Test
    void anUpdateWhosePageVanishesBetweenItsHalvesStartsAgain() {
        bench.data(1).code("481103" + HLT);
        r[RBX] = Bench.DATA;
        processor.flags.setRflags(Flags.CARRY);
        processor.limitNs = 1;
        bench.interpreter.run(processor);
        long frame = processor.memory().physical(Bench.DATA) >>> PhysicalMemory.FRAME_SHIFT;
        bench.machine.map(bench.space(), Bench.DATA, frame, 0);
        processor.limitNs = 100;

        Stop stop = bench.interpreter.run(processor);

        assertThat(stop).isEqualTo(Stop.TRAP);
        assertThat(processor.trap.vector).isEqualTo(Trap.PAGE_FAULT);
        assertThat(processor.rip).isEqualTo(Bench.CODE);
        assertThat(processor.flags.carry()).isTrue();

        bench.machine.map(bench.space(), Bench.DATA, frame, PageFlags.WRITABLE);
        bench.interpreter.run(processor);

        assertThat(processor.memory().load64(Bench.DATA)).isEqualTo(1);
    }

    @Test
    void aLockedUpdateIsOneVisibleStep() {
        bench.data(1).code("f0480103 90 " + HLT);
        r[RBX] = Bench.DATA;
        r[RAX] = 7;

        Stop stop = bench.interpreter.run(processor);

        assertThat(stop).isEqualTo(Stop.VISIBLE);
        assertThat(processor.steps).isEqualTo(1);
        assertThat(processor.rip).isEqualTo(Bench.CODE + 4);
        assertThat(processor.memory().load64(Bench.DATA)).isEqualTo(7);
    }

    @Test
    void aVisibleStepAheadOfTheHorizonHasNoEffect() {
        for (String code :
                new String[] {
                    "f0480103",
                    "488703",
                    "fa",
                    "fb",
                    "9d",
                    "f4",
                    "f390",
                    "cc",
                    "cd29",
                    "ee",
                    "440f22c0",
                    "0f0b",
                    "48f7f1",
                    "488b09"
                }) {
            Bench other = new Bench();
            other.data(1).code(code);
            Processor ahead = other.processor;
            ahead.registers[RBX] = Bench.DATA;
            ahead.clockNs = 5;
            ahead.horizonNs = 4;
            long rsp = ahead.registers[RSP];

            Stop stop = other.interpreter.run(ahead);

            assertThat(stop).as(code).isEqualTo(Stop.AHEAD);
            assertThat(ahead.rip).as(code).isEqualTo(Bench.CODE);
            assertThat(ahead.steps).as(code).isZero();
            assertThat(ahead.registers[RSP]).as(code).isEqualTo(rsp);
            assertThat(ahead.memory().load64(Bench.DATA)).as(code).isZero();
        }
    }

    @Test
    void eachIterationOfARepeatedInstructionIsAStep() {
        bench.data(1).code("f3a4" + HLT);
        r[RSI] = Bench.DATA;
        r[RDI] = Bench.DATA + 100;
        r[RCX] = 10;
        processor.memory().storeBytes(Bench.DATA, "abcdefghij".getBytes(US_ASCII));
        processor.limitNs = 4;

        Stop stop = bench.interpreter.run(processor);

        assertThat(stop).isEqualTo(Stop.LIMIT);
        assertThat(r[RCX]).isEqualTo(6);
        assertThat(r[RSI]).isEqualTo(Bench.DATA + 4);
        assertThat(processor.rip).isEqualTo(Bench.CODE);

        processor.limitNs = Long.MAX_VALUE;
        bench.interpreter.run(processor);

        assertThat(processor.memory().loadBytes(Bench.DATA + 100, 10))
                .isEqualTo("abcdefghij".getBytes(US_ASCII));
        assertThat(processor.steps).isEqualTo(11);
    }

    @Test
    void codeThatIsWrittenIsDecodedAgain() {
        // mov byte [rip+1], 0x22; mov al, 0x11 becomes mov al, 0x22
        bench.code("c6050100000022 b011" + HLT);

        Stop stop = bench.interpreter.run(processor);

        assertThat(stop).isEqualTo(Stop.HALT);
        assertThat(r[RAX]).isEqualTo(0x22);
    }

    @Test
    void aFaultLeavesRegistersAsTheyWere() {
        bench.code("ff31" + HLT);
        r[RCX] = 0xFFFF_9000_0000_0000L;
        long rsp = r[RSP];

        Stop stop = bench.interpreter.run(processor);

        assertThat(stop).isEqualTo(Stop.TRAP);
        assertThat(processor.trap.vector).isEqualTo(Trap.PAGE_FAULT);
        assertThat(processor.trap.address).isEqualTo(0xFFFF_9000_0000_0000L);
        assertThat(processor.trap.reason).isEqualTo(Reason.NOT_MAPPED);
        assertThat(r[RSP]).isEqualTo(rsp);
        assertThat(processor.rip).isEqualTo(Bench.CODE);
    }

    @Test
    void anAccessAcrossAPageThatIsMissingWritesNothing() {
        bench.data(1).code("488903" + HLT);
        r[RBX] = Bench.DATA + 4092;
        r[RAX] = -1;

        Stop stop = bench.interpreter.run(processor);

        assertThat(stop).isEqualTo(Stop.TRAP);
        assertThat(processor.trap.address).isEqualTo(Bench.DATA + 4096);
        assertThat(processor.trap.access).isEqualTo(Access.WRITE);
        assertThat(processor.memory().load32(Bench.DATA + 4092)).isZero();
    }

    @Test
    void anInstructionAcrossAMissingPageFaultsThere() {
        byte[] code = new byte[4096];
        code[4094] = 0x48;
        code[4095] = (byte) 0xB8;
        int frame = bench.map(Bench.CODE, 1, PageFlags.EXECUTABLE);
        bench.machine.writePhysical((long) frame << PhysicalMemory.FRAME_SHIFT, code);
        processor.rip = Bench.CODE + 4094;

        Stop stop = bench.interpreter.run(processor);

        assertThat(stop).isEqualTo(Stop.TRAP);
        assertThat(processor.trap.address).isEqualTo(Bench.CODE + 4096);
        assertThat(processor.trap.access).isEqualTo(Access.EXECUTE);
    }

    @Test
    void residencyOfPageableCodeIsAskedAtEachEntry() {
        int frame = bench.map(Bench.CODE, 1, PageFlags.EXECUTABLE | PageFlags.PAGEABLE);
        bench.machine.writePhysical(
                (long) frame << PhysicalMemory.FRAME_SHIFT, Bench.bytes("90 ebfd"));
        processor.rip = Bench.CODE;
        processor.limitNs = 20;
        bench.interpreter.run(processor);
        bench.software.resident = false;
        processor.limitNs = 40;

        Stop stop = bench.interpreter.run(processor);

        assertThat(stop).isEqualTo(Stop.TRAP);
        assertThat(processor.trap.reason).isEqualTo(Reason.NOT_RESIDENT);
        assertThat(processor.trap.access).isEqualTo(Access.EXECUTE);
    }

    @Test
    void priorityIsWrittenThroughCr8() {
        bench.code("440f22c0 440f20c1 440f22c2");
        r[RAX] = 5;
        r[RDX] = 16;

        assertThat(bench.interpreter.run(processor)).isEqualTo(Stop.VISIBLE);
        assertThat(processor.irql()).isEqualTo(5);
        assertThat(bench.software.priorities).containsExactly(0);
        processor.limitNs = Long.MAX_VALUE;
        assertThat(bench.interpreter.run(processor)).isEqualTo(Stop.TRAP);
        assertThat(r[RCX]).isEqualTo(5);
        assertThat(processor.trap.vector).isEqualTo(Trap.GENERAL_PROTECTION);
        assertThat(processor.rip).isEqualTo(Bench.CODE + 8);
    }

    @Test
    void noInterruptIsTakenBetweenStiAndTheNextInstruction() {
        bench.code("fb f4");
        processor.flags.setInterruptsEnabled(false);

        assertThat(bench.interpreter.run(processor)).isEqualTo(Stop.VISIBLE);
        assertThat(processor.interruptShadow).isTrue();
        processor.limitNs = Long.MAX_VALUE;
        assertThat(bench.interpreter.run(processor)).isEqualTo(Stop.HALT);
        assertThat(processor.interruptShadow).isFalse();
        assertThat(processor.rip).isEqualTo(Bench.CODE + 2);
    }

    @Test
    void anInstructionThatIsNotModelledIsNamed() {
        bench.code("f20f58c1");

        Stop stop = bench.interpreter.run(processor);

        assertThat(stop).isEqualTo(Stop.NOT_MODELLED);
        assertThat(processor.trap.text)
                .isEqualTo("instruction not modelled: F2 0F 58 C1 at 0xfffff80100000000 (addsd)");
    }

    @Test
    void invalidOpcodesTrapWhereTheyAre() {
        for (String code : new String[] {"0f0b", "06", "f04801c3", "f0488b03", "0fff", "8dc0"}) {
            Bench other = new Bench().code(code);

            Stop stop = other.interpreter.run(other.processor);

            assertThat(stop).as(code).isEqualTo(Stop.TRAP);
            assertThat(other.processor.trap.vector).as(code).isEqualTo(Trap.INVALID_OPCODE);
            assertThat(other.processor.rip).as(code).isEqualTo(Bench.CODE);
        }
    }
}
