package dev.dirql.kernel.interrupts;

import dev.dirql.events.Event;
import dev.dirql.events.EventSink;
import dev.dirql.events.Finding;
import dev.dirql.events.Severity;
import dev.dirql.events.Stamp;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Tells, when nothing happens any more, which interrupts were lost: a device has a reason to
 * interrupt, and nothing will make a processor look at it.
 *
 * <ul>
 *   <li><em>Undelivered</em>: no processor took the interrupt since the reason came to hold, and
 *       none has it pending.
 *   <li><em>Refused</em>: every ISR called for an edge or a message said that it was not its own,
 *       and the reason still holds.
 *   <li><em>Left</em>: an ISR claimed an edge or a message, a further reason arose while the first
 *       one held, and one still holds. There is no further edge until all of them are gone.
 *   <li><em>Taken away unseen</em>: the further reason was taken away together with the first one,
 *       and since it arose the driver read no register of the device and no ISR was called, so that
 *       it cannot know of it. Of a device that writes to memory this is not told: the driver may
 *       have seen it there.
 * </ul>
 *
 * <p>A level-sensitive line that is left asserted by an ISR is no loss but a storm. Nothing is told
 * of a vector whose interrupt objects were all disconnected or reported inactive: their driver
 * wants no interrupts. An interrupt that the scenario loses is a warning. A run that ends while
 * something could still happen is not judged.
 */
public final class LostInterrupts implements EventSink, StatePart {
    private static final int VECTORS = 256;

    private final Machine machine;
    private final InterruptObjects objects;
    private final Rules rules;

    /** What follows is kept for each vector; a sequence number is 0 for never. */
    private final long[] connected = new long[VECTORS];

    private final long[] taken = new long[VECTORS];
    private final long[] claimed = new long[VECTORS];
    private final long[] inService = new long[VECTORS];

    /** The last call of an ISR of each vector. */
    private TreeMap<Integer, Finding.Place> calls = new TreeMap<>();

    /** The last read of each device's registers. */
    private TreeMap<String, Long> reads = new TreeMap<>();

    /** The devices that wrote to memory. */
    private TreeSet<String> writers = new TreeSet<>();

    /** Vectors of the interrupt objects that were connected. */
    private TreeMap<Long, Integer> vectors = new TreeMap<>();

    public LostInterrupts(Machine machine, InterruptObjects objects, Rules rules) {
        this.machine = machine;
        this.objects = objects;
        this.rules = rules;
    }

    @Override
    public void accept(Stamp stamp, Event event) {
        switch (event) {
            case Event.InterruptConnected(long interrupt, int vector, _, _, _, _) -> {
                connected[vector] = stamp.sequence();
                vectors.put(interrupt, vector);
            }
            case Event.InterruptTaken(int vector, _) -> {
                taken[vector] = stamp.sequence();
                inService[vector]++;
            }
            case Event.InterruptCompleted(int vector) -> inService[vector]--;
            case Event.IsrStarted(_, long routine, int vector) ->
                    calls.put(
                            vector,
                            new Finding.Place(
                                    "last called",
                                    stamp.sequence(),
                                    stamp.processor(),
                                    stamp.thread(),
                                    stamp.irql(),
                                    routine,
                                    List.of()));
            case Event.IsrReturned(long interrupt, _, boolean claims) -> {
                if (claims) {
                    claimed[vectors.getOrDefault(interrupt, 0)] = stamp.sequence();
                }
            }
            case Event.RegisterRead(String device, _, _, _) -> reads.put(device, stamp.sequence());
            case Event.DmaTransferred(String device, _, _, boolean toMemory) -> {
                if (toMemory) {
                    writers.add(device);
                }
            }
            default -> {}
        }
    }

    /** Nothing happens any more: tells of each interrupt that was lost. */
    public void tellLost() {
        List<InterruptReason> reasons = objects.devices().reasons();
        for (InterruptReason reason : reasons) {
            String how = reason.holds() ? unserved(reason, reasons) : takenAway(reason);
            if (!how.isEmpty()) {
                rules.turnedOut(
                        new Violation(
                                "InterruptLost",
                                "",
                                isMistake(reason) ? Severity.ERROR : Severity.WARNING,
                                reason.text() + ": " + how,
                                Verifier.NONE,
                                places(reason.vector())));
            }
        }
    }

    /** Not if the scenario took the interrupt away, or no driver ever wanted any. */
    private boolean isMistake(InterruptReason reason) {
        return !reason.holds() || (!reason.taken() && connected[reason.vector()] != 0);
    }

