package dev.dirql.kernel.rules;

import dev.dirql.events.Event;
import dev.dirql.machine.Processor;

/** A rule that listens to events: one rule, one file. */
@FunctionalInterface
public interface Rule {
    /**
     * A processor did something. The rule looks at whatever it needs and reports to {@link
     * Rules#broken}.
     */
    void happened(Processor processor, Event event, Rules rules);
}
