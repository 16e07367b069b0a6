package dev.dirql.kernel;

import dev.dirql.events.Event;
import dev.dirql.events.RunEnd;
import dev.dirql.kernel.io.CancelServices;
import dev.dirql.kernel.runtime.DebugServices;
import dev.dirql.kernel.services.EndlessWalk;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.services.ServiceHost;
import dev.dirql.kernel.services.ServiceSlot;
import dev.dirql.kernel.services.ServiceTable;
import dev.dirql.machine.DecisionSource;
import dev.dirql.machine.InstructionEngine;
import dev.dirql.machine.InterruptController;
import dev.dirql.machine.Machine;
import dev.dirql.machine.MachineSettings;
import dev.dirql.machine.MemoryFault;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Processor;
import dev.dirql.machine.SystemSoftware;
import dev.dirql.machine.UnusedMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * One processor on which a test calls services as guest code does. Routines of the "guest" are Java
 * functions behind addresses.
 */
public final class KernelCalls {
    /** Where the calling code is. */
    public static final long CALLER = 0xFFFFF801_00001234L;

    private static final long STACK = 0xFFFFF880_FFFF0000L;
    private static final long STACK_BASE = STACK + 0x8000;
    private static final long DATA = 0xFFFFF801_00100000L;

    public final Machine machine;
    public final Processor processor;
    public final List<Event> events = new ArrayList<>();

    /** Bug checks as text, as {@code "0xc2 7 0 0 0"}. */
    public final List<String> bugChecks = new ArrayList<>();

    /** Services that were called at an IRQL that they do not allow. */
    public final List<String> wrongIrql = new ArrayList<>();

    private final Map<Long, ToLongFunction<Processor>> routines = new TreeMap<>();
    public final ServiceEngine engine = new ServiceEngine(new Host());
    private long nextData = DATA;
    private long nextRoutine = 0xFFFFF801_00002000L;

    public KernelCalls(DecisionSource decisions) {
        machine = new Machine(MachineSettings.of(1), decisions);
        machine.attach(_ -> InterruptController.none());
        machine.attach(new NoInstructions());
        machine.attach(new Software());
        machine.addSink((_, event) -> events.add(event));
        processor = machine.processor(0);
        for (int page = 0; page < 16; page++) {
            mapPage(STACK + page * 0x1000L);
            mapPage(DATA + page * 0x1000L);
        }
    }

    public KernelCalls() {
        this(DecisionSource.defaultPolicy());
    }

    /** Makes the services of these objects callable. */
    public void export(Object... services) {
        engine.load(
                new ServiceTable.Builder()
                        .addAll(List.of(services))
                        .variable(CancelServices.LOCK, Long.BYTES)
                        .variable(DebugServices.MASKS, DebugServices.MASKS_BYTES)
                        .build());
        mapPage(engine.table().address(CancelServices.LOCK) & -0x1000);
    }

    private void mapPage(long address) {
        machine.map(
                machine.kernelSpace(),
                address,
                machine.memory().allocateFrame(),
                PageFlags.WRITABLE);
    }

    public Crash crash() {
        return (_, code, p1, p2, p3, p4) ->
                bugChecks.add("0x%x %x %x %x %x".formatted(code, p1, p2, p3, p4));
    }

    /** Some bytes of memory of the guest, zero. */
    public long data(int bytes) {
        long address = nextData;
        nextData += (bytes + 15) & ~15;
        return address;
    }

    /** A string in memory of the guest. */
    public long text(String text) {
        long address = data(text.length() + 1);
        for (int i = 0; i < text.length(); i++) {
            processor.memory().store8(address + i, text.charAt(i));
        }
        return address;
    }

    /** A wide string in memory of the guest. */
    public long wide(String text) {
        long address = data(2 * text.length() + 2);
        for (int i = 0; i < text.length(); i++) {
            processor.memory().store16(address + 2L * i, text.charAt(i));
        }
        return address;
    }

    /** Makes a Java function a routine of the guest. */
    public long routine(ToLongFunction<Processor> body) {
        nextRoutine += 16;
        routines.put(nextRoutine, body);
        return nextRoutine;
    }

