package dev.dirql.debugger;

import dev.dirql.debugger.Hit.Accessed;
import dev.dirql.debugger.Hit.AtAddress;
import dev.dirql.debugger.Hit.Happened;
import dev.dirql.debugger.Trigger.PhysicalRange;
import dev.dirql.events.Event;
import dev.dirql.events.EventSink;
import dev.dirql.events.Stamp;
import dev.dirql.machine.Machine;
import dev.dirql.machine.MemoryObserver;
import dev.dirql.machine.PhysicalMemory;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StepStops;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks out for what stop points wait for while the machine runs, and pauses it there. Whether a
 * hit counts is decided by whoever lets the machine run.
 */
final class Lookout implements EventSink, MemoryObserver, StepStops.Listener {
    private static final long NOWHERE = -1;

    private final Machine machine;
    private final BitSet frames = new BitSet();
    private final List<Hit> hits = new ArrayList<>();
    private List<StopPoint> executions = List.of();
    private List<StopPoint> accesses = List.of();
    private List<StopPoint> events = List.of();
    private @Nullable StepListener steps;
    private long everyStep;
    private boolean resting;

    /** Whether the hits hold what their steps came to. */
    private boolean complete;

    /** Steps at which addresses are not looked for: the run went on from there. */
    private long passedSteps = NOWHERE;

    /** The only processor that this is true of, or -1 for all. */
    private int passedProcessor;

    /** Told of each step of certain processors before it is tried. */
    @FunctionalInterface
    interface StepListener {
        void before(Processor processor, boolean interrupt);
    }

    Lookout(Machine machine) {
        this.machine = machine;
        machine.addSink(this);
    }

    /** Looks out for these, and nothing else, from now on. */
    void watch(List<StopPoint> points) {
        watch(points, 0, null);
    }

    /**
     * @param processors of which each step is told, a bit each
     */
    void watch(List<StopPoint> points, long processors, @Nullable StepListener listener) {
        executions = points.stream().filter(p -> p.trigger() instanceof Trigger.Execute).toList();
        accesses = points.stream().filter(p -> p.trigger() instanceof Trigger.Memory).toList();
        events = points.stream().filter(p -> p.trigger() instanceof Trigger.Happen).toList();
        everyStep = processors;
        steps = listener;
        hits.clear();
        complete = false;
        passedSteps = NOWHERE;
        frames.clear();
        for (StopPoint point : accesses) {
            for (PhysicalRange range : ((Trigger.Memory) point.trigger()).ranges()) {
                frames.set((int) (range.start() >>> PhysicalMemory.FRAME_SHIFT));
            }
        }
        machine.observeMemory(accesses.isEmpty() ? null : this);
        long[] addresses =
                executions.stream()
                        .flatMap(p -> ((Trigger.Execute) p.trigger()).addresses().stream())
                        .mapToLong(Long::longValue)
                        .distinct()
                        .toArray();
        boolean none = addresses.length == 0 && everyStep == 0;
        machine.stopBefore(none ? null : new StepStops(addresses, everyStep, this));
    }

    /** Looks out for nothing. */
    void rest() {
        watch(List.of());
    }

    /** Lets everything go by without a word, or no longer. */
    void setResting(boolean on) {
        resting = on;
    }

    /** Does not look for addresses at this position. */
    void pass(long position) {
        passedSteps = position;
        passedProcessor = -1;
    }

    /** Does not look for addresses at this position on this processor. */
    void pass(long position, int processor) {
        if (passedSteps != position || passedProcessor >= 0) {
            passedSteps = position;
            passedProcessor = processor;
        }
    }

    boolean hasHits() {
        return !hits.isEmpty();
    }

    /** The hits since this was last asked; the machine stands where they paused it. */
    List<Hit> take() {
        if (!complete) {
            complete();
        }
        List<Hit> taken = List.copyOf(hits);
        hits.clear();
        complete = false;
        return taken;
    }

    /** Notes what the present moment tells of the hits. */
    void complete() {
        hits.replaceAll(this::withAfter);
        complete = true;
    }

