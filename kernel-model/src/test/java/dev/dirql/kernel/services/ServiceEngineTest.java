package dev.dirql.kernel.services;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.kernel.Irql;
import dev.dirql.machine.DecisionSource;
import dev.dirql.machine.Flags;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.InterruptController;
import dev.dirql.machine.Machine;
import dev.dirql.machine.MachineSettings;
import dev.dirql.machine.MemoryFault;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Processor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceEngineTest {
    private static final long STACK = 0xFFFFF880_00000000L;
    private static final long CALLER = 0xFFFFF801_00001234L;
    private static final long ROUTINE = 0xFFFFF801_00002000L;

    private final Recorder host = new Recorder();
    private final Machine machine =
            new Machine(MachineSettings.of(1), DecisionSource.defaultPolicy());
    private final ServiceTable table = ServiceTable.of(new Samples());
    private final ServiceEngine engine = new ServiceEngine(host);
    private final Processor processor = start();

    private Processor start() {
        engine.load(table);
        machine.attach(_ -> InterruptController.none());
        machine.map(
                machine.kernelSpace(), STACK, machine.memory().allocateFrame(), PageFlags.WRITABLE);
        return machine.processor(0);
    }

    @Test
    void argumentsComeFromRegistersAndStackInTheirTypes() {
        call("Sum", 1, 2, 3, 4, 5, 6);

        engine.service(processor);

        assertThat(processor.registers[Processor.RAX]).isEqualTo(654321);
    }

    @Test
    void narrowArgumentsIgnoreTheRestOfTheRegister() {
        call("Narrow", 0xFFFF_FFFF_0000_0005L, 0xFFFF_FF00L);

        engine.service(processor);

        assertThat(processor.registers[Processor.RAX]).isEqualTo(5);
    }

    @Test
    void statusIsZeroExtended() {
        call("Status");

        engine.service(processor);

        assertThat(processor.registers[Processor.RAX]).isEqualTo(0xC000_000DL);
    }

    @Test
    void aViewParameterReadsGuestMemory() {
        processor.memory().store64(STACK + 0x100, 0x77);
        call("View", STACK + 0x100);

        engine.service(processor);

        assertThat(processor.registers[Processor.RAX]).isEqualTo(0x77);
    }

    @Test
    void aReturnRestoresTheStackAndFixesVolatileRegistersAndFlags() {
        long top = call("Sum", 1, 2, 3, 4, 5, 6);
        processor.flags.setRflags(Flags.INTERRUPT | Flags.CARRY | Flags.ZERO | Flags.DIRECTION);
        processor.registers[Processor.RBX] = 42;

        engine.service(processor);

        assertThat(processor.rip).isEqualTo(CALLER);
        assertThat(processor.registers[Processor.RSP]).isEqualTo(top + 8);
        assertThat(processor.registers[Processor.R11]).isEqualTo(ServiceEngine.VOLATILE);
        assertThat(processor.registers[Processor.RBX]).isEqualTo(42);
        assertThat(processor.flags.rflags()).isEqualTo(Flags.INTERRUPT | Flags.ALWAYS_ONE);
    }

    @Test
    void whatIsLeftToDoLivesInAFrameOnTheStack() {
        long top = call("Counted", 3);

        engine.service(processor);
        assertThat(processor.registers[Processor.RSP]).isEqualTo(top - PendingFrame.SIZE);
        assertThat(engine.caller(processor)).isEqualTo(CALLER);
        engine.service(processor);
        engine.service(processor);
        engine.service(processor);

        assertThat(processor.rip).isEqualTo(CALLER);
        assertThat(processor.registers[Processor.RAX]).isEqualTo(6);
        assertThat(processor.registers[Processor.RSP]).isEqualTo(top + 8);
    }

    @Test
    void everyTypeOfComponentSurvivesTheFrame() {
        call("Mixed");

        engine.service(processor);
        engine.service(processor);

        assertThat(processor.registers[Processor.RAX]).isEqualTo(1);
    }

    @Test
    void guestCodeIsCalledWithItsArgumentsAndItsResultComesBack() {
        call("CallOut", 11);

        engine.service(processor);
        long atRoutine = processor.registers[Processor.RSP];
        assertThat(processor.rip).isEqualTo(ROUTINE);
        assertThat(atRoutine & 15).isEqualTo(8);
        assertThat(Arguments.argument(processor, 0)).isEqualTo(11);
        assertThat(Arguments.argument(processor, 5)).isEqualTo(16);
        returnFromGuest(0xFFFF_FF00L + 7);
        engine.service(processor);

        assertThat(processor.rip).isEqualTo(CALLER);
        assertThat(processor.registers[Processor.RAX]).isEqualTo(18);
    }

    @Test
    void aTailCallKeepsTheCaller() {
        long top = call("Jump", 5);

        engine.service(processor);

        assertThat(processor.rip).isEqualTo(ROUTINE);
        assertThat(processor.registers[Processor.RSP]).isEqualTo(top);
        assertThat(processor.registers[Processor.RCX]).isEqualTo(5);
    }

    @Test
    void aSpinWaitsForAWriteAndRetries() {
        machine.attach(new SilentSoftware());
        call("SpinUntilSet", STACK + 0x200);

        engine.service(processor);
        assertThat(processor.waiting()).isEqualTo(Processor.Wait.WRITE);
        processor.memory().store64(STACK + 0x200, 1);
        assertThat(processor.isRunnable()).isTrue();
        engine.service(processor);

        assertThat(processor.rip).isEqualTo(CALLER);
    }

    @Test
    void aCallOutsideTheIrqlRangeIsToldAndMayGoOn() {
        call("PassiveOnly");
        processor.flags.setInterruptsEnabled(true);

        engine.service(processor);
        assertThat(host.told).isEmpty();
        call("DispatchOnly");
        engine.service(processor);

        assertThat(host.told).containsExactly("DispatchOnly at 0");
        assertThat(processor.rip).isEqualTo(CALLER);
    }

    @Test
    void aFullStackFaultsBeforeTheStepChangesAnything() {
        call("Counted", 3);
        long top = STACK + 0x40;
        processor.memory().store64(top, CALLER);
        processor.registers[Processor.RSP] = top;
        long rip = processor.rip;

        engine.service(processor);

        assertThat(host.told).containsExactly("fault");
        assertThat(processor.rip).isEqualTo(rip);
        assertThat(processor.registers[Processor.RSP]).isEqualTo(top);
    }

    @Test
    void anAddressBetweenSlotsIsNoService() {
        call("Sum");
        processor.rip += 4;

        engine.service(processor);

        assertThat(host.told).containsExactly("no service");
    }

    @Test
    void exportsHaveSymbolsAndContinuationsUnwindData() {
        var image = table.image();

        assertThat(image.debug().symbols())
                .anySatisfy(s -> assertThat(s.name()).isEqualTo("Sum"))
                .anySatisfy(s -> assertThat(s.name()).isEqualTo("KiCountDown"));
        assertThat(image.exceptionTableSize()).isEqualTo(12 * 4);
        assertThat(table.export("Sum")).hasValue(table.address("Sum"));
        assertThat(table.export("KiCountDown")).isEmpty();
    }

    @Test
    void everyDeclarationCompiles() {
        engine.compileAll();

        assertThat(table.slots()).hasSize(15);
    }

    private long call(String name, long... arguments) {
        long top = STACK + 0x800 - 8;
        processor.memory().store64(top, CALLER);
        for (int i = 0; i < arguments.length; i++) {
            if (i < 4) {
                int[] registers = {Processor.RCX, Processor.RDX, Processor.R8, Processor.R9};
                processor.registers[registers[i]] = arguments[i];
            } else {
                processor.memory().store64(top + 8 + 8L * i, arguments[i]);
            }
        }
        processor.registers[Processor.RSP] = top;
        processor.rip = table.address(name);
        return top;
    }

    private void returnFromGuest(long value) {
        long top = processor.registers[Processor.RSP];
        processor.rip = processor.memory().load64(top);
        processor.registers[Processor.RSP] = top + 8;
        processor.registers[Processor.RAX] = value;
    }

    private static final class Recorder implements ServiceHost {
        final List<String> told = new ArrayList<>();

        @Override
        public boolean calledAtWrongIrql(Processor processor, ServiceSlot service, int irql) {
            told.add(service.name() + " at " + irql);
            return true;
        }

        @Override
        public void faulted(Processor processor, MemoryFault fault) {
            told.add("fault");
        }

        @Override
        public void walksForEver(Processor processor, EndlessWalk walk) {
            told.add("walk");
        }

        @Override
        public void block(Processor processor) {
            told.add("block");
        }

        @Override
        public void notAService(Processor processor) {
            told.add("no service");
        }
    }

    enum Colour {
        RED,
        GREEN
    }

    record Cell(GuestMemory memory, long address) {
        long value() {
            return memory.load64(address);
        }
    }

    static final class Samples {
        record CountDown(long left, long sum) implements Pending {}

        record Kinds(long wide, int narrow, boolean flag, Colour colour) implements Pending {}

        record AddResult(long first) implements Pending {}

        record Look(long address) implements Pending {}

        @Ddi("Sum")
        long sum(Processor processor, long a, long b, long c, long d, long e, int f) {
            return a + 10 * b + 100 * c + 1000 * d + 10_000 * e + 100_000L * f;
        }

        @Ddi("Narrow")
        int narrow(Processor processor, int value, boolean flag) {
            return flag ? -1 : value;
        }

        @Ddi("Status")
        int status(Processor processor) {
            return 0xC000_000D;
        }

        @Ddi("View")
        long view(Processor processor, Cell cell) {
            return cell.value();
        }

        @Ddi("Counted")
        Outcome counted(Processor processor, long count) {
            return new Outcome.Then(new CountDown(count, 0));
        }

        @Resumes
        Outcome countDown(Processor processor, CountDown pending) {
            long sum = pending.sum + pending.left;
            return pending.left == 1
                    ? new Outcome.Return(sum)
                    : new Outcome.Then(new CountDown(pending.left - 1, sum));
        }

        @Ddi("Mixed")
        Outcome mixed(Processor processor) {
            return new Outcome.Then(new Kinds(Long.MIN_VALUE, -2, true, Colour.GREEN));
        }

        @Resumes
        boolean kinds(Processor processor, Kinds pending) {
            return pending.equals(new Kinds(Long.MIN_VALUE, -2, true, Colour.GREEN));
        }

        @Ddi("CallOut")
        Outcome callOut(Processor processor, long value) {
            return new Outcome.Call(
                    ROUTINE,
                    new AddResult(value),
                    value,
                    value + 1,
                    value + 2,
                    value + 3,
                    new long[] {value + 4, value + 5});
        }

        @Resumes
        long addResult(Processor processor, AddResult pending, long result) {
            return pending.first + (result & 0xFF);
        }

        @Ddi("Jump")
        Outcome jump(Processor processor, long value) {
            return new Outcome.TailCall(ROUTINE, value, 0);
        }

        @Ddi("SpinUntilSet")
        Outcome spinUntilSet(Processor processor, long address) {
            return look(processor, new Look(address));
        }

        @Resumes
        Outcome look(Processor processor, Look pending) {
            return processor.memory().load64(pending.address) == 0
                    ? new Outcome.Spin(processor.memory().physical(pending.address), pending)
                    : Outcome.done();
        }

        @Ddi(value = "PassiveOnly", maximum = Irql.PASSIVE_LEVEL)
        void passiveOnly(Processor processor) {}

        @Ddi(value = "DispatchOnly", minimum = Irql.DISPATCH_LEVEL)
        void dispatchOnly(Processor processor) {}
    }
}
