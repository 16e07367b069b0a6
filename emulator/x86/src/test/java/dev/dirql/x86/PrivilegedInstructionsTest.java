package dev.dirql.x86;

import static dev.dirql.machine.Processor.RAX;
import static dev.dirql.machine.Processor.RBX;
import static dev.dirql.machine.Processor.RCX;
import static dev.dirql.machine.Processor.RDI;
import static dev.dirql.machine.Processor.RDX;
import static dev.dirql.machine.Processor.RSI;
import static dev.dirql.machine.Processor.RSP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.machine.Flags;
import dev.dirql.machine.InstructionEngine.Stop;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Processor;
import dev.dirql.machine.Trap;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Cases from the Intel manual for what cannot be compared with a host's user mode. */
class PrivilegedInstructionsTest {
    /** Methods that the cases below execute. */
    static final Set<String> EXERCISED =
            Set.of(
                    "movFromSegment",
                    "cli",
                    "sti",
                    "hlt",
                    "int3",
                    "interrupt",
                    "in",
                    "out",
                    "ins",
                    "outs",
                    "movFromControl",
                    "movToControl",
                    "cpuid",
                    "rdtsc");

    private static final int PORT = 0x60;

    private final Bench bench = new Bench();
    private final Processor processor = bench.processor;
    private final long[] r = processor.registers;
    private final FakePorts ports = new FakePorts();

    private Stop run(String code) {
        bench.code(code);
        return bench.interpreter.run(processor);
    }

    private void again(Stop expected) {
        processor.limitNs = Long.MAX_VALUE;
        assertThat(bench.interpreter.run(processor)).isEqualTo(expected);
    }

    @Test
    void cliAndStiChangeTheInterruptFlag() {
        assertThat(run("fa fb 90 f4")).isEqualTo(Stop.VISIBLE);
        assertThat(processor.flags.interruptsEnabled()).isFalse();
        again(Stop.VISIBLE);
        assertThat(processor.flags.interruptsEnabled()).isTrue();
        again(Stop.LIMIT);
        assertThat(processor.rip).isEqualTo(Bench.CODE + 3);
        assertThat(processor.interruptShadow).isFalse();
    }

    @Test
    void stiWithInterruptsEnabledCastsNoShadow() {
        assertThat(run("fb f4")).isEqualTo(Stop.VISIBLE);
        assertThat(processor.interruptShadow).isFalse();
    }

    @Test
    void theShadowOfStiReachesIntoAReturnToTheServiceWindow() {
        processor.flags.setInterruptsEnabled(false);
        processor.memory().store64(r[RSP], FakeSoftware.WINDOW);
        assertThat(run("fb c3")).isEqualTo(Stop.VISIBLE);
        again(Stop.LIMIT);
        assertThat(processor.rip).isEqualTo(FakeSoftware.WINDOW);
        assertThat(processor.interruptShadow).isFalse();
    }

    @Test
    void hltStopsBehindItself() {
        assertThat(run("f4")).isEqualTo(Stop.HALT);
        assertThat(processor.rip).isEqualTo(Bench.CODE + 1);
        assertThat(processor.steps).isEqualTo(1);
    }

    @Test
    void breakpointsAndSoftwareInterruptsTrapBehindThemselves() {
        assertThat(run("cc cd29")).isEqualTo(Stop.TRAP);
        assertThat(processor.trap.vector).isEqualTo(Trap.BREAKPOINT);
        assertThat(processor.rip).isEqualTo(Bench.CODE + 1);

        again(Stop.TRAP);
        assertThat(processor.trap.vector).isEqualTo(0x29);
        assertThat(processor.trap.software).isTrue();
        assertThat(processor.rip).isEqualTo(Bench.CODE + 3);
    }

    @Test
    void portsAreReadAndWrittenAtEverySize() {
        bench.machine.bus().claimPorts("ports", PORT, 16, ports);
        r[RDX] = PORT + 4;
        r[RAX] = 0xAABB_CCDD_EEFF_0011L;
        // in al,60h; in ax,60h; in eax,60h; in al,dx; in eax,dx; out 60h,al; out 60h,eax;
        // out dx,al; out dx,ax
        assertThat(run("e460 66e560 e560 ec ed e660 e760 ee 66ef")).isEqualTo(Stop.VISIBLE);
        assertThat(r[RAX]).isEqualTo(0xAABB_CCDD_EEFF_0011L);
        again(Stop.VISIBLE);
        assertThat(r[RAX]).isEqualTo(0xAABB_CCDD_EEFF_0012L);
        again(Stop.VISIBLE);
        assertThat(r[RAX]).isEqualTo(0x13);
        for (int i = 0; i < 6; i++) {
            again(Stop.VISIBLE);
        }
        assertThat(ports.accesses)
                .containsExactly(
                        "read 0+1",
                        "read 0+2",
                        "read 0+4",
                        "read 4+1",
                        "read 4+4",
                        "write 0+1 15",
                        "write 0+4 15",
                        "write 4+1 15",
                        "write 4+2 15");
    }

