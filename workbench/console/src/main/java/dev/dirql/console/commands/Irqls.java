package dev.dirql.console.commands;

/** Names of IRQLs on x64, as wdm.h has them. */
final class Irqls {
    private static final String[] NAMES = {"PASSIVE_LEVEL", "APC_LEVEL", "DISPATCH_LEVEL"};

    private Irqls() {}

    static String name(int irql) {
        return switch (irql) {
            case 0, 1, 2 -> NAMES[irql];
            case 12 -> "SYNCH_LEVEL";
            case 13 -> "CLOCK_LEVEL";
            case 14 -> "IPI_LEVEL";
            case 15 -> "HIGH_LEVEL";
            default -> "device";
        };
    }

    /** {@code 2 (DISPATCH_LEVEL)}. */
    static String text(int irql) {
        return irql + " (" + name(irql) + ")";
    }
}
