package dev.dirql.scenario.language;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The machine of a scenario; what the scenario and the command line leave out has its usual value.
 *
 * @param processors 1 to 64
 * @param seed 0: the default policy undisturbed
 * @param quantumNs how far a processor may run ahead of the others with steps that no other can see
 * @param stepNs virtual time of one step
 * @param memoryBytes physical memory, a multiple of 4 KiB
 * @param limitNs virtual time after which the run ends
 * @param stepLimit steps of all processors together after which the run ends
 * @param kernel a value for each of the {@link KnownNames#kernelSettings}, by name
 */
public record MachineDeclaration(
        int processors,
        long seed,
        long quantumNs,
        long stepNs,
        long memoryBytes,
        long limitNs,
        long stepLimit,
        SequencedMap<String, Value> kernel) {
    private static final long SECOND = 1_000_000_000L;

    /** What may be written between the braces of a machine declaration. */
    public static final List<PropertyType> PROPERTIES =
            List.of(
                    PropertyType.of(
                            "processors",
                            new PropertyKind.Whole(1, 64),
                            new Value.Whole(1),
                            "Number of processors."),
                    PropertyType.of(
                            "seed",
                            new PropertyKind.Whole(0, Long.MAX_VALUE),
                            new Value.Whole(0),
                            "Disturbs the default policy; 0 leaves it alone."),
                    PropertyType.of(
                            "quantum",
                            new PropertyKind.Time(1, SECOND),
                            new Value.Time(500),
                            "How far a processor may run ahead of the others with steps that no"
                                    + " other can see."),
                    PropertyType.of(
                            "step",
                            new PropertyKind.Time(1, 1_000_000),
                            new Value.Time(1),
                            "Virtual time of one step."),
                    PropertyType.of(
                            "memory",
                            new PropertyKind.Size(16L << 20, 3L << 30),
                            new Value.Size(256L << 20),
                            "Physical memory, a multiple of 4KB."),
                    PropertyType.of(
                            "limit",
                            new PropertyKind.Time(1, 24 * 3600 * SECOND),
                            new Value.Time(3600 * SECOND),
                            "Virtual time after which the run ends."),
                    PropertyType.of(
                            "steps",
                            new PropertyKind.Whole(1, Long.MAX_VALUE),
                            new Value.Whole(10_000_000_000L),
                            "Steps of all processors together after which the run ends."));

    public MachineDeclaration {
        kernel = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(kernel));
    }

    /** From values for every one of {@link #PROPERTIES}, and of the kernel's, by name. */
    static MachineDeclaration of(Map<String, Value> values, List<PropertyType> kernelSettings) {
        SequencedMap<String, Value> kernel = new LinkedHashMap<>();
        for (PropertyType setting : kernelSettings) {
            kernel.put(setting.name(), value(values, setting.name()));
        }
        return new MachineDeclaration(
                (int) whole(values, "processors"),
                whole(values, "seed"),
                time(values, "quantum"),
                time(values, "step"),
                ((Value.Size) value(values, "memory")).bytes(),
                time(values, "limit"),
                whole(values, "steps"),
                kernel);
    }

    private static long whole(Map<String, Value> values, String name) {
        return ((Value.Whole) value(values, name)).value();
    }

    private static long time(Map<String, Value> values, String name) {
        return ((Value.Time) value(values, name)).nanoseconds();
    }

    private static Value value(Map<String, Value> values, String name) {
        Value value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("machine property " + name + " has no value");
        }
        return value;
    }
}
