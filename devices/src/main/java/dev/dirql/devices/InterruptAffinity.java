package dev.dirql.devices;

import java.util.List;

/**
 * Which processors the system assigns the interrupts of a device to. WDK, IRQ_DEVICE_POLICY: the
 * words stand for its values in their order. All processors are close to all devices.
 */
public final class InterruptAffinity {
    static final Property AFFINITY =
            Property.of(
                    "affinity",
                    new PropertyKind.Choice(
                            List.of(
                                    "machine_default",
                                    "all_close",
                                    "one_close",
                                    "all",
                                    "specified",
                                    "spread")),
                    new PropertyValue.Word("machine_default"),
                    "Processors that take its interrupts: all, one, those of processors, or each"
                            + " message another one; as IRQ_DEVICE_POLICY names it.");

    static final Property PROCESSORS =
            Property.optional(
                    "processors",
                    new PropertyKind.Whole(1, Long.MAX_VALUE),
                    "With affinity specified: the processors, a bit each.");

    private InterruptAffinity() {}

    /**
     * Processors that may take an interrupt, a bit each.
     *
     * @param device number of the device
     * @param message number of the message; 0 for a line
     * @param processors how many the machine has
     * @throws IllegalArgumentException if the properties name no processor of the machine
     */
    public static long of(
            String name, PropertyValues values, int device, int message, int processors) {
        long all = -1L >>> (64 - processors);
        String policy = values.has(AFFINITY.name()) ? values.word(AFFINITY.name()) : "all";
        boolean specified = policy.equals("specified");
        if (specified != values.has(PROCESSORS.name())) {
            throw new IllegalArgumentException(
                    "device %s: affinity specified and processors go together".formatted(name));
        }
        return switch (policy) {
            case "one_close" -> 1L << device % processors;
            case "spread" -> 1L << message % processors;
            case "specified" -> {
                long set = values.number(PROCESSORS.name()) & all;
                if (set == 0) {
                    throw new IllegalArgumentException(
                            "device %s: the machine has none of its processors".formatted(name));
                }
                yield set;
            }
            default -> all;
        };
    }
}
