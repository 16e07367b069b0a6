package dev.dirql.kernel;

/**
 * Interrupt request levels of x64 Windows: the class of a vector (its number divided by 16), and
 * what CR8 holds. The values are those of the WDK's wdm.h for x64.
 */
public final class Irql {
    public static final int PASSIVE_LEVEL = 0;
    public static final int APC_LEVEL = 1;
    public static final int DISPATCH_LEVEL = 2;

    /** The lowest and the highest level that a device's interrupt may have. */
    public static final int DEVICE_LEVEL_MINIMUM = 3;

    public static final int DEVICE_LEVEL_MAXIMUM = 11;
    public static final int SYNCH_LEVEL = 12;
    public static final int CLOCK_LEVEL = 13;
    public static final int IPI_LEVEL = 14;
    public static final int HIGH_LEVEL = 15;

    private Irql() {}

    /** The WDK's name of a level, as {@code DISPATCH_LEVEL} or {@code DIRQL 7}. */
    public static String name(int irql) {
        return switch (irql) {
            case PASSIVE_LEVEL -> "PASSIVE_LEVEL";
            case APC_LEVEL -> "APC_LEVEL";
            case DISPATCH_LEVEL -> "DISPATCH_LEVEL";
            case SYNCH_LEVEL -> "SYNCH_LEVEL";
            case CLOCK_LEVEL -> "CLOCK_LEVEL";
            case IPI_LEVEL -> "IPI_LEVEL";
            case HIGH_LEVEL -> "HIGH_LEVEL";
            default -> "DIRQL " + irql;
        };
    }
}
