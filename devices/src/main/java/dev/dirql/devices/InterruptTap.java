package dev.dirql.devices;

import dev.dirql.events.Event;
import dev.dirql.machine.Machine;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sits between a device and its wire or message, counts its interrupts and carries out what a
 * scenario does to them. An <em>interrupt</em> is a beginning of the device's condition (some
 * status bit with its interrupt enabled); the wire is asserted while the condition lasts, a message
 * is sent when it begins.
 *
 * <ul>
 *   <li><em>lose</em>: the wire stays as it is until the condition has ended; no message is sent.
 *   <li><em>duplicate</em>: when the condition ends, because the driver cleared its cause, the
 *       interrupt is requested once more; a request made earlier would merge with the first one.
 *       The request finds no status that explains it.
 *   <li><em>delay</em>: the wire is asserted, or the message sent, only after that time. If the
 *       condition has ended by then, a level-sensitive wire stays as it is; the edge of a latched
 *       wire and a message come late, and find no status that explains them.
 *   <li><em>raise spurious</em>, <em>storm</em>: see {@link dev.dirql.machine.InterruptLine#pulse};
 *       or one more message. While a level-sensitive wire is asserted anyway they change nothing;
 *       on a latched one they are a new edge.
 * </ul>
 *
 * <p>An interrupt that is both lost and something else is lost. Delays of one interrupt add up. Of
 * each stimulus an event tells when it takes effect: of lose, delay and duplicate at the interrupt
 * they name, of a storm when it begins.
 */
public final class InterruptTap implements StatePart {
    private static final long DUPLICATE_DELAY_NS = 1_000;

    private record Storm(long left, long periodNs) {}

    private final Machine machine;
    private final String device;
    private final String place;
    private final InterruptOutput output;
    private final InterruptPlan plan = new InterruptPlan();
    private final InterruptHistory history;
    private final @Nullable InterruptPlan planOfAll;
    private final int delayHandler;
    private final int stormHandler;

    private boolean condition;
    private boolean asserted;
    private boolean gone;
    private long duplicates;
    private final TreeMap<Long, Storm> storms = new TreeMap<>();

    InterruptTap(Machine machine, String device, InterruptOutput output) {
        this(machine, device, "", output, null);
    }

    /**
     * @param interrupt which of the device's interrupts it is; empty for the first
     */
    InterruptTap(Machine machine, String device, String interrupt, InterruptOutput output) {
        this(machine, device, interrupt.isEmpty() ? "" : " of " + interrupt, output, null);
    }

    /**
     * @param place added to the words of a trace, as {@code " message 2"}
     * @param planOfAll counts the interrupts of several taps of one device together
     */
    InterruptTap(
            Machine machine,
            String device,
            String place,
            InterruptOutput output,
            @Nullable InterruptPlan planOfAll) {
        this.machine = machine;
        this.device = device;
        this.place = place;
        this.output = output;
        this.planOfAll = planOfAll;
        history = new InterruptHistory(machine);
        delayHandler = machine.queue().register((_, delayed) -> delayEnded(delayed));
        stormHandler = machine.queue().register(this::stormGoesOn);
    }

    /** Interrupts so far, the lost ones included. */
    public long count() {
        return plan.count();
    }

    /** Says whether the device's condition for an interrupt holds. */
    void set(boolean holds) {
        if (holds == condition) {
            return;
        }
        condition = holds;
        if (holds) {
            begin();
        } else {
            end();
        }
    }

    /** What a scenario makes of one interrupt. */
    private record Fate(boolean lost, long delayNs, long requestsAfterwards) {}

    private Fate next() {
        boolean lost = false;
        long delayNs = 0;
        long requestsAfterwards = 0;
        for (InterruptPlan.Planned planned : due()) {
            applied(planned.text());
            switch (planned.stimulus()) {
                case InterruptStimulus.Lose _ -> lost = true;
                case InterruptStimulus.Delay delay -> delayNs += delay.delayNs();
                case InterruptStimulus.Duplicate _ -> requestsAfterwards++;
                case InterruptStimulus.Raise _,
                        InterruptStimulus.RaiseSpurious _,
                        InterruptStimulus.Storm _ ->
                        throw new IllegalStateException(device + ": planned " + planned.stimulus());
            }
        }
        return new Fate(lost, delayNs, requestsAfterwards);
    }

    /**
     * Says that a reason to interrupt arises. If the condition holds already, it makes no interrupt
     * of its own.
     */
    void arises() {
        if (condition && !gone) {
            history.merged();
        }
    }

    /**
     * What there is to tell of its condition.
     *
     * @param name which of the device's interrupts it is
     * @param pends whether its message waits to be unmasked
     */
    InterruptCondition condition(String name, int vector, boolean pends) {
        return history.condition(name, output.way(), vector, condition, pends);
    }

    /** Whether it leads anywhere. */
    boolean isConnected() {
        return !(output instanceof InterruptOutput.None);
    }

    private void begin() {
        history.began();
        Fate fate = next();
        if (fate.lost) {
            history.lost();
            return;
        }
        duplicates += fate.requestsAfterwards;
        if (fate.delayNs > 0) {
            machine.queue().set(delayHandler, machine.nowNs() + fate.delayNs, count());
        } else {
            drive(true);
        }
    }

    /**
     * Lets an interrupt happen that is over as soon as it began: a message that the device sends. A
     * duplicate of it comes a microsecond later, since there is no condition that could end.
     */
    void once() {
        if (gone) {
            return;
        }
        Fate fate = next();
        if (fate.lost) {
            return;
        }
        // An argument that is no count of interrupts never meets a condition that waits for it.
        long argument = ~count();
        if (fate.delayNs > 0) {
            machine.queue().set(delayHandler, machine.nowNs() + fate.delayNs, argument);
        } else {
            output.requestOnce();
        }
        for (long i = 1; i <= fate.requestsAfterwards; i++) {
            machine.queue()
                    .set(
                            delayHandler,
                            machine.nowNs() + fate.delayNs + i * DUPLICATE_DELAY_NS,
                            argument);
        }
    }

    private List<InterruptPlan.Planned> due() {
        List<InterruptPlan.Planned> own = plan.next();
        List<InterruptPlan.Planned> ofAll = planOfAll == null ? List.of() : planOfAll.next();
        if (ofAll.isEmpty()) {
            return own;
        }
        List<InterruptPlan.Planned> both = new ArrayList<>(ofAll);
        both.addAll(own);
        return both;
    }

    private void end() {
        drive(false);
        long requests = duplicates;
        duplicates = 0;
        for (long i = 0; i < requests; i++) {
            request();
        }
    }

    /** The device is pulled out: it requests nothing any more. */
    void vanish() {
        drive(false);
        gone = true;
    }

    private void request() {
        if (!gone) {
            output.requestOnce();
        }
    }

    private void drive(boolean value) {
        if (!gone && value != asserted) {
            asserted = value;
            output.set(value);
        }
    }

    private void delayEnded(long delayed) {
        if (condition && delayed == count()) {
            drive(true);
        } else if (output.isLatched()) {
            request();
        }
    }

    /** Requests the interrupt once, whatever the condition is. */
    void requestOnce() {
        request();
    }

    /** Carries out, or plans, a stimulus other than {@link InterruptStimulus.Raise}. */
    void stimulate(InterruptStimulus stimulus) {
        switch (stimulus) {
            case InterruptStimulus.Raise _ ->
                    throw new IllegalArgumentException(device + ": raise is the device's to do");
            case InterruptStimulus.RaiseSpurious _ -> {
                applied(stimulus.text() + place);
                request();
            }
            case InterruptStimulus.Lose lose -> plan(stimulus, lose.ordinal());
            case InterruptStimulus.Duplicate duplicate -> plan(stimulus, duplicate.ordinal());
            case InterruptStimulus.Delay delay -> plan(stimulus, delay.ordinal());
            case InterruptStimulus.Storm storm -> {
                applied(stimulus.text() + place);
                long slot = 0;
                while (storms.containsKey(slot)) {
                    slot++;
                }
                storms.put(slot, new Storm(storm.count(), storm.periodNs()));
                stormGoesOn(machine.nowNs(), slot);
            }
        }
    }

    private void plan(InterruptStimulus stimulus, long ordinal) {
        plan.add(stimulus, stimulus.text() + place, ordinal);
    }

    private void stormGoesOn(long timeNs, long slot) {
        Storm storm = storms.get(slot);
        if (storm == null) {
            throw new IllegalStateException("%s: no storm %d".formatted(device, slot));
        }
        if (storm.left == 1) {
            storms.remove(slot);
        } else {
            storms.put(slot, new Storm(storm.left - 1, storm.periodNs));
            machine.queue().set(stormHandler, timeNs + storm.periodNs, slot);
        }
        request();
    }

    private void applied(String text) {
        machine.emit(new Event.StimulusApplied(device, text));
    }

    @Override
    public void save(StateWriter out) {
        out.value(condition);
        out.value(asserted);
        out.value(gone);
        out.value(duplicates);
        plan.save(out);
        out.value(storms.size());
        for (Map.Entry<Long, Storm> entry : storms.entrySet()) {
            out.value(entry.getKey());
            out.value(entry.getValue().left);
            out.value(entry.getValue().periodNs);
        }
    }

    @Override
    public void restore(StateReader in) {
        condition = in.booleanValue();
        asserted = in.booleanValue();
        gone = in.booleanValue();
        duplicates = in.value();
        plan.restore(in);
        storms.clear();
        int stormCount = in.intValue();
        for (int i = 0; i < stormCount; i++) {
            long slot = in.value();
            long left = in.value();
            storms.put(slot, new Storm(left, in.value()));
        }
    }
}
