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
    /** Stands for no particular message of a device. */
    int ANY_MESSAGE = -1;

    Position position();

    /**
     * The device's interrupt is requested.
     *
     * @param spurious without cause: the device's registers do not say that it interrupted. Else
     *     the device does what makes it interrupt.
     * @param message number of the message that is meant, or {@link #ANY_MESSAGE}
     */
    record Raise(Position position, String device, boolean spurious, int message)
            implements Stimulus {
        /** Of no particular message. */
        public Raise(Position position, String device, boolean spurious) {
            this(position, device, spurious, ANY_MESSAGE);
        }
    }

    /** The device's interrupt with that ordinal does not reach the interrupt controller. */
    record LoseInterrupt(Position position, String device, long ordinal, int message)
            implements Stimulus {
        /** Of no particular message. */
        public LoseInterrupt(Position position, String device, long ordinal) {
            this(position, device, ordinal, ANY_MESSAGE);
        }
    }

    /** The device's interrupt with that ordinal is requested twice. */
    record DuplicateInterrupt(Position position, String device, long ordinal, int message)
            implements Stimulus {
        /** Of no particular message. */
        public DuplicateInterrupt(Position position, String device, long ordinal) {
            this(position, device, ordinal, ANY_MESSAGE);
        }
    }

    /** The device's interrupt with that ordinal arrives later. */
    record DelayInterrupt(Position position, String device, long ordinal, long delayNs, int message)
            implements Stimulus {
        /** Of no particular message. */
        public DelayInterrupt(Position position, String device, long ordinal, long delayNs) {
            this(position, device, ordinal, delayNs, ANY_MESSAGE);
        }
    }

    /** The device's interrupt is requested without cause, again and again. */
    record Storm(Position position, String device, long count, long periodNs, int message)
            implements Stimulus {
        /** Of no particular message. */
        public Storm(Position position, String device, long count, long periodNs) {
            this(position, device, count, periodNs, ANY_MESSAGE);
        }
    }

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

    /**
     * Something happens to a device by Plug and Play.
     *
     * @param deviceNumber place of the device in the scenario, from 0
     * @param nanoseconds how long a stop lasts
     */
    record Plug(
            Position position, String device, int deviceNumber, PlugAction action, long nanoseconds)
            implements Stimulus {}

    /** The system is shut down. */
    record Shutdown(Position position) implements Stimulus {}

    /** A driver is unloaded. */
    record Unload(Position position, String driver, int driverNumber) implements Stimulus {}
}
