package dev.dirql.kernel.services;

import static dev.dirql.machine.Processor.R10;
import static dev.dirql.machine.Processor.R11;
import static dev.dirql.machine.Processor.R8;
import static dev.dirql.machine.Processor.R9;
import static dev.dirql.machine.Processor.RAX;
import static dev.dirql.machine.Processor.RCX;
import static dev.dirql.machine.Processor.RDX;
import static dev.dirql.machine.Processor.RSP;

import dev.dirql.kernel.Irql;
import dev.dirql.machine.Flags;
import dev.dirql.machine.MemoryFault;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Runs the steps of services: RIP names the step, RSP its frame, and both say afterwards what comes
 * next.
 */
public final class ServiceEngine {
    /**
     * What every service leaves in the volatile registers other than rax: code that relies on one
     * of them across a call is wrong, and shows it.
     */
    public static final long VOLATILE = 0xD1D1_D1D1_D1D1_D1D1L;

    private static final int ANY_IRQL = (2 << Irql.HIGH_LEVEL) - 1;

    private final ServiceHost host;
    private final StepCompiler compiler = new StepCompiler(this);

    private @Nullable ServiceTable table;
    private @Nullable ExportObserver observer;
    private long base = ServiceTable.IMAGE_BASE + ServiceTable.TEXT;
    private long firstFramed = base;
    private long endFramed = base;

    /** Compiled when first needed: most services of most runs never are. */
    private @Nullable Step[] steps = new Step[0];

    private int[] allowed = new int[0];

    /** How far below RSP a step may write when it ends, 0 for none. */
    private int[] below = new int[0];

    /** For each step, what came after it the last time: nearly always the same comes again. */
    private ServiceTable.@Nullable Continuation[] followers = new ServiceTable.Continuation[0];

    /** An engine without services; {@link #load} gives it some. */
    public ServiceEngine(ServiceHost host) {
        this.host = host;
    }

    /** Takes the services of a table, whose objects may know this engine. */
    public void load(ServiceTable newTable) {
        table = newTable;
        base = newTable.windowStart();
        int count = newTable.slots().size();
        steps = new Step[count];
        allowed = new int[count];
        below = new int[count];
        followers = new ServiceTable.Continuation[count];
        firstFramed = base + (long) ServiceSlot.SIZE * count;
        endFramed = firstFramed;
        for (int i = 0; i < count; i++) {
            ServiceSlot slot = newTable.slot(i);
            Ddi ddi = slot.ddi();
            allowed[i] = ddi == null ? ANY_IRQL : host.allowedIrqls(ddi);
            if (newTable.growsStack(i)) {
                below[i] = slot.frame() == FrameShape.PENDING ? 8 : PendingFrame.SIZE + 8;
            }
            if (slot.frame() == FrameShape.PENDING) {
                firstFramed = Math.min(firstFramed, slot.address());
                endFramed = slot.address() + ServiceSlot.SIZE;
            }
        }
    }

    public ServiceTable table() {
        ServiceTable known = table;
        if (known == null) {
            throw new IllegalStateException("the service engine has no table yet");
        }
        return known;
    }

    /** Does the step that RIP names. */
    public void service(Processor processor) {
        long offset = processor.rip - base;
        int index = (int) (offset >>> 4);
        if ((offset & (ServiceSlot.SIZE - 1)) != 0 || index < 0 || index >= steps.length) {
            host.notAService(processor);
            return;
        }
        if ((allowed[index] >>> processor.irql() & 1) == 0
                && !host.calledAtWrongIrql(processor, table().slot(index), processor.irql())) {
            return;
        }
        try {
            int depth = below[index];
            if (depth != 0) {
                // A full stack must fault before the step has changed anything. Below RSP nothing
                // is anybody's.
                long top = processor.registers[RSP];
                processor.memory().store64(top - 8, 0);
                processor.memory().store64(top - depth, 0);
            }
            step(index).run(processor);
        } catch (MemoryFault fault) {
            host.faulted(processor, fault);
        } catch (EndlessWalk walk) {
            host.walksForEver(processor, walk);
        }
    }

    private Step step(int index) {
        Step step = steps[index];
        if (step == null) {
            step = observed(table().slot(index), table().compile(index, compiler));
            steps[index] = step;
        }
        return step;
    }

    private Step observed(ServiceSlot slot, Step step) {
        ExportObserver told = observer;
        if (told == null || slot.ddi() == null) {
            return step;
        }
        return new Step() {
            @Override
            protected void run(Processor processor) {
                told.called(slot.name(), caller(processor));
                step.run(processor);
            }
        };
    }

    /** Lets somebody see every call of an export from now on; a call costs nothing extra else. */
    public void observe(ExportObserver newObserver) {
        observer = newObserver;
        Arrays.fill(steps, null);
    }

    /** Compiles every service, so that a wrong declaration shows at once. */
    public void compileAll() {
        for (int i = 0; i < steps.length; i++) {
            step(i);
        }
        table().compileWriters();
    }

    /**
     * Starts a service that no guest code called: RSP points to a return address, which the caller
     * of this method has put there.
     */
    public void begin(Processor processor, Pending first) {
        long frame = processor.registers[RSP] - PendingFrame.SIZE;
        processor.memory().probe(frame, PendingFrame.SIZE, true);
        processor.registers[RSP] = frame;
        setPending(processor, frame, first);
    }

    /**
     * Fills in the frame of a service on a stack that nothing runs on.
     *
     * @param frame address of the frame, aligned to 16; the return address above it is the caller's
     *     affair
     * @return where the service goes on, for RIP
     */
    public long prepare(ProcessorMemory memory, long frame, Pending first) {
        ServiceTable.Continuation continuation = table().continuation(first.getClass());
        continuation.writer().write(first, memory, frame);
        return continuation.address();
    }