    /** Calls an export and gives rax; a bug check ends the call with 0. */
    public long call(String name, long... arguments) {
        return callAddress(engine.table().address(name), arguments);
    }

    /** Calls a routine by its address. */
    public long callAddress(long routine, long... arguments) {
        long savedRsp = processor.registers[Processor.RSP];
        long savedRip = processor.rip;
        begin(routine, arguments);
        int before = bugChecks.size();
        for (int steps = 0; processor.rip != CALLER && bugChecks.size() == before; steps++) {
            if (steps > 1_000_000) {
                throw new IllegalStateException("no end at 0x%x".formatted(processor.rip));
            }
            step();
        }
        processor.registers[Processor.RSP] = savedRsp;
        processor.rip = savedRip;
        return bugChecks.size() == before ? processor.registers[Processor.RAX] : 0;
    }

    /** Goes to an export as a call does; {@link #step} does its steps. */
    public void beginCall(String name, long... arguments) {
        begin(engine.table().address(name), arguments);
    }

    private void begin(long routine, long... arguments) {
        int[] inRegisters = {Processor.RCX, Processor.RDX, Processor.R8, Processor.R9};
        long rsp = processor.registers[Processor.RSP];
        rsp = (rsp == 0 ? STACK_BASE : rsp & -16) - 0x108;
        for (int i = 0; i < arguments.length; i++) {
            if (i < 4) {
                processor.registers[inRegisters[i]] = arguments[i];
            } else {
                processor.memory().store64(rsp + 8 + 8L * i, arguments[i]);
            }
        }
        processor.memory().store64(rsp, CALLER);
        processor.registers[Processor.RSP] = rsp;
        processor.rip = routine;
    }

    /** Does the step of a service, or all of a routine of the guest. */
    public void step() {
        ToLongFunction<Processor> routine = routines.get(processor.rip);
        if (routine == null) {
            engine.service(processor);
            return;
        }
        long result = routine.applyAsLong(processor);
        long rsp = processor.registers[Processor.RSP];
        processor.registers[Processor.RAX] = result;
        processor.rip = processor.memory().load64(rsp);
        processor.registers[Processor.RSP] = rsp + 8;
    }

    public void setIrql(int irql) {
        processor.interruptUnit().setTaskPriority(irql);
    }

    /** Events of one type, in order. */
    public <T extends Event> List<T> events(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** There is no code on this machine. */
    private static final class NoInstructions implements InstructionEngine {
        @Override
        public Stop run(Processor processor) {
            throw new IllegalStateException("no code");
        }

        @Override
        public void forgetDecoded() {}
    }

    private final class Software implements SystemSoftware {
        @Override
        public long serviceWindow() {
            return ServiceTable.IMAGE_BASE;
        }

        @Override
        public long serviceWindowSize() {
            return 0x1000_0000;
        }

        @Override
        public void service(Processor running) {
            engine.service(running);
        }

        @Override
        public void interrupt(Processor running, int vector) {}

        @Override
        public void trap(Processor running) {}

        @Override
        public void priorityWritten(Processor running, int from) {}

        @Override
        public boolean isResident(Processor running, long address) {
            return running.irql() < Irql.DISPATCH_LEVEL;
        }

        @Override
        public long nextDeadlineNs() {
            return Long.MAX_VALUE;
        }

        @Override
        public void unusedMemory(UnusedMemory out) {}

        @Override
        public RunEnd quiescent() {
            return RunEnd.DONE;
        }

        @Override
        public String quiescentDetail() {
            return "";
        }
    }

    private final class Host implements ServiceHost {
        @Override
        public boolean calledAtWrongIrql(Processor caller, ServiceSlot service, int irql) {
            wrongIrql.add(service.name() + " at " + irql);
            return true;
        }

        @Override
        public void faulted(Processor caller, MemoryFault fault) {
            bugChecks.add("fault " + fault.getMessage());
        }

        @Override
        public void walksForEver(Processor caller, EndlessWalk walk) {
            throw walk;
        }

        @Override
        public void block(Processor caller) {
            throw new IllegalStateException("a test thread cannot wait");
        }

        @Override
        public void notAService(Processor caller) {
            throw new IllegalStateException("0x%x is no service".formatted(caller.rip));
        }
    }
}
