package dev.dirql.kernel.rules;

import dev.dirql.events.Event;
import dev.dirql.events.Finding;
import dev.dirql.kernel.images.StackFrame;
import dev.dirql.kernel.images.Unwinder;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.List;
import java.util.TreeMap;

/**
 * Tells findings, and the bug checks that Driver Verifier makes of them. The same rule broken at
 * the same place is told once; {@link #count} says how often it was.
 */
public final class Rules implements StatePart {
    private final Machine machine;
    private final BugChecks bugChecks;
    private final Unwinder unwinder;
    private final boolean verifier;
    private TreeMap<String, Long> counts = new TreeMap<>();

    public Rules(Machine machine, BugChecks bugChecks, Unwinder unwinder, boolean verifier) {
        this.machine = machine;
        this.bugChecks = bugChecks;
        this.unwinder = unwinder;
        this.verifier = verifier;
    }

    /**
     * A rule was broken. With the verifier on this may end the run; {@link Machine#ended} tells.
     *
     * @param address the code that did it
     */
    public void broken(Processor processor, Violation violation, long address) {
        String key = violation.rule() + "@" + Long.toHexString(address);
        long count = counts.merge(key, 1L, Long::sum);
        if (count == 1) {
            Finding.Place[] places = new Finding.Place[violation.places().size() + 1];
            places[0] = here("noticed", processor, address);
            for (int i = 1; i < places.length; i++) {
                places[i] = violation.places().get(i - 1);
            }
            machine.emit(
                    processor,
                    new Event.FindingReported(
                            new Finding(
                                    violation.rule(),
                                    violation.id(),
                                    violation.severity(),
                                    violation.message(),
                                    List.of(places))));
        }
        Violation.Verifier check = violation.verifier();
        if (verifier && check.code() != 0) {
            bugChecks.raise(
                    processor,
                    check.code(),
                    check.p1(),
                    check.p2(),
                    check.p3(),
                    check.p4(),
                    address);
        }
    }

    /**
     * A rule was broken, as it turns out when nothing happens any more: no processor did it just
     * now, and its places alone tell where.
     */
    public void turnedOut(Violation violation) {
        machine.emit(
                new Event.FindingReported(
                        new Finding(
                                violation.rule(),
                                violation.id(),
                                violation.severity(),
                                violation.message(),
                                violation.places())));
    }

    /**
     * A processor waits for others: after a bug check these do nothing any more, and the run ends.
     *
     * @return whether it does
     */
    public boolean hangsAtBugCheck(Processor processor, String why, long address) {
        return bugChecks.hangs(processor, why, address);
    }

    /** How often a rule was broken by the code at an address. */
    public long count(String rule, long address) {
        return counts.getOrDefault(rule + "@" + Long.toHexString(address), 0L);
    }

    /** Whether Driver Verifier is on. */
    public boolean verifier() {
        return verifier;
    }

    /** A place where a processor is now. */
    public Finding.Place here(String role, Processor processor, long address) {
        return new Finding.Place(
                role,
                0,
                processor.number(),
                processor.thread,
                processor.irql(),
                address,
                unwinder.stackOf(processor).frames().stream().map(StackFrame::ip).toList());
    }

    @Override
    public void save(StateWriter out) {
        out.reference(new TreeMap<>(counts));
    }

    @Override
    @SuppressWarnings("unchecked")
    public void restore(StateReader in) {
        counts = new TreeMap<>((TreeMap<String, Long>) in.reference(TreeMap.class));
    }
}
