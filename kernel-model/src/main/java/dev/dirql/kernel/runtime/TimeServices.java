package dev.dirql.kernel.runtime;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.threads.SystemTime;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;

/**
 * Times as 100 ns since 1601, as fields of a calendar, and as seconds. Source: WDK, TIME_FIELDS and
 * the page of each routine.
 */
public final class TimeServices {
    private static final long SECOND = 10_000_000;
    private static final long MILLISECOND = 10_000;
    private static final int FIELDS_BYTES = 16;
    private static final int FIRST_YEAR = 1601;
    private static final int YEAR_MAXIMUM = 30827;
    private static final int TIME_ZONE_BIAS = 0x20;
    private static final long SECONDS_TO_1970 = 11_644_473_600L;
    private static final long SECONDS_TO_1980 = 11_960_006_400L;

    /** Year, month, day, hour, minute, second, millisecond and day of the week from Sunday. */
    @Ddi("RtlTimeToTimeFields")
    void toFields(Processor processor, long time, long fields) {
        ProcessorMemory memory = processor.memory();
        long units = memory.load64(time);
        memory.probe(fields, FIELDS_BYTES, true);
        long seconds = Long.divideUnsigned(units, SECOND);
        GregorianDate date = GregorianDate.ofDays(seconds / GregorianDate.DAY);
        int ofDay = (int) (seconds % GregorianDate.DAY);
        int[] values = {
            date.year(),
            date.month(),
            date.day(),
            ofDay / 3600,
            ofDay / 60 % 60,
            ofDay % 60,
            (int) (Long.remainderUnsigned(units, SECOND) / MILLISECOND),
            date.weekday()
        };
        for (int i = 0; i < values.length; i++) {
            memory.store16(fields + 2L * i, values[i]);
        }
    }

    @Ddi("RtlTimeFieldsToTime")
    boolean ofFields(Processor processor, long fields, long time) {
        ProcessorMemory memory = processor.memory();
        int[] values = new int[7];
        for (int i = 0; i < values.length; i++) {
            values[i] = (short) memory.load16(fields + 2L * i);
        }
        GregorianDate date = new GregorianDate(values[0], values[1], values[2]);
        boolean valid =
                values[0] >= FIRST_YEAR
                        && values[0] <= YEAR_MAXIMUM
                        && date.isValid()
                        && isBelow(values[3], 24)
                        && isBelow(values[4], 60)
                        && isBelow(values[5], 60)
                        && isBelow(values[6], 1000);
        if (!valid) {
            return false;
        }
        long seconds =
                date.days() * GregorianDate.DAY + values[3] * 3600L + values[4] * 60L + values[5];
        if (seconds > Long.MAX_VALUE / SECOND - 1) {
            return false;
        }
        memory.store64(time, seconds * SECOND + values[6] * MILLISECOND);
        return true;
    }

    private static boolean isBelow(int value, int limit) {
        return value >= 0 && value < limit;
    }

    @Ddi(value = "RtlTimeToSecondsSince1970", header = "ntifs.h", maximum = Irql.APC_LEVEL)
    boolean toSecondsSince1970(Processor processor, long time, long seconds) {
        return toSeconds(processor, time, seconds, SECONDS_TO_1970);
    }

    @Ddi(value = "RtlTimeToSecondsSince1980", header = "ntifs.h", maximum = Irql.APC_LEVEL)
    boolean toSecondsSince1980(Processor processor, long time, long seconds) {
        return toSeconds(processor, time, seconds, SECONDS_TO_1980);
    }

    /** Only what 32 bits can hold. */
    private static boolean toSeconds(Processor processor, long time, long result, long start) {
        ProcessorMemory memory = processor.memory();
        long seconds = Long.divideUnsigned(memory.load64(time), SECOND) - start;
        if (seconds < 0 || seconds > 0xFFFF_FFFFL) {
            return false;
        }
        memory.store32(result, seconds);
        return true;
    }

    @Ddi(value = "RtlSecondsSince1970ToTime", header = "ntifs.h", maximum = Irql.APC_LEVEL)
    void ofSecondsSince1970(Processor processor, int seconds, long time) {
        ofSeconds(processor, seconds, time, SECONDS_TO_1970);
    }

    @Ddi(value = "RtlSecondsSince1980ToTime", header = "ntifs.h", maximum = Irql.APC_LEVEL)
    void ofSecondsSince1980(Processor processor, int seconds, long time) {
        ofSeconds(processor, seconds, time, SECONDS_TO_1980);
    }

    private static void ofSeconds(Processor processor, int seconds, long time, long start) {
        processor.memory().store64(time, ((seconds & 0xFFFF_FFFFL) + start) * SECOND);
    }

    @Ddi("ExSystemTimeToLocalTime")
    void toLocal(Processor processor, long system, long local) {
        ProcessorMemory memory = processor.memory();
        memory.store64(local, memory.load64(system) - bias(memory));
    }

    @Ddi("ExLocalTimeToSystemTime")
    void toSystem(Processor processor, long local, long system) {
        ProcessorMemory memory = processor.memory();
        memory.store64(system, memory.load64(local) + bias(memory));
    }

    /** From the shared data that programs read, too. */
    private static long bias(ProcessorMemory memory) {
        long at = SystemTime.SHARED_DATA + TIME_ZONE_BIAS;
        return memory.load32(at) | memory.load32(at + 4) << 32;
    }
}
