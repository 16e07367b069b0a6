package dev.dirql.machine;

/**
 * One processor: its registers, its clock and what it waits for. The public fields are the working
 * set of the instruction engine and the kernel; everything else goes through methods.
 */
public final class Processor implements StatePart {
    public static final int RAX = 0;
    public static final int RCX = 1;
    public static final int RDX = 2;
    public static final int RBX = 3;
    public static final int RSP = 4;
    public static final int RBP = 5;
    public static final int RSI = 6;
    public static final int RDI = 7;
    public static final int R8 = 8;
    public static final int R9 = 9;
    public static final int R10 = 10;
    public static final int R11 = 11;
    public static final int R12 = 12;
    public static final int R13 = 13;
    public static final int R14 = 14;
    public static final int R15 = 15;

    /** What a processor that is not running waits for. */
    public enum Wait {
        /** Nothing: it runs. */
        NONE,
        /** A write to {@link #watchedAddress}: it spins on a lock. */
        WRITE,
        /** An interrupt: it halted. */
        INTERRUPT,
        /** A time: it stalls. */
        TIME
    }

    /** General registers by their number in instruction encodings. */
    public final long[] registers = new long[16];

    public long rip;
    public final Flags flags = new Flags();
    public long gsBase;
    public long fsBase;
    public long cr2;

    /** XMM registers, low and high half in turn. */
    public final long[] xmm = new long[32];

    /** Exception or software interrupt that the engine reports. */
    public final Trap trap = new Trap();

    /** Local clock in nanoseconds of virtual time. */
    public long clockNs;

    /** Virtual time of a step, as {@link MachineSettings#stepNs} says. */
    public final long stepNs;

    /** Steps done since the start of the run. */
    public long steps;

    /** The engine stops when the clock reaches this; memory accesses and wake-ups may lower it. */
    public long limitNs;

    /** A visible step may only be done while the clock is not beyond this. */
    public long horizonNs;

    /** Address of the current KTHREAD, for the stamps of events; kept by the kernel. */
    public long thread;

    /**
     * Whether the instruction before was an {@code sti} that set IF: no interrupt is taken before
     * the next instruction is done (Intel SDM volume 2B, STI).
     */
    public boolean interruptShadow;

    /** The store that an unlocked read-modify-write instruction still has to do. */
    public final HalfDone halfDone = new HalfDone();

    private final Machine machine;
    private final int number;
    private final ProcessorMemory memory;
    private final InterruptUnit interruptUnit;

    private Wait wait = Wait.NONE;
    private long watchedPhysical;
    private long wakeNs = Long.MAX_VALUE;
    private long waitingSinceNs;
    private boolean yielded;

    /** Times in a row that it gave way since the loop had counted so many changes. */
    private int yields;

    private long yieldsSinceChanges;
    boolean visibleDone;

    Processor(Machine machine, int number, InterruptUnit interruptUnit, AddressSpace space) {
        this.machine = machine;
        this.number = number;
        this.interruptUnit = interruptUnit;
        stepNs = machine.settings().stepNs();
        memory = new ProcessorMemory(machine, this, space);
    }

    public int number() {
        return number;
    }

    public Machine machine() {
        return machine;
    }

    /** Memory as this processor sees it at its present IRQL. */
    public ProcessorMemory memory() {
        return memory;
    }

    public InterruptUnit interruptUnit() {
        return interruptUnit;
    }

    /** The task priority: on x64 Windows, the IRQL. */
    public int irql() {
        return interruptUnit.taskPriority();
    }

    /**
     * Says that a visible step was done: what comes next is looked at again before this processor
     * goes on.
     */
    public void endVisibleStep() {
        visibleDone = true;
        limitNs = Long.MIN_VALUE;
    }

    /** Adds a duration to the clock, in nanoseconds. */
    public void spend(long durationNs) {
        clockNs += durationNs;
    }

    // ---- waiting ----

    /** What the processor waits for. */
    public Wait waiting() {
        return wait;
    }

    public boolean isRunnable() {
        return wait == Wait.NONE;
    }

    /** Stops until a write to a physical address, an interrupt it can take, or a time. */
    public void waitForWrite(long physical, long untilNs) {
        beginWait(Wait.WRITE, untilNs);
        watchedPhysical = physical;
        machine.writeWaits().watch(physical);
    }

    /** Stops until an interrupt it can take. */
    public void waitForInterrupt() {
        beginWait(Wait.INTERRUPT, Long.MAX_VALUE);
    }

    /** Stops until a time; an interrupt it can take wakes it earlier. */
    public void waitUntil(long timeNs) {
        beginWait(Wait.TIME, timeNs);
    }

    private void beginWait(Wait reason, long untilNs) {
        if (wait != Wait.NONE) {
            throw new IllegalStateException("cpu %d: waits already (%s)".formatted(number, wait));
        }
        wait = reason;
        wakeNs = untilNs;
        waitingSinceNs = clockNs;
        endVisibleStep();
        machine.loop().waitBegan(this);
    }

