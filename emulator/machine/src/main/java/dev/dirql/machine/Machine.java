package dev.dirql.machine;

import dev.dirql.events.DecisionKind;
import dev.dirql.events.Event;
import dev.dirql.events.EventSink;
import dev.dirql.events.RunEnd;
import dev.dirql.events.Stamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A machine: processors over one memory, a queue of what is due, and the order in which all of it
 * happens. Time is the clock of each processor; the one furthest behind goes next, and what others
 * could see is only done by a processor that nobody is behind, so the order of events is the order
 * of time.
 *
 * <p>It is built in steps: construct, {@link #attach} controller, engine and software, map memory,
 * then {@link #run}.
 */
public final class Machine {
    /** Steps of a short slice, by the choice that asks for it; choice 0 is the whole quantum. */
    private static final int[] SLICE_STEPS = {0, 1, 2, 3, 5, 8, 13, 34};

    private final MachineSettings settings;
    private final DecisionSource decisions;
    private final DecisionPoint point = new DecisionPoint();
    private final PhysicalMemory memory;
    private final DeviceBus bus = new DeviceBus();
    private final EventQueue queue = new EventQueue();
    private final List<AddressSpace> spaces = new ArrayList<>();
    private final List<StatePart> machineParts = new ArrayList<>();
    private final List<StatePart> observerParts = new ArrayList<>();

    private EventSink[] sinks = new EventSink[0];
    private Processor[] processors = new Processor[0];
    private @Nullable InterruptController controller;
    private @Nullable InstructionEngine engine;
    private @Nullable SystemSoftware software;
    private @Nullable MemoryObserver memoryObserver;
    private long windowStart;
    private long windowSize;

    /** A bit for each processor that can do a step at a time that is known. */
    private long activeMask;

    private int writeWaiters;
    private final long[] codeFrames;

    private long eventNs;
    private @Nullable Processor running;
    private @Nullable Processor slice;
    private long sliceEndNs;
    private long sequence;
    private long steps;
    private long pauseAtStep = Long.MAX_VALUE;
    private boolean pauseRequested;
    private @Nullable RunEnd ended;
    private String endDetail = "";

    public Machine(MachineSettings settings, DecisionSource decisions) {
        this.settings = settings;
        this.decisions = decisions;
        memory = new PhysicalMemory(settings.memoryBytes());
        codeFrames = new long[(memory.frameCount() + 63) >>> 6];
        spaces.add(new AddressSpace(null));
    }

    // ---- building ----

    /** Attaches the interrupt controller, and with it makes the processors. */
    public void attach(Function<Machine, InterruptController> maker) {
        InterruptController made = maker.apply(this);
        controller = made;
        Processor[] all = new Processor[settings.processors()];
        for (int i = 0; i < all.length; i++) {
            all[i] = new Processor(this, i, made.unit(i), kernelSpace());
        }
        processors = all;
        activeMask = all.length == 64 ? -1L : (1L << all.length) - 1;
    }

    public void attach(InstructionEngine newEngine) {
        engine = newEngine;
    }

    public void attach(SystemSoftware newSoftware) {
        software = newSoftware;
        windowStart = newSoftware.serviceWindow();
        windowSize = newSoftware.serviceWindowSize();
    }

    public void addSink(EventSink sink) {
        sinks = Arrays.copyOf(sinks, sinks.length + 1);
        sinks[sinks.length - 1] = sink;
    }

    /** Adds state that decides what happens next: it is in snapshots and in the hash. */
    public void addMachinePart(StatePart part) {
        machineParts.add(part);
    }

    /** Adds state that only watches: it is in snapshots and not in the hash. */
    public void addObserverPart(StatePart part) {
        observerParts.add(part);
    }

    /** Makes an address space of a process, with the kernel's behind it. */
    public AddressSpace addSpace() {
        AddressSpace space = new AddressSpace(kernelSpace());
        spaces.add(space);
        return space;
    }

    // ---- parts ----

    public MachineSettings settings() {
        return settings;
    }

    public PhysicalMemory memory() {
        return memory;
    }

    public DeviceBus bus() {
        return bus;
    }

    public EventQueue queue() {
        return queue;
    }

    public AddressSpace kernelSpace() {
        return spaces.get(0);
    }

    public int processorCount() {
        return processors.length;
    }

    public Processor processor(int number) {
        return processors[number];
    }

    public InterruptController controller() {
        return attached(controller, "interrupt controller");
    }

    public SystemSoftware software() {
        return attached(software, "system software");
    }

    private InstructionEngine engine() {
        return attached(engine, "instruction engine");
    }

    private static <T> T attached(@Nullable T part, String name) {
        if (part == null) {
            throw new IllegalStateException("the machine has no " + name + " yet");
        }
        return part;
    }

    // ---- events and decisions ----

    /** Virtual time of the step or event that is being done now. */
    public long nowNs() {
        Processor now = running;
        return now == null ? eventNs : now.clockNs;
    }

    /** Sequence number of the last event. */
    public long sequence() {
        return sequence;
    }

    /** Steps of all processors together. */
    public long steps() {
        return steps;
    }

    /** Tells every sink of something that a processor did. */
    public void emit(Processor processor, Event event) {
        Stamp stamp =
                new Stamp(
                        ++sequence,
                        Math.max(nowNs(), 0),
                        processor.number(),
                        processor.thread,
                        processor.irql());
        for (EventSink sink : sinks) {
            sink.accept(stamp, event);
        }
    }

    /** Tells every sink of something that no processor did. */
    public void emit(Event event) {
        Stamp stamp = new Stamp(++sequence, Math.max(nowNs(), 0), Stamp.NO_PROCESSOR, 0, 0);
        for (EventSink sink : sinks) {
            sink.accept(stamp, event);
        }
    }

    /**
     * Asks for a choice. With fewer than two alternatives nothing is asked.
     *
     * @param processor number of the processor it is about, or {@link Stamp#NO_PROCESSOR}
     * @param subject address or vector it is about, 0 for none
     * @return 0 to {@code alternatives - 1}
     */
    public int decide(DecisionKind kind, int processor, int alternatives, long subject) {
        if (alternatives < 2) {
            return 0;
        }
        point.kind = kind;
        point.processor = processor;
        point.alternatives = alternatives;
        point.subject = subject;
        int choice = decisions.choose(point);
        if (choice < 0 || choice >= alternatives) {
            throw new IllegalStateException(
                    "%s: choice %d of %d alternatives".formatted(kind, choice, alternatives));
        }
        return choice;
    }

    // ---- the end of a run ----

    /** Ends the run; the first end counts. */
    public void end(RunEnd reason, String detail) {
        if (ended == null) {
            ended = reason;
            endDetail = detail;
            emit(new Event.RunEnded(reason, detail));
        }
    }

    /** How the run ended, or null while it goes on. */
    public @Nullable RunEnd ended() {
        return ended;
    }

    public String endDetail() {
        return endDetail;
    }

    /** Makes {@link #run} come back before the next step. */
    public void requestPause() {
        pauseRequested = true;
    }

    /**
     * Makes {@link #run} come back when all processors together did this many steps; MAX_VALUE for
     * never.
     */
    public void pauseAtStep(long totalSteps) {
        pauseAtStep = totalSteps;
    }

    // ---- running ----

    /**
     * Runs until the run ends or a pause was asked for. Whether it was cut into pauses changes
     * nothing.
     */
    public void run() {
        pauseRequested = false;
        while (ended == null && !pauseRequested) {
            Processor current = slice;
            if (current == null) {
                next();
            } else {
                go(current);
            }
        }
    }

    /** Lets the next thing due happen, or chooses the processor of the next slice. */
    private void next() {
        Processor first = furthestBehind(-1);
        long dueNs = queue.nextTimeNs();
        long firstNs = first == null ? Long.MAX_VALUE : first.readyNs();
        if (first == null && !queue.hasWork() && software().nextDeadlineNs() == Long.MAX_VALUE) {
            RunEnd reason = software().quiescent();
            end(reason, software().quiescentDetail());
            return;
        }
        if (Math.min(dueNs, firstNs) > settings.timeLimitNs()) {
            eventNs = settings.timeLimitNs();
            end(RunEnd.BUDGET, "the time limit of " + settings.timeLimitNs() + " ns was reached");
            return;
        }
        if (dueNs <= firstNs || first == null) {
            eventNs = dueNs;
            queue.expireNext();
            return;
        }
        Processor chosen = first;
        int active = Long.bitCount(activeMask);
        int length = 0;
        if (active > 1) {
            int choice =
                    decide(DecisionKind.RUN_PROCESSOR, Stamp.NO_PROCESSOR, active, first.number());
            for (int i = 0; i < choice; i++) {
                chosen = nextAfter(chosen);
            }
            length = decide(DecisionKind.SLICE_LENGTH, chosen.number(), SLICE_STEPS.length, 0);
            if (choice != 0) {
                delayOthers(chosen);
            }
        }
        chosen.wake(chosen.readyNs());
        chosen.clearYield();
        slice = chosen;
        if (length != 0) {
            sliceEndNs = chosen.clockNs + SLICE_STEPS[length] * settings.stepNs();
        } else {
            long others = horizon(chosen);
            sliceEndNs = others == Long.MAX_VALUE ? Long.MAX_VALUE : others + settings.quantumNs();
        }
    }

    /**
     * Who can go first: by time, then those that did not yield, then by number; {@code except} is
     * left out.
     */
    private @Nullable Processor furthestBehind(int except) {
        Processor best = null;
        for (long mask = activeMask; mask != 0; mask &= mask - 1) {
            Processor candidate = processors[Long.numberOfTrailingZeros(mask)];
            if (candidate.number() != except && (best == null || before(candidate, best))) {
                best = candidate;
            }
        }
        return best;
    }

    private static boolean before(Processor a, Processor b) {
        if (a.readyNs() != b.readyNs()) {
            return a.readyNs() < b.readyNs();
        }
        if (a.hasYielded() != b.hasYielded()) {
            return b.hasYielded();
        }
        return a.number() < b.number();
    }

    private Processor nextAfter(Processor processor) {
        Processor best = null;
        for (long mask = activeMask; mask != 0; mask &= mask - 1) {
            Processor candidate = processors[Long.numberOfTrailingZeros(mask)];
            if (candidate != processor
                    && before(processor, candidate)
                    && (best == null || before(candidate, best))) {
                best = candidate;
            }
        }
        return best == null ? processor : best;
    }

    /** Another order than that of the clocks means that those behind the chosen one were slower. */
    private void delayOthers(Processor chosen) {
        long time = chosen.readyNs();
        for (long mask = activeMask; mask != 0; mask &= mask - 1) {
            Processor other = processors[Long.numberOfTrailingZeros(mask)];
            if (other.readyNs() < time) {
                other.clockNs = time;
            }
        }
    }

    private long horizon(Processor processor) {
        Processor other = furthestBehind(processor.number());
        return other == null ? Long.MAX_VALUE : other.readyNs();
    }

    /** Runs a slice of one processor until it is over or the run pauses. */
    private void go(Processor processor) {
        running = processor;
        long nextHorizonNs = horizon(processor);
        while (ended == null && !pauseRequested) {
            if (!processor.isRunnable() || processor.hasYielded()) {
                slice = null;
                break;
            }
            processor.horizonNs = nextHorizonNs;
            long limitNs = Math.min(sliceEndNs, queue.nextTimeNs());
            if (nextHorizonNs != Long.MAX_VALUE) {
                limitNs = Math.min(limitNs, nextHorizonNs + settings.quantumNs());
            }
            if (processor.clockNs >= limitNs || processor.clockNs > settings.timeLimitNs()) {
                slice = null;
                break;
            }
            long stepsLeft = Math.min(pauseAtStep, settings.stepLimit()) - steps;
            if (stepsLeft <= 0) {
                if (steps >= settings.stepLimit()) {
                    end(
                            RunEnd.BUDGET,
                            "the limit of " + settings.stepLimit() + " steps was reached");
                }
                pauseRequested = true;
                break;
            }
            if ((limitNs - processor.clockNs) / settings.stepNs() >= stepsLeft) {
                limitNs = processor.clockNs + stepsLeft * settings.stepNs();
            }
            processor.limitNs = limitNs;
            processor.visibleDone = false;
            if (!step(processor)) {
                slice = null;
                break;
            }
            if (processor.visibleDone) {
                nextHorizonNs = horizon(processor);
            }
        }
        if (processor.hasYielded() && slice == null) {
            passTime(processor);
        }
        eventNs = processor.clockNs;
        running = null;
    }

    /** Does one visible step or a stretch of invisible ones. False if the slice is over. */
    private boolean step(Processor processor) {
        boolean service = Long.compareUnsigned(processor.rip - windowStart, windowSize) < 0;
        boolean interrupt = processor.takesInterrupt();
        if (interrupt || (service && !processor.halfDone.pending)) {
            if (processor.clockNs > processor.horizonNs) {
                return false;
            }
            processor.steps++;
            steps++;
            if (interrupt) {
                takeInterrupt(processor);
            } else {
                software().service(processor);
            }
            processor.clockNs += settings.stepNs();
            processor.visibleDone = true;
            return true;
        }
        long before = processor.steps;
        InstructionEngine.Stop stop = engine().run(processor);
        steps += processor.steps - before;
        switch (stop) {
            case LIMIT, SERVICE, VISIBLE -> {
                return true;
            }
            case AHEAD -> {
                return false;
            }
            case YIELD -> processor.yieldToOthers();
            case HALT -> {
                processor.visibleDone = true;
                if (!processor.takesInterrupt()) {
                    processor.waitForInterrupt();
                }
            }
            case TRAP -> {
                software().trap(processor);
                processor.visibleDone = true;
            }
            case NOT_MODELLED -> end(RunEnd.NOT_MODELLED, processor.trap.text);
        }
        return true;
    }

    private void takeInterrupt(Processor processor) {
        int vector = processor.interruptUnit().acknowledge();
        emit(processor, new Event.InterruptTaken(vector, processor.rip));
        software().interrupt(processor, vector);
    }

    /** A processor that gave way goes on when the next other can, or when something is due. */
    private void passTime(Processor processor) {
        long next = Math.min(horizon(processor), queue.nextTimeNs());
        if (next != Long.MAX_VALUE) {
            processor.clockNs = Math.max(processor.clockNs, next);
        }
    }

    // ---- what processors tell the machine ----

    void waitBegan(Processor processor) {
        if (processor.readyNs() == Long.MAX_VALUE) {
            activeMask &= ~(1L << processor.number());
        }
    }

    void waitEnded(Processor processor) {
        activeMask |= 1L << processor.number();
        shortenSlice();
    }

    /**
     * Something changed that the running processor must look at: it ends its stretch of invisible
     * steps.
     */
    void shortenSlice() {
        Processor now = running;
        if (now != null) {
            now.endVisibleStep();
        }
    }

    void watch(long physical) {
        writeWaiters++;
        int frame = (int) (physical >>> PhysicalMemory.FRAME_SHIFT);
        if (!memory.isWatched(frame)) {
            // It stays watched: a page with one contended lock will see more of it.
            memory.watch(frame, true);
            for (Processor processor : processors) {
                processor.memory().forgetWrites();
            }
        }
    }

    void unwatch() {
        writeWaiters--;
    }

    /** Memory that somebody may wait for was written. */
    void written(long physical, int size) {
        if (writeWaiters == 0) {
            return;
        }
        Processor[] waiting = waitingFor(physical, size);
        if (waiting.length == 0) {
            return;
        }
        int winner =
                decide(
                        DecisionKind.LOCK_WINNER,
                        Stamp.NO_PROCESSOR,
                        waiting.length,
                        waiting[0].watchedAddress());
        long time = nowNs();
        for (int i = 0; i < waiting.length; i++) {
            // All may try; the winner a step before the others.
            waiting[i].wake(i == winner ? time : time + settings.stepNs());
        }
    }

    /** Processors that wait for a write to this range, the longest waiting first. */
    private Processor[] waitingFor(long physical, int size) {
        return Arrays.stream(processors)
                .filter(p -> p.waiting() == Processor.Wait.WRITE)
                .filter(p -> p.watchedAddress() < physical + size)
                .filter(p -> physical < p.watchedAddress() + 8)
                .sorted((a, b) -> Long.compare(a.waitingSinceNs(), b.waitingSinceNs()))
                .toArray(Processor[]::new);
    }

    /** The decoder looked at a frame: from now on its writes matter. */
    void codeRead(int frame) {
        long bit = 1L << frame;
        if ((codeFrames[frame >>> 6] & bit) == 0) {
            codeFrames[frame >>> 6] |= bit;
            for (Processor processor : processors) {
                processor.memory().forgetWrites();
            }
        }
    }

    /** The bytes of a frame for writing; whoever remembers older bytes of it forgets them. */
    byte[] writableFrame(int frame) {
        long bit = 1L << frame;
        if ((codeFrames[frame >>> 6] & bit) != 0) {
            codeFrames[frame >>> 6] &= ~bit;
            engine().forgetDecoded();
        }
        if (!memory.isShared(frame)) {
            return memory.forWrite(frame);
        }
        byte[] old = memory.forRead(frame);
        byte[] bytes = memory.forWrite(frame);
        for (Processor processor : processors) {
            processor.memory().forgetBytes(old);
        }
        return bytes;
    }

    // ---- memory, for the kernel, devices and loaders ----

    @Nullable MemoryObserver memoryObserver() {
        return memoryObserver;
    }

    /** Attaches an observer of every processor's memory accesses; null detaches it. */
    public void observeMemory(@Nullable MemoryObserver observer) {
        memoryObserver = observer;
        forgetPages();
    }

    private void forgetPages() {
        for (Processor processor : processors) {
            processor.memory().forget();
        }
    }

    /**
     * Maps a virtual page, or changes its mapping.
     *
     * @param frame frame number; for {@link PageFlags#DEVICE} the physical address of the registers
     *     divided by 4096
     * @param flags {@link PageFlags}
     */
    public void map(AddressSpace space, long address, long frame, int flags) {
        long old = space.find(address);
        space.set(address, frame, flags);
        forgetPages();
        boolean wasCode =
                old != AddressSpace.NONE && (AddressSpace.flags(old) & PageFlags.EXECUTABLE) != 0;
        InstructionEngine known = engine;
        if (wasCode && known != null) {
            known.forgetDecoded();
        }
    }

    /**
     * Reads physical memory, as a device does. The range must be {@link PhysicalMemory#contains
     * contained}.
     */
    public void readPhysical(long physical, byte[] target) {
        for (int done = 0; done < target.length; ) {
            long at = physical + done;
            int offset = (int) at & PhysicalMemory.OFFSET_MASK;
            int count = Math.min(target.length - done, PhysicalMemory.FRAME_SIZE - offset);
            byte[] bytes = memory.forRead((int) (at >>> PhysicalMemory.FRAME_SHIFT));
            System.arraycopy(bytes, offset, target, done, count);
            done += count;
        }
    }

    /**
     * Writes physical memory, as a device or a loader does; it wakes who waits for a write there.
     */
    public void writePhysical(long physical, byte[] source) {
        for (int done = 0; done < source.length; ) {
            long at = physical + done;
            int offset = (int) at & PhysicalMemory.OFFSET_MASK;
            int count = Math.min(source.length - done, PhysicalMemory.FRAME_SIZE - offset);
            byte[] bytes = writableFrame((int) (at >>> PhysicalMemory.FRAME_SHIFT));
            System.arraycopy(source, done, bytes, offset, count);
            written(at, count);
            done += count;
        }
    }

    /**
     * Looks at up to 8 bytes of memory as a person does: no residency, no device access, nothing is
     * changed. Empty where no memory is mapped.
     */
    public OptionalLong peek(AddressSpace space, long address, int size) {
        long value = 0;
        for (int i = 0; i < size; i++) {
            long entry = space.find(address + i);
            int blind = PageFlags.DEVICE | PageFlags.FREED | PageFlags.GUARD;
            if (entry == AddressSpace.NONE || (AddressSpace.flags(entry) & blind) != 0) {
                return OptionalLong.empty();
            }
            long physical =
                    (AddressSpace.frame(entry) << PhysicalMemory.FRAME_SHIFT)
                            + ((address + i) & PhysicalMemory.OFFSET_MASK);
            value |= (memory.readByte(physical) & 0xFFL) << (8 * i);
        }
        return OptionalLong.of(value);
    }

    // ---- moments ----

    /** Keeps this moment whole. Not while {@link #run} is at work. */
    public Snapshot snapshot() {
        StateWriter state = new StateWriter(false, 0);
        saveMachine(state);
        StateWriter observers = new StateWriter(false, 0);
        for (StatePart part : observerParts) {
            part.save(observers);
        }
        PhysicalMemory.Image contents = memory.share();
        for (Processor processor : processors) {
            processor.memory().forgetWrites();
        }
        return new Snapshot(
                contents,
                spaces.stream().map(AddressSpace::keep).toList(),
                state.reader(),
                observers.reader());
    }

    /** Goes back to a moment that this machine kept. Not while {@link #run} is at work. */
    public void restore(Snapshot moment) {
        boolean codeChanged = false;
        byte[][] code = codeBytes();
        memory.restore(moment.memory);
        byte[][] codeNow = codeBytes();
        for (int i = 0; i < code.length; i++) {
            codeChanged |= code[i] != codeNow[i];
        }
        for (int i = 0; i < moment.spaces.size(); i++) {
            codeChanged |= spaces.get(i).restore(moment.spaces.get(i));
        }
        while (spaces.size() > moment.spaces.size()) {
            spaces.remove(spaces.size() - 1);
        }
        if (codeChanged) {
            Arrays.fill(codeFrames, 0);
            engine().forgetDecoded();
        }
        moment.machineState.rewind();
        restoreMachine(moment.machineState);
        moment.machineState.mustBeAtEnd();
        moment.observerState.rewind();
        for (StatePart part : observerParts) {
            part.restore(moment.observerState);
        }
        moment.observerState.mustBeAtEnd();
        forgetPages();
    }

    private byte[][] codeBytes() {
        List<byte[]> bytes = new ArrayList<>();
        for (int word = 0; word < codeFrames.length; word++) {
            for (long bits = codeFrames[word]; bits != 0; bits &= bits - 1) {
                bytes.add(memory.forRead(64 * word + Long.numberOfTrailingZeros(bits)));
            }
        }
        return bytes.toArray(byte[][]::new);
    }

    private void saveMachine(StateWriter out) {
        for (Processor processor : processors) {
            processor.save(out);
        }
        queue.save(out);
        for (StatePart part : machineParts) {
            part.save(out);
        }
        Processor current = slice;
        out.value(current == null ? -1 : current.number());
        out.time(current == null ? Long.MAX_VALUE : sliceEndNs);
        out.counter(eventNs);
        out.counter(sequence);
        out.counter(steps);
        out.value(ended == null ? -1 : ended.ordinal());
        if (ended != null) {
            out.reference(endDetail);
        }
    }

    private void restoreMachine(StateReader in) {
        activeMask = 0;
        writeWaiters = 0;
        running = null;
        for (Processor processor : processors) {
            processor.restore(in);
            if (processor.readyNs() != Long.MAX_VALUE) {
                activeMask |= 1L << processor.number();
            }
            if (processor.waiting() == Processor.Wait.WRITE) {
                watch(processor.watchedAddress());
            }
        }
        queue.restore(in);
        for (StatePart part : machineParts) {
            part.restore(in);
        }
        int current = in.intValue();
        slice = current < 0 ? null : processors[current];
        sliceEndNs = in.time();
        eventNs = in.counter();
        sequence = in.counter();
        steps = in.counter();
        int end = in.intValue();
        ended = end < 0 ? null : RunEnd.values()[end];
        endDetail = end < 0 ? "" : in.reference(String.class);
    }

    /** A hash of everything that decides what happens next, times and counters included. */
    public long exactHash() {
        return hash(false);
    }

    /** A hash that is the same for moments that differ only in absolute time and in counters. */
    public long reducedHash() {
        return hash(true);
    }

    private long hash(boolean reduced) {
        StateWriter state = new StateWriter(reduced, nowNs());
        saveMachine(state);
        long hash = StateWriter.mix(state.hash(), memory.hash());
        for (Processor processor : processors) {
            processor.memory().forgetWrites();
        }
        for (AddressSpace space : spaces) {
            hash = StateWriter.mix(hash, space.hash());
        }
        return hash;
    }
}
