package dev.dirql.devices;

/**
 * What a scenario can do to the interrupt of any device. Ordinals count the device's own
 * interrupts, from 1, from the moment the stimulus is given.
 */
public sealed interface InterruptStimulus {
    /** The device does what makes it interrupt; each device says what that is. */
    record Raise() implements InterruptStimulus {
        @Override
        public String text() {
            return "raise";
        }
    }

    /** The interrupt is requested once, though no status says so. */
    record RaiseSpurious() implements InterruptStimulus {
        @Override
        public String text() {
            return "raise spurious";
        }
    }

    /** An interrupt does not reach the interrupt controller. */
    record Lose(long ordinal) implements InterruptStimulus {
        public Lose {
            checkOrdinal(ordinal);
        }

        @Override
        public String text() {
            return "lose interrupt " + ordinal;
        }
    }

    /** An interrupt is requested once more when its cause was cleared. */
    record Duplicate(long ordinal) implements InterruptStimulus {
        public Duplicate {
            checkOrdinal(ordinal);
        }

        @Override
        public String text() {
            return "duplicate interrupt " + ordinal;
        }
    }

    /** An interrupt reaches the interrupt controller later. */
    record Delay(long ordinal, long delayNs) implements InterruptStimulus {
        public Delay {
            checkOrdinal(ordinal);
            check(delayNs >= 1, "delay of " + delayNs + " ns, not at least 1");
        }

        @Override
        public String text() {
            return "delay interrupt %d by %d ns".formatted(ordinal, delayNs);
        }
    }

    /** The interrupt is requested a number of times, though no status says so. */
    record Storm(long count, long periodNs) implements InterruptStimulus {
        public Storm {
            check(count >= 1, "storm of " + count + ", not at least 1");
            check(periodNs >= 1, "storm every " + periodNs + " ns, not at least 1");
        }

        @Override
        public String text() {
            return "storm %d every %d ns".formatted(count, periodNs);
        }
    }

    /** The words a trace uses. */
    String text();

    private static void checkOrdinal(long ordinal) {
        check(ordinal >= 1, "interrupt " + ordinal + ", not counted from 1");
    }

    private static void check(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
