package dev.dirql.kernel.interrupts;

/**
 * Which vector stands for what. The IRQL of a vector is its class: its number divided by 16. The
 * wires into the I/O APIC are spread over the device levels 3 to 11 in turn: line n has IRQL 3 + n
 * mod 9. Messages get vectors from 8 upwards in their class.
 */
public final class InterruptVectors {
    public static final int APC = 0x1F;
    public static final int DISPATCH = 0x2F;
    public static final int CLOCK = 0xD1;
    public static final int IPI = 0xE1;

    /** Lines that have a vector. */
    public static final int LINES_MAXIMUM = 72;

    private static final int DEVICE_LEVELS = 9;
    private static final int FIRST_LEVEL = 3;

    private InterruptVectors() {}

    /** The vector of an I/O APIC input, as HalGetInterruptVector and PnP resources tell it. */
    public static int ofLine(int line) {
        if (line < 0 || line >= LINES_MAXIMUM) {
            throw new IllegalArgumentException("line " + line + ", not 0 to 71");
        }
        return (FIRST_LEVEL + line % DEVICE_LEVELS) << 4 | line / DEVICE_LEVELS;
    }

    /** The I/O APIC input of a vector, or -1 if none has it. */
    public static int lineOf(int vector) {
        int level = irqlOf(vector) - FIRST_LEVEL;
        int row = vector & 15;
        return level < 0 || level >= DEVICE_LEVELS || row >= 8 ? -1 : row * DEVICE_LEVELS + level;
    }

    /** A vector for the n-th message-signaled interrupt of the machine, 0 to 71. */
    public static int ofMessage(int message) {
        if (message < 0 || message >= LINES_MAXIMUM) {
            throw new IllegalArgumentException("message " + message + ", not 0 to 71");
        }
        return (FIRST_LEVEL + message % DEVICE_LEVELS) << 4 | 8 + message / DEVICE_LEVELS;
    }

    public static int irqlOf(int vector) {
        return vector >>> 4;
    }

    /** Whether a vector has a level that devices may have. */
    public static boolean isDevice(int vector) {
        int irql = irqlOf(vector);
        return irql >= FIRST_LEVEL && irql < FIRST_LEVEL + DEVICE_LEVELS;
    }
}