    /**
     * Puts another pending record into the frame that RSP points to, for a service that changes
     * what it does next from outside, such as a wait that ends.
     */
    public void replace(Processor processor, Pending next) {
        setPending(processor, processor.registers[RSP], next);
    }

    /** The code that called the service whose step is being done. */
    public long caller(Processor processor) {
        return processor.memory().load64(returnSlot(processor));
    }

    /** As {@link #caller}; where services called each other, the code that called the first one. */
    public long outermostCaller(Processor processor) {
        long slot = returnSlot(processor);
        long address = processor.memory().load64(slot);
        while (address >= firstFramed && address < endFramed) {
            // A service's frame begins above the return address of what it called.
            slot += Long.BYTES + PendingFrame.SIZE;
            address = processor.memory().load64(slot);
        }
        return address;
    }

    /** Where the return address of the service is whose step is being done. */
    public long returnSlot(Processor processor) {
        long top = processor.registers[RSP];
        return processor.rip >= firstFramed ? top + PendingFrame.SIZE : top;
    }

    // ---- how steps end ----

    void returnFromCall(Processor processor, long value) {
        leave(processor, processor.registers[RSP], value);
    }

    void returnFromFrame(Processor processor, long value) {
        leave(processor, processor.registers[RSP] + PendingFrame.SIZE, value);
    }

    private static void leave(Processor processor, long returnSlot, long value) {
        processor.rip = processor.memory().load64(returnSlot);
        long[] registers = processor.registers;
        registers[RSP] = returnSlot + 8;
        registers[RAX] = value;
        registers[RCX] = VOLATILE;
        registers[RDX] = VOLATILE;
        registers[R8] = VOLATILE;
        registers[R9] = VOLATILE;
        registers[R10] = VOLATILE;
        registers[R11] = VOLATILE;
        Flags flags = processor.flags;
        flags.setRflags(flags.interruptsEnabled() ? Flags.INTERRUPT : 0);
    }

    void finishCall(Processor processor, Outcome outcome) {
        if (outcome instanceof Outcome.Return(long value)) {
            returnFromCall(processor, value);
        } else if (outcome instanceof Outcome.TailCall call) {
            tailCall(processor, call);
        } else if (outcome instanceof Outcome.Then(Pending next)) {
            long frame = processor.registers[RSP] - PendingFrame.SIZE;
            processor.registers[RSP] = frame;
            follow(processor, frame, next);
        } else if (outcome != Outcome.Stay.STAY) {
            processor.registers[RSP] -= PendingFrame.SIZE;
            continueAs(processor, outcome);
        }
    }

    void finishFrame(Processor processor, Outcome outcome) {
        if (outcome instanceof Outcome.Return(long value)) {
            returnFromFrame(processor, value);
        } else if (outcome instanceof Outcome.TailCall call) {
            processor.registers[RSP] += PendingFrame.SIZE;
            tailCall(processor, call);
        } else {
            continueAs(processor, outcome);
        }
    }

    private static void tailCall(Processor processor, Outcome.TailCall call) {
        Arguments.set(
                processor, call.argument1(), call.argument2(), call.argument3(), call.argument4());
        processor.rip = call.routine();
    }

    /** RSP points to the frame. */
    private void continueAs(Processor processor, Outcome outcome) {
        long frame = processor.registers[RSP];
        switch (outcome) {
            case Outcome.Then(Pending next) -> follow(processor, frame, next);
            case Outcome.Call call -> call(processor, frame, call);
            case Outcome.Spin(long physical, Pending retry) -> {
                follow(processor, frame, retry);
                processor.waitForWrite(physical, Long.MAX_VALUE);
            }
            case Outcome.Stall(long untilNs, Pending next) -> {
                setPending(processor, frame, next);
                if (untilNs > processor.clockNs) {
                    processor.waitUntil(untilNs);
                }
            }
            case Outcome.Block(Pending next) -> {
                setPending(processor, frame, next);
                host.block(processor);
            }
            case Outcome.Return _, Outcome.TailCall _, Outcome.Stay _ -> {}
        }
    }

    /** As {@link #setPending}, for the step that RIP names. */
    private void follow(Processor processor, long frame, Pending pending) {
        int index = (int) ((processor.rip - base) >>> 4);
        ServiceTable.Continuation follower = followers[index];
        if (follower == null || follower.type() != pending.getClass()) {
            follower = table().continuation(pending.getClass());
            followers[index] = follower;
        }
        follower.writer().write(pending, processor.memory(), frame);
        processor.rip = follower.address();
    }

    private void setPending(Processor processor, long frame, Pending pending) {
        ServiceTable.Continuation continuation = table().continuation(pending.getClass());
        continuation.writer().write(pending, processor.memory(), frame);
        processor.rip = continuation.address();
    }

    private void call(Processor processor, long frame, Outcome.Call call) {
        setPending(processor, frame, call.next());
        ProcessorMemory memory = processor.memory();
        long[] more = call.more();
        if (more != null) {
            for (int i = 0; i < more.length; i++) {
                memory.store64(frame + PendingFrame.STACK_ARGUMENTS + 8L * i, more[i]);
            }
        }
        memory.store64(frame - 8, processor.rip);
        processor.registers[RSP] = frame - 8;
        Arguments.set(
                processor, call.argument1(), call.argument2(), call.argument3(), call.argument4());
        processor.rip = call.routine();
    }
}