    /** Lets a waiting processor run again from a time on; one that runs is not touched. */
    public void wake(long nowNs) {
        if (wait == Wait.NONE) {
            return;
        }
        Wait was = wait;
        wait = Wait.NONE;
        wakeNs = Long.MAX_VALUE;
        clockNs = Math.max(clockNs, nowNs);
        if (was == Wait.WRITE) {
            machine.writeWaits().unwatch();
        }
        machine.loop().waitEnded(this);
    }

    /** The physical address whose write is waited for; only for {@link Wait#WRITE}. */
    public long watchedAddress() {
        return watchedPhysical;
    }

    /** When the present wait began; only while waiting. */
    public long waitingSinceNs() {
        return waitingSinceNs;
    }

    /**
     * The time at which this processor can do its next step; never for one that waits without end.
     */
    long readyNs() {
        return wait == Wait.NONE ? clockNs : Math.max(clockNs, wakeNs);
    }

    /** Gives way: of processors at the same time another one is chosen first. */
    public void yieldToOthers() {
        yielded = true;
        long changes = machine.loop().changes();
        yields = yieldsSince(changes) + 1;
        yieldsSinceChanges = changes;
        endVisibleStep();
    }

    /** How often it gave way while the loop has counted no change more than these. */
    int yieldsSince(long changes) {
        return yieldsSinceChanges == changes ? yields : 0;
    }

    boolean hasYielded() {
        return yielded;
    }

    void clearYield() {
        yielded = false;
    }

    /** Called by the interrupt unit when a vector may have become deliverable. */
    public void attend() {
        if (wait != Wait.NONE && flags.interruptsEnabled() && interruptUnit.deliverable() >= 0) {
            wake(machine.nowNs());
        } else {
            machine.loop().shortenSlice();
        }
    }

    /** Whether an interrupt would be taken before the next step. */
    boolean takesInterrupt() {
        return !halfDone.pending
                && !interruptShadow
                && flags.interruptsEnabled()
                && interruptUnit.deliverable() >= 0;
    }

    @Override
    public void save(StateWriter out) {
        out.values(registers);
        out.value(rip);
        flags.save(out);
        out.value(gsBase);
        out.value(fsBase);
        out.value(cr2);
        out.values(xmm);
        if (wait == Wait.NONE) {
            out.time(clockNs);
        } else {
            // It goes on at the time of whatever wakes it: how far its clock lags does not matter.
            out.timeFromNowOn(clockNs);
        }
        out.counter(steps);
        out.value(thread);
        out.value(interruptShadow);
        halfDone.save(out);
        out.value(wait.ordinal());
        out.value(watchedPhysical);
        out.time(wakeNs);
        out.counter(waitingSinceNs);
        out.value(yielded);
        out.value(yieldsSince(machine.loop().changes()));
        out.value(machine.spaces().indexOf(memory.space()));
        interruptUnit.save(out);
    }

    @Override
    public void restore(StateReader in) {
        in.values(registers);
        rip = in.value();
        flags.restore(in);
        gsBase = in.value();
        fsBase = in.value();
        cr2 = in.value();
        in.values(xmm);
        clockNs = in.time();
        steps = in.counter();
        thread = in.value();
        interruptShadow = in.booleanValue();
        halfDone.restore(in);
        wait = WAITS[in.intValue()];
        watchedPhysical = in.value();
        wakeNs = in.time();
        waitingSinceNs = in.counter();
        yielded = in.booleanValue();
        yields = in.intValue();
        yieldsSinceChanges = machine.loop().changes();
        memory.setSpace(machine.spaces().get(in.intValue()));
        interruptUnit.restore(in);
        visibleDone = false;
    }

    private static final Wait[] WAITS = Wait.values();

    /**
     * The second half of an unlocked read-modify-write instruction: the load is done, the store is
     * not. Registers, RFLAGS and RIP are still as before the instruction, so that a store that
     * faults can be answered by starting it again.
     */
    public static final class HalfDone implements StatePart {
        public boolean pending;
        public long address;
        public int size;
        public long value;

        /** RIP behind the instruction. */
        public long nextRip;

        /** RFLAGS after the instruction; until the store is done they are as before it. */
        public long rflags;

        /** Register that takes {@link #loaded} with the store (xadd, cmpxchg), or -1. */
        public int register = -1;

        /** What the load gave. */
        public long loaded;

        private HalfDone() {}

        @Override
        public void save(StateWriter out) {
            out.value(pending);
            if (pending) {
                out.value(address);
                out.value(size);
                out.value(value);
                out.value(nextRip);
                out.value(rflags);
                out.value(register);
                out.value(loaded);
            }
        }

        @Override
        public void restore(StateReader in) {
            pending = in.booleanValue();
            if (pending) {
                address = in.value();
                size = in.intValue();
                value = in.value();
                nextRip = in.value();
                rflags = in.value();
                register = in.intValue();
                loaded = in.value();
            }
        }
    }
}