    @Test
    void portsAreCopiedToAndFromMemoryOneVisibleStepAnElement() {
        bench.data(1);
        bench.machine.bus().claimPorts("ports", PORT, 16, ports);
        r[RDX] = PORT;
        r[RDI] = Bench.DATA;
        r[RSI] = Bench.DATA;
        r[RCX] = 2;
        // rep insd; outsb
        assertThat(run("f36d 6e")).isEqualTo(Stop.VISIBLE);
        assertThat(processor.rip).isEqualTo(Bench.CODE);
        assertThat(r[RCX]).isEqualTo(1);
        again(Stop.VISIBLE);
        assertThat(processor.rip).isEqualTo(Bench.CODE + 2);
        assertThat(processor.memory().load64(Bench.DATA)).isEqualTo(0x12_0000_0011L);
        again(Stop.VISIBLE);
        assertThat(r[RDI]).isEqualTo(Bench.DATA + 8);
        assertThat(r[RSI]).isEqualTo(Bench.DATA + 1);
        assertThat(processor.steps).isEqualTo(3);
        assertThat(ports.accesses).containsExactly("read 0+4", "read 0+4", "write 0+1 11");
    }

    @Test
    void deviceMemoryIsVisibleAndAnUpdateOfItTwoVisibleSteps() {
        bench.machine.bus().claimMemory("device", 0xFE00_0000L, 4096, ports);
        bench.machine.map(
                bench.space(), Bench.DATA, 0xFE000, PageFlags.WRITABLE | PageFlags.DEVICE);
        r[RBX] = Bench.DATA;
        // mov eax,[rbx+8]; or dword ptr [rbx],0x100
        assertThat(run("8b4308 810b00010000 f4")).isEqualTo(Stop.LIMIT);
        assertThat(processor.steps).isEqualTo(1);
        again(Stop.LIMIT);
        assertThat(processor.halfDone.pending).isTrue();
        processor.horizonNs = processor.clockNs - 1;
        again(Stop.AHEAD);
        assertThat(processor.halfDone.pending).isTrue();
        processor.horizonNs = processor.clockNs;
        again(Stop.LIMIT);
        assertThat(processor.rip).isEqualTo(Bench.CODE + 9);
        assertThat(ports.accesses).containsExactly("read 8+4", "read 0+4", "write 0+4 112");
    }

    @Test
    void controlRegistersTwoAndEightAreThere() {
        r[RAX] = 0xABC;
        r[RBX] = 9;
        // mov cr2,rax; mov rcx,cr2; mov cr8,rbx; mov rdx,cr8
        assertThat(run("0f22d0 0f20d1 440f22c3 440f20c2 f4")).isEqualTo(Stop.VISIBLE);
        again(Stop.VISIBLE);
        assertThat(r[RCX]).isEqualTo(0xABC);
        assertThat(processor.irql()).isEqualTo(9);
        again(Stop.HALT);
        assertThat(r[RDX]).isEqualTo(9);
    }

    @Test
    void otherControlRegistersAreNotModelledOrInvalid() {
        assertThat(run("0f20d8")).isEqualTo(Stop.NOT_MODELLED);
        assertThat(processor.trap.text).contains("cr3");
        Bench other = new Bench().code("0f20c8");
        assertThat(other.interpreter.run(other.processor)).isEqualTo(Stop.TRAP);
        assertThat(other.processor.trap.vector).isEqualTo(Trap.INVALID_OPCODE);
    }

    @Test
    void segmentRegistersReadAsOnWindows() {
        bench.data(1);
        r[RBX] = Bench.DATA;
        processor.memory().store64(Bench.DATA, -1);
        // mov eax,cs; mov [rbx],gs
        assertThat(run("8cc8 8c2b f4")).isEqualTo(Stop.HALT);
        assertThat(r[RAX]).isEqualTo(0x10);
        assertThat(processor.memory().load64(Bench.DATA)).isEqualTo(0xFFFF_FFFF_FFFF_002BL);
    }

    @Test
    void cpuidAnnouncesWhatIsThere() {
        r[RAX] = 0;
        assertThat(run("0fa2 4489c0 b801000000 0fa2 f4")).isEqualTo(Stop.HALT);
        assertThat(r[RCX] & 1 << 28).as("AVX").isZero();
        assertThat(r[RCX] & 1 << 23).as("POPCNT").isNotZero();
        assertThat(r[RDX] & 1 << 26).as("SSE2").isNotZero();
    }

    @Test
    void theTimeStampCounterIsVirtualTime() {
        processor.clockNs = 0x1_0000_0005L;
        assertThat(run("0f31 f4")).isEqualTo(Stop.HALT);
        assertThat(r[RAX]).isEqualTo(5);
        assertThat(r[RDX]).isEqualTo(1);
    }

    @Test
    void popfChangesTheInterruptFlagButNotTheTrapFlag() {
        processor.memory().store64(r[RSP], Flags.CARRY);
        assertThat(run("9d 9d")).isEqualTo(Stop.VISIBLE);
        assertThat(processor.flags.rflags()).isEqualTo(Flags.CARRY | Flags.ALWAYS_ONE);
        processor.memory().store64(r[RSP], Flags.TRAP);
        again(Stop.NOT_MODELLED);
        assertThat(processor.trap.text).contains("trap flag");
    }
}
