package dev.dirql.scenario.language;

import java.util.List;
import java.util.Map;

/**
 * The machine of a scenario; what the scenario and the command line leave out has its usual value.
 *
 * @param processors 1 to 64
 * @param seed 0: the default policy undisturbed
 * @param quantumNs how far a processor may run ahead of the others with steps that no other can see
 * @param stepNs virtual time of one step
 * @param verifier bug-check as the Driver Verifier would
 * @param memoryBytes physical memory, a multiple of 4 KiB
 * @param limitNs virtual time after which the run ends
 * @param stepLimit steps of all processors together after which the run ends
 * @param tickNs time between two clock interrupts
 */
public record MachineDeclaration(
        int processors,
        long seed,
        long quantumNs,
        long stepNs,
        Paging paging,
        boolean verifier,
        long memoryBytes,
        long limitNs,
        long stepLimit,
        long tickNs) {
    private static final long SECOND = 1_000_000_000L;

    /**
     * Whether a pageable page that nobody locked is in memory when code at raised IRQL touches it.
     */
    public enum Paging {
        /** Never. */
        FORCE("force"),
        /** A decision of the run. */
        EXPLORE("explore"),
        /** Always. */
        RESIDENT("resident");

        private final String word;

        Paging(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

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
                            "paging",
                            new PropertyKind.Choice(List.of("force", "explore", "resident")),
                            new Value.Word("force"),
                            "Whether a pageable page is absent at raised IRQL: always, as a"
                                    + " decision, never."),
                    PropertyType.of(
                            "verifier",
                            new PropertyKind.Switch(),
                            new Value.Truth(false),
                            "Bug-check as the Driver Verifier would."),
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
                            "Steps of all processors together after which the run ends."),
                    PropertyType.of(
                            "tick",
                            new PropertyKind.Time(100_000, SECOND),
                            new Value.Time(15_625_000),
                            "Time between two clock interrupts."));

    /** From values for every one of {@link #PROPERTIES}, by name. */
    static MachineDeclaration of(Map<String, Value> values) {
        String paging = ((Value.Word) value(values, "paging")).word();
        return new MachineDeclaration(
                (int) whole(values, "processors"),
                whole(values, "seed"),
                time(values, "quantum"),
                time(values, "step"),
                List.of(Paging.values()).stream()
                        .filter(choice -> choice.word().equals(paging))
                        .findFirst()
                        .orElseThrow(),
                ((Value.Truth) value(values, "verifier")).value(),
                ((Value.Size) value(values, "memory")).bytes(),
                time(values, "limit"),
                whole(values, "steps"),
                time(values, "tick"));
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