    private List<Finding.Place> places(int vector) {
        Finding.Place call = calls.get(vector);
        if (call != null) {
            return List.of(call);
        }
        long first = objects.firstOn(vector);
        if (first == 0) {
            return List.of();
        }
        KInterrupt interrupt = new KInterrupt(machine.processor(0).memory(), first);
        return List.of(
                new Finding.Place(
                        "never called",
                        connected[vector],
                        Stamp.NO_PROCESSOR,
                        0,
                        interrupt.synchronizeIrql(),
                        interrupt.serviceRoutine(),
                        List.of()));
    }

    /** How an interrupt was lost whose reason still holds; empty if it was not. */
    private String unserved(InterruptReason reason, List<InterruptReason> all) {
        int vector = reason.vector();
        if (isOnItsWay(vector) || (connected[vector] != 0 && !objects.isListening(vector))) {
            return "";
        }
        String since = "it has had a reason to interrupt since " + time(reason.sinceNs());
        if (taken[vector] <= reason.sinceSequence()) {
            return since + ", and no processor was interrupted: " + obstacle(reason, all);
        }
        if (!reason.way().isEdge()) {
            return "";
        }
        if (claimed[vector] <= reason.sinceSequence()) {
            return since + ", and the ISRs said that it is not theirs; " + noFurther(reason);
        }
        if (reason.merged() == 0) {
            return "";
        }
        return "%s, %d more came up to %s while it lasted, and the ISR left one; %s"
                .formatted(since, reason.merged(), time(reason.mergedNs()), noFurther(reason));
    }

    private static String noFurther(InterruptReason reason) {
        return reason.way() == InterruptReason.Way.MESSAGE
                ? "its message is not sent again before all are taken away"
                : "its line does not rise again before all are taken away";
    }

    /** Why no processor was interrupted. */
    private String obstacle(InterruptReason reason, List<InterruptReason> all) {
        int vector = reason.vector();
        if (reason.taken()) {
            return "the scenario loses the interrupt";
        }
        if (connected[vector] == 0) {
            return "no ISR is connected to vector 0x%x".formatted(vector);
        }
        if (reason.pends()) {
            return "its message pends, since it is masked";
        }
        if (reason.way() == InterruptReason.Way.LATCHED) {
            if (connected[vector] > reason.sinceSequence()) {
                return "its line rose before the ISR was connected";
            }
            for (InterruptReason other : all) {
                if (other != reason
                        && other.vector() == vector
                        && other.holds()
                        && other.sinceSequence() <= reason.sinceSequence()) {
                    return "%s was up already".formatted(other.text());
                }
            }
        }
        return "its request reached none";
    }

    /** How an interrupt was lost whose reason was taken away with another one. */
    private String takenAway(InterruptReason reason) {
        int vector = reason.vector();
        long since = reason.mergedSequence();
        if (since == 0
                || reason.merged() == 0
                || taken[vector] <= reason.sinceSequence()
                || taken[vector] > since
                || reads.getOrDefault(reason.device(), 0L) > since
                || writers.contains(reason.device())
                || isOnItsWay(vector)
                || !objects.isListening(vector)) {
            return "";
        }
        return ("a reason to interrupt came at %s while another one lasted, and was taken away with"
                        + " it; the driver did not look at the device any more")
                .formatted(time(reason.mergedNs()));
    }

    private boolean isOnItsWay(int vector) {
        for (int i = 0; i < machine.processorCount(); i++) {
            Processor processor = machine.processor(i);
            if (processor.interruptUnit().isRequested(vector)) {
                return true;
            }
        }
        return inService[vector] > 0;
    }

    private static String time(long ns) {
        return String.format(Locale.ROOT, "%d.%03d us", ns / 1_000, ns % 1_000);
    }

    @Override
    public void save(StateWriter out) {
        out.values(connected);
        out.values(taken);
        out.values(claimed);
        out.values(inService);
        out.reference(new TreeMap<>(calls));
        out.reference(new TreeMap<>(reads));
        out.reference(new TreeSet<>(writers));
        out.reference(new TreeMap<>(vectors));
    }

    @Override
    @SuppressWarnings("unchecked")
    public void restore(StateReader in) {
        in.values(connected);
        in.values(taken);
        in.values(claimed);
        in.values(inService);
        calls = new TreeMap<>((TreeMap<Integer, Finding.Place>) in.reference(TreeMap.class));
        reads = new TreeMap<>((TreeMap<String, Long>) in.reference(TreeMap.class));
        writers = new TreeSet<>((TreeSet<String>) in.reference(TreeSet.class));
        vectors = new TreeMap<>((TreeMap<Long, Integer>) in.reference(TreeMap.class));
    }
}
