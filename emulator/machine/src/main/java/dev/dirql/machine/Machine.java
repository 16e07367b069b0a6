package dev.dirql.machine;

import dev.dirql.events.DecisionKind;
import dev.dirql.events.Event;
import dev.dirql.events.EventSink;
import dev.dirql.events.RunEnd;
import dev.dirql.events.Stamp;
import java.util.ArrayDeque;
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
    private final MachineSettings settings;
    private final DecisionSource decisions;
    private final DecisionPoint point = new DecisionPoint();
    private final PhysicalMemory memory;
    private final DeviceBus bus = new DeviceBus();
    private final EventQueue queue = new EventQueue();
    private final List<AddressSpace> spaces = new ArrayList<>();

    private record Delivery(Stamp stamp, Event event) {}

    private final ArrayDeque<Delivery> undelivered = new ArrayDeque<>();
    private boolean delivering;
    private EventSink[] sinks = new EventSink[0];
    private Processor[] processors = new Processor[0];
    private @Nullable InterruptController controller;
    private @Nullable InstructionEngine engine;
    private @Nullable SystemSoftware software;
    private @Nullable MemoryObserver memoryObserver;
    private final RunLoop loop;
    private final WriteWaits writeWaits = new WriteWaits(this);
    private final Moments moments = new Moments(this);
    private final CodeFrames codeFrames;
    private long sequence;
    private @Nullable RunEnd ended;
    private String endDetail = "";
    private @Nullable Runnable lastWords;

    public Machine(MachineSettings settings, DecisionSource decisions) {
        this.settings = settings;
        this.decisions = decisions;
        loop = new RunLoop(this);
        memory = new PhysicalMemory(settings.memoryBytes());
        codeFrames = new CodeFrames(memory);
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
        loop.attach(all);
    }

    public void attach(InstructionEngine newEngine) {
        engine = newEngine;
    }

    public void attach(SystemSoftware newSoftware) {
        software = newSoftware;
        loop.attach(newSoftware);
    }

    public void addSink(EventSink sink) {
        sinks = Arrays.copyOf(sinks, sinks.length + 1);
        sinks[sinks.length - 1] = sink;
    }

    /** Adds state that decides what happens next: it is in snapshots and in the hash. */
    public void addMachinePart(StatePart part) {
        moments.addMachinePart(part);
    }

    /** Adds state that only watches: it is in snapshots and not in the hash. */
    public void addObserverPart(StatePart part) {
        moments.addObserverPart(part);
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

    /**
     * Whether an address lies in the window of the system software, where every address is a step
     * of a service. No address does before software is attached.
     */
    public boolean isService(long address) {
        return loop.isService(address);
    }

    InstructionEngine engine() {
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
        return loop.nowNs();
    }

    /** Sequence number of the last event. */
    public long sequence() {
        return sequence;
    }

    /** Steps of all processors together. */
    public long steps() {
        return loop.steps();
    }

    /**
     * Steps of all processors together at the first step boundary behind what is happening now: the
     * step that is being done counts. To run until {@link #pauseAtStep} of it is to stop there.
     */
    public long boundary() {
        return loop.boundary();
    }

    /** Tells every sink of something that a processor did. */
    public void emit(Processor processor, Event event) {
        sequence++;
        if (sinks.length != 0) {
            deliver(
                    new Stamp(
                            sequence,
                            Math.max(nowNs(), 0),
                            processor.number(),
                            processor.thread,
                            processor.irql()),
                    event);
        }
    }

    /** Tells every sink of something that no processor did. */
    public void emit(Event event) {
        deliver(new Stamp(++sequence, Math.max(nowNs(), 0), Stamp.NO_PROCESSOR, 0, 0), event);
    }

    /** An event that a sink gives rise to reaches the sinks after the one it came from. */
    private void deliver(Stamp stamp, Event event) {
        if (delivering) {
            undelivered.add(new Delivery(stamp, event));
            return;
        }
        delivering = true;
        try {
            deliverNow(stamp, event);
            for (Delivery next = undelivered.poll(); next != null; next = undelivered.poll()) {
                deliverNow(next.stamp, next.event);
            }
        } finally {
            delivering = false;
        }
    }

    private void deliverNow(Stamp stamp, Event event) {
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

    /**
     * Ends the run as far as the step that is being done is concerned: {@link #ended} says so to
     * whoever asks during the rest of it. Before the next step the run goes on after all, with what
     * the system software still has to do; it ends with {@link #end}.
     *
     * @param words makes the processors do it; called between two steps
     */
    public void endAfter(RunEnd reason, Runnable words) {
        if (ended == null) {
            ended = reason;
            lastWords = words;
        }
    }

    /** Lets a run go on that ends only after something. */
    void speakLastWords() {
        Runnable words = lastWords;
        if (words != null) {
            lastWords = null;
            ended = null;
            words.run();
        }
    }

    /**
     * Whether the run has ended. For code that asks at every step: HotSpot calls {@link #ended} out
     * of line as long as no run ended and the class of its answer is not loaded.
     */
    public boolean hasEnded() {
        return ended != null;
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
        loop.requestPause();
    }

    /**
     * Makes {@link #run} come back when all processors together did this many steps; MAX_VALUE for
     * never.
     */
    public void pauseAtStep(long totalSteps) {
        loop.pauseAtStep(totalSteps);
    }

    /**
     * Makes {@link #run} come back at the first step boundary behind what is happening now, before
     * any other step. For who is told of an event or an access.
     */
    public void pauseAtBoundary() {
        loop.pauseAtBoundary();
    }

    /** Lets somebody look at steps before they are done; null for nobody, which costs nothing. */
    public void stopBefore(@Nullable StepStops stops) {
        loop.setStops(stops);
        engine().stopAt(stops == null ? new long[0] : stops.addresses());
    }

    /**
     * Whether this moment is the one at which {@link #pauseAtStep} of {@link #steps} stops. A pause
     * for another reason may come later: when what is due was done, or a processor tried in vain to
     * go on.
     */
    public boolean isAtBoundary() {
        return loop.isAtBoundary();
    }

    // ---- running ----

    /**
     * Runs until the run ends or a pause was asked for. Whether it was cut into pauses changes
     * nothing.
     */
    public void run() {
        loop.run();
    }

    RunLoop loop() {
        return loop;
    }

    /**
     * Whether, of processors that wait for a write to the same memory, the one that waits longest
     * goes first; else a decision says who. It is part of what the machine is and is said before a
     * run begins.
     */
    public void offerWritesInOrder(boolean inOrder) {
        writeWaits.setInOrder(inOrder);
    }

    WriteWaits writeWaits() {
        return writeWaits;
    }

    CodeFrames codeFrames() {
        return codeFrames;
    }

    Processor[] processors() {
        return processors;
    }

    List<AddressSpace> spaces() {
        return spaces;
    }

    // ---- moments ----

    /** Keeps this moment whole. Not while {@link #run} is at work. */
    public Snapshot snapshot() {
        return moments.keep();
    }

    /**
     * Goes back to a moment that this machine kept. Not while {@link #run} is at work.
     *
     * @throws IllegalStateException if the moment was {@link #giveBack given back}
     */
    public void restore(Snapshot moment) {
        moments.restore(moment);
    }

    /**
     * Says that nobody goes back to a moment any more. It need not be said: a moment is collected
     * as any object. But the pages of the last moment are used again at once if this is said after
     * going back to an older one, as a search does that leaves a branch.
     *
     * @throws IllegalStateException if it was said before
     */
    public void giveBack(Snapshot moment) {
        moments.giveBack(moment);
    }

    /** A hash of everything that decides what happens next, times and counters included. */
    public long exactHash() {
        return moments.hash(false);
    }

    /**
     * A hash that is the same for moments that differ only in absolute time, in counters and in
     * memory that {@link SystemSoftware#unusedMemory} names.
     */
    public long reducedHash() {
        return moments.hash(true);
    }

    void save(StateWriter out) {
        writeWaits.save(out);
        loop.save(out);
        out.counter(sequence);
        out.value(ended == null ? -1 : ended.ordinal());
        out.reference(endDetail);
    }

    void restore(StateReader in) {
        writeWaits.restore(in);
        loop.restore(in);
        sequence = in.counter();
        int end = in.intValue();
        ended = end < 0 ? null : RunEnd.values()[end];
        endDetail = in.reference(String.class);
    }

    // ---- memory, for the kernel, devices and loaders ----

    /** The decoder looked at a frame: from now on its writes matter. */
    void codeRead(int frame) {
        if (codeFrames.add(frame)) {
            for (Processor processor : processors) {
                processor.memory().forgetWrites();
            }
        }
    }

    /** The bytes of a frame for writing; whoever remembers older bytes of it forgets them. */
    byte[] writableFrame(int frame) {
        if (codeFrames.contains(frame)) {
            codeFrames.clear();
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
     *     divided by 4096, which one behind the end of RAM is in any case
     * @param flags {@link PageFlags}
     */
    public void map(AddressSpace space, long address, long frame, int flags) {
        long old = space.find(address);
        boolean ram = Long.compareUnsigned(frame, memory.frameCount()) < 0;
        space.set(address, frame, ram ? flags : flags | PageFlags.DEVICE);
        forgetPages();
        boolean wasCode =
                old != AddressSpace.NONE && (AddressSpace.flags(old) & PageFlags.EXECUTABLE) != 0;
        InstructionEngine known = engine;
        if (wasCode && known != null) {
            known.forgetDecoded();
        }
    }

    /** Reads physical memory, as a device does; ones where there is no RAM. */
    public void readPhysical(long physical, byte[] target) {
        for (int done = 0; done < target.length; ) {
            long at = physical + done;
            int offset = (int) at & PhysicalMemory.OFFSET_MASK;
            int count = Math.min(target.length - done, PhysicalMemory.FRAME_SIZE - offset);
            if (isRam(at)) {
                transferred(at, count, false);
                byte[] bytes = memory.forRead((int) (at >>> PhysicalMemory.FRAME_SHIFT));
                System.arraycopy(bytes, offset, target, done, count);
            } else {
                Arrays.fill(target, done, done + count, (byte) 0xFF);
            }
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
            if (isRam(at)) {
                transferred(at, count, true);
                byte[] bytes = writableFrame((int) (at >>> PhysicalMemory.FRAME_SHIFT));
                System.arraycopy(source, done, bytes, offset, count);
                writeWaits.written(at, count);
            }
            done += count;
        }
    }

    /** Where there is no RAM, a bus gives ones, and what is written goes nowhere. */
    private boolean isRam(long physical) {
        return Long.compareUnsigned(physical >>> PhysicalMemory.FRAME_SHIFT, memory.frameCount())
                < 0;
    }

    private void transferred(long physical, int size, boolean write) {
        MemoryObserver observer = memoryObserver;
        if (observer != null
                && observer.observes((int) (physical >>> PhysicalMemory.FRAME_SHIFT))) {
            observer.transferred(loop.running(), physical, size, write);
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
            int blind = PageFlags.DEVICE | PageFlags.GUARD;
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
}
