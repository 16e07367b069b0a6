package dev.dirql.kernel.runtime;

/**
 * A day of the Gregorian calendar from 1601 on, the first year of a cycle of 400 years.
 *
 * @param month from 1
 * @param day from 1
 */
record GregorianDate(int year, int month, int day) {
    /** Seconds of a day. */
    static final long DAY = 86_400;

    private static final int FIRST_YEAR = 1601;
    private static final int DAYS_OF_400_YEARS = 146_097;
    private static final int DAYS_OF_100_YEARS = 36_524;
    private static final int DAYS_OF_4_YEARS = 1461;
    private static final int DAYS_OF_YEAR = 365;
    private static final int[] DAYS_OF_MONTHS = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    /** The day that is so many days after 1 January 1601. */
    static GregorianDate ofDays(long days) {
        int left = (int) (days % DAYS_OF_400_YEARS);
        int years = (int) (days / DAYS_OF_400_YEARS) * 400;
        // The last day of a leap year belongs to the year, and that of a cycle to the century.
        int centuries = Math.min(3, left / DAYS_OF_100_YEARS);
        left -= centuries * DAYS_OF_100_YEARS;
        int fours = left / DAYS_OF_4_YEARS;
        left -= fours * DAYS_OF_4_YEARS;
        int ones = Math.min(3, left / DAYS_OF_YEAR);
        left -= ones * DAYS_OF_YEAR;
        int year = FIRST_YEAR + years + 100 * centuries + 4 * fours + ones;
        int month = 1;
        while (left >= daysOfMonth(year, month)) {
            left -= daysOfMonth(year, month);
            month++;
        }
        return new GregorianDate(year, month, left + 1);
    }

    private static boolean isLeap(int year) {
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    }

    private static int daysOfMonth(int year, int month) {
        return DAYS_OF_MONTHS[month - 1] + (month == 2 && isLeap(year) ? 1 : 0);
    }

    /** Whether there is such a day. */
    boolean isValid() {
        return month >= 1 && month <= 12 && day >= 1 && day <= daysOfMonth(year, month);
    }

    /** Days after 1 January 1601. */
    long days() {
        long years = (long) year - FIRST_YEAR;
        long days = years * DAYS_OF_YEAR + years / 4 - years / 100 + years / 400;
        for (int i = 1; i < month; i++) {
            days += daysOfMonth(year, i);
        }
        return days + day - 1;
    }

    /** 0 for Sunday. The first day was a Monday. */
    int weekday() {
        return (int) ((days() + 1) % 7);
    }
}
