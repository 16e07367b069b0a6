package dev.dirql.scenario.language;

import dev.dirql.scenario.source.Position;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * Something that happens to the machine from outside. Ordinals count from 1, from the moment the
 * stimulus is given.
 */
public sealed interface Stimulus {
    Position position();

    /**
     * The device's interrupt is requested.
     *
     * @param spurious without cause: the device's registers do not say that it interrupted. Else
     *     the device does what makes it interrupt.
     */
    record Raise(Position position, String device, boolean spurious) implements Stimulus {}

    /** The device's interrupt with that ordinal does not reach the interrupt controller. */
    record LoseInterrupt(Position position, String device, long ordinal) implements Stimulus {}

    /** The device's interrupt with that ordinal is requested twice. */
    record DuplicateInterrupt(Position position, String device, long ordinal) implements Stimulus {}

    /** The device's interrupt with that ordinal arrives later. */
    record DelayInterrupt(Position position, String device, long ordinal, long delayNs)
            implements Stimulus {}

    /** The device's interrupt is requested without cause, again and again. */
    record Storm(Position position, String device, long count, long periodNs) implements Stimulus {}

    /**
     * One of the above happens to another interrupt of the device than its first.
     *
     * @param interrupt its name
     */
    record OfInterrupt(String interrupt, Stimulus stimulus) implements Stimulus {
        @Override
        public Position position() {
            return stimulus.position();
        }
    }

    /**
     * Something only this type of device does.
     *
     * @param arguments those of {@link DeviceType.StimulusType#arguments}, written or else usual
     */
    record OfDevice(
            Position position, String device, String name, SequencedMap<String, Value> arguments)
            implements Stimulus {
        public OfDevice {
            arguments = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(arguments));
        }
    }

    /**
     * The pool allocation with that ordinal fails.
     *
     * @param driver place of the driver whose allocations count among the scenario's, from 0; -1 to
     *     count those of all drivers
     */
    record FailAllocation(Position position, long ordinal, int driver) implements Stimulus {
        public static final int ALL_DRIVERS = -1;
    }

    /** A driver is unloaded. */
    record Unload(Position position, String driver, int driverNumber) implements Stimulus {}
}
