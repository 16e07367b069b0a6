package dev.dirql.simulation.view;

import java.util.Locale;

/** Numbers as people read them here: addresses in hex, counts in decimal, times with a unit. */
public final class Texts {
    private static final String[] IRQLS = {"PASSIVE", "APC", "DISPATCH"};

    private Texts() {}

    /** {@code 0xfffff80100001000}. */
    public static String address(long address) {
        return "0x" + Long.toHexString(address);
    }

    /** {@code 0xc0000010}: a status, with all of its digits. */
    public static String status(int status) {
        return String.format(Locale.ROOT, "0x%08x", status);
    }

    /** {@code 18,204}. */
    public static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** {@code 340 ns}, {@code 12.345 us}, {@code 3.000 ms}, {@code 20.000 s}. */
    public static String time(long ns) {
        if (ns < 0) {
            return "-" + time(-ns);
        }
        if (ns < 1_000) {
            return ns + " ns";
        }
        if (ns < 1_000_000) {
            return thousandths(ns, 1_000) + " us";
        }
        if (ns < 1_000_000_000) {
            return thousandths(ns, 1_000_000) + " ms";
        }
        return thousandths(ns, 1_000_000_000) + " s";
    }

    /** A moment to the nanosecond, in microseconds: {@code 12.345 us}. */
    public static String moment(long ns) {
        return String.format(Locale.ROOT, "%,d.%03d us", ns / 1_000, ns % 1_000);
    }

    private static String thousandths(long value, long unit) {
        long scaled = Math.round(value / (unit / 1000.0));
        return String.format(Locale.ROOT, "%d.%03d", scaled / 1000, scaled % 1000);
    }

    /** {@code PASSIVE 0}, {@code DISPATCH 2}, {@code device 8}, {@code CLOCK 13}. */
    public static String irql(int irql) {
        if (irql < IRQLS.length) {
            return IRQLS[irql] + " " + irql;
        }
        return switch (irql) {
            case 12 -> "SYNCH 12";
            case 13 -> "CLOCK 13";
            case 14 -> "IPI 14";
            case 15 -> "HIGH 15";
            default -> "device " + irql;
        };
    }

    /** {@code cpu1}, {@code -} where there was none. */
    public static String processor(int processor) {
        return processor < 0 ? "-" : "cpu" + processor;
    }

    /** {@code 1 lock}, {@code 2 locks}. */
    public static String plural(long count, String noun) {
        return count(count) + " " + noun + (count == 1 ? "" : "s");
    }
}
