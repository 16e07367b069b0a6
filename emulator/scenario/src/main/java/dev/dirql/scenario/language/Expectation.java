package dev.dirql.scenario.language;

import dev.dirql.events.RunEnd;
import dev.dirql.scenario.source.Position;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Something that must hold of a run. */
public sealed interface Expectation {
    Written written();

    /**
     * How the expectation stands in its file.
     *
     * @param text its words on one line
     */
    record Written(Position position, String text) {}

    /** How many requests of the workload completed, with whatever status. */
    record Completed(Written written, Requests requests, Comparison comparison, long count)
            implements Expectation {}

    /** Which requests are counted. */
    enum Requests {
        WRITES("writes"),
        READS("reads"),
        CONTROLS("controls"),
        REQUESTS("requests");

        private final String word;

        Requests(String word) {
            this.word = word;
        }

        /** The word of the language; {@code requests} is all of them. */
        public String word() {
            return word;
        }
    }

    /**
     * The value of a variable of a driver, or of a field of a device extension, when the run ended.
     *
     * @param extension the path begins in the device extension of the target's device object, else
     *     at the driver's global variables
     * @param path members and indexes from there; not looked up yet
     * @param value a whole, a time in nanoseconds or a size in bytes compared as a number; true and
     *     false as 1 and 0. Signed or unsigned as the type of the variable is.
     */
    record Variable(
            Written written,
            Target target,
            boolean extension,
            List<Step> path,
            Comparison comparison,
            long value)
            implements Expectation {
        public Variable {
            path = List.copyOf(path);
        }
    }

    /** A part of a path; through a pointer as through a structure. */
    sealed interface Step {
        record Member(String name) implements Step {}

        record Index(long index) implements Step {}
    }

    /** No finding of any severity. */
    record NoFindings(Written written) implements Expectation {}

    /** No finding of severity error and no bug check. */
    record NoErrors(Written written) implements Expectation {}

    /** No finding of a rule. */
    record NoFinding(Written written, String rule) implements Expectation {}

    /**
     * A finding of a rule.
     *
     * @param routine one of its places is in this routine
     * @param times how often exactly; empty: at least once
     */
    record Found(Written written, String rule, Optional<String> routine, OptionalLong times)
            implements Expectation {}

    /**
     * A bug check.
     *
     * @param name as written, empty where a code is written
     * @param code empty where a name is written that the known cannot tell the code of
     * @param parameters the first of its four parameters; an empty one may have any value
     */
    record BugCheck(Written written, String name, OptionalLong code, List<OptionalLong> parameters)
            implements Expectation {
        public BugCheck {
            parameters = List.copyOf(parameters);
        }
    }

    /** Why the run ended; {@code deadlock} and {@code stuck} are short for it. */
    record Ended(Written written, RunEnd end) implements Expectation {}

    /** Figures of one lock. */
    record Lock(Written written, String lock, List<LockFigure> figures) implements Expectation {
        public Lock {
            figures = List.copyOf(figures);
        }
    }

    /**
     * @param value a count, or nanoseconds
     */
    record LockFigure(LockMeasure measure, Comparison comparison, long value) {}

    /** What a lock is measured by. */
    enum LockMeasure {
        /** Acquisitions. */
        ACQUIRED("acquired", false),
        /** Acquisitions that had to spin. */
        CONTENDED("contended", false),
        /** The longest time held. */
        HELD("held", true),
        /** Time spent spinning, all acquisitions together. */
        SPUN("spun", true);

        private final String word;
        private final boolean time;

        LockMeasure(String word, boolean time) {
            this.word = word;
            this.time = time;
        }

        public String word() {
            return word;
        }

        /** Measured in nanoseconds, not in times. */
        public boolean isTime() {
            return time;
        }
    }

    /** How many interrupts of a device the processors took. */
    record InterruptsOfDevice(Written written, String device, Comparison comparison, long count)
            implements Expectation {}

    /**
     * How many interrupts by one message of a device the processors took.
     *
     * @param message its number, from 0
     */
    record InterruptsOfMessage(
            Written written, String device, int message, Comparison comparison, long count)
            implements Expectation {}

    /** How many interrupts of a vector the processors took. */
    record InterruptsOfVector(Written written, int vector, Comparison comparison, long count)
            implements Expectation {}

    /** How many times a routine ran as a DPC. */
    record Dpcs(Written written, String routine, Comparison comparison, long count)
            implements Expectation {}

    /** What DbgPrint wrote, all of it put together, contains this. */
    record OutputContains(Written written, String text) implements Expectation {}

    /**
     * What a device put out, all of it put together, contains this.
     *
     * @param output which of the type's {@link DeviceType#texts}
     */
    record DeviceTextContains(Written written, String device, String output, String text)
            implements Expectation {}

    /** The virtual time at which the run ended. */
    record EndTime(Written written, Comparison comparison, long nanoseconds)
            implements Expectation {}
}