    private Hit withAfter(Hit hit) {
        if (hit.cause() instanceof Accessed accessed) {
            for (StopPoint point : accesses) {
                if (point.number() == hit.point()) {
                    long after = value((Trigger.Memory) point.trigger());
                    return new Hit(
                            hit.point(), hit.steps(), hit.before(), accessed.withAfter(after));
                }
            }
        }
        return hit;
    }

    // ---- addresses ----

    @Override
    public boolean reached(Processor processor, boolean interrupt) {
        if (resting) {
            return false;
        }
        StepListener listener = steps;
        if (listener != null && (everyStep & (1L << processor.number())) != 0) {
            listener.before(processor, interrupt);
        }
        long position = machine.steps();
        boolean passed =
                passedSteps == position
                        && (passedProcessor < 0 || passedProcessor == processor.number());
        if (interrupt || processor.halfDone.pending || passed) {
            return false;
        }
        AtAddress cause =
                new AtAddress(
                        processor.number(),
                        processor.thread,
                        processor.rip,
                        processor.registers[Processor.RSP]);
        boolean found = false;
        for (StopPoint point : executions) {
            if (((Trigger.Execute) point.trigger()).addresses().contains(processor.rip)
                    && point.concerns(cause)) {
                hits.add(new Hit(point.number(), position, position, cause));
                found = true;
            }
        }
        return found;
    }

    // ---- memory ----

    @Override
    public boolean observes(int frame) {
        return frames.get(frame);
    }

    @Override
    public void accessed(
            Processor processor, long address, long physical, int size, boolean write, long value) {
        look(processor, physical, size, write);
    }

    @Override
    public void transferred(@Nullable Processor processor, long physical, int size, boolean write) {
        look(processor, physical, size, write);
    }

    private void look(@Nullable Processor processor, long physical, int size, boolean write) {
        if (resting) {
            return;
        }
        for (StopPoint point : accesses) {
            Trigger.Memory memory = (Trigger.Memory) point.trigger();
            if (memory.access().covers(write)
                    && memory.ranges().stream().anyMatch(range -> range.overlaps(physical, size))) {
                hit(
                        point,
                        new Accessed(
                                processor == null ? Stamp.NO_PROCESSOR : processor.number(),
                                processor == null ? 0 : processor.thread,
                                processor == null ? 0 : processor.rip,
                                physical,
                                size,
                                write,
                                value(memory),
                                0));
            }
        }
    }

    /** Up to 8 bytes of what is watched. */
    private long value(Trigger.Memory memory) {
        long value = 0;
        int done = 0;
        for (PhysicalRange range : memory.ranges()) {
            byte[] bytes = new byte[Math.min(range.size(), Long.BYTES - done)];
            // Looked at like this, nobody observes it.
            machine.memory().read(range.start(), bytes);
            for (byte b : bytes) {
                value |= (b & 0xFFL) << (8 * done++);
            }
        }
        return value;
    }

    // ---- events ----

    @Override
    public void accept(Stamp stamp, Event event) {
        if (resting) {
            return;
        }
        for (StopPoint point : events) {
            if (((Trigger.Happen) point.trigger()).filter().matches(event)) {
                hit(point, new Happened(stamp, event));
            }
        }
    }

    private void hit(StopPoint point, Hit.Cause cause) {
        if (point.concerns(cause)) {
            long behind = machine.boundary();
            if (!isPartOfKnown(point, behind, cause)) {
                hits.add(new Hit(point.number(), behind, Math.max(behind - 1, 0), cause));
            }
            machine.pauseAtBoundary();
        }
    }

    /** An instruction may access memory in several parts: that is one hit, a write if any is. */
    private boolean isPartOfKnown(StopPoint point, long behind, Hit.Cause cause) {
        for (int i = 0; i < hits.size(); i++) {
            Hit known = hits.get(i);
            if (known.point() == point.number()
                    && known.steps() == behind
                    && known.cause() instanceof Accessed before
                    && cause instanceof Accessed now
                    && before.processor() == now.processor()) {
                if (now.write() && !before.write()) {
                    hits.set(i, new Hit(known.point(), behind, known.before(), now));
                }
                return true;
            }
        }
        return false;
    }
}
