package dev.dirql.kernel.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.kernel.KernelCalls;
import dev.dirql.machine.ProcessorMemory;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Functions of C and of the kernel's library against Java's of the same meaning. */
class RuntimeLibraryTest {
    private static final int ROUNDS = 2000;

    private final KernelCalls kernel = new KernelCalls();
    private final ProcessorMemory memory = kernel.processor.memory();

    RuntimeLibraryTest() {
        kernel.export(
                new BitMapServices(),
                new NarrowStringServices(),
                new NumberServices(),
                new PrintServices(),
                new TimeServices());
    }

    @Test
    void numbersArePrintedAsJavaPrintsThem() {
        long to = kernel.data(0x100);
        Random random = new Random(1);
        for (int i = 0; i < ROUNDS; i++) {
            String flags = random.nextBoolean() ? "-" : random.nextBoolean() ? "0" : "";
            String format = "%" + flags + (1 + random.nextInt(20)) + "dxX".charAt(i % 3);
            int value = random.nextInt() >> random.nextInt(32);
            long address = place(format);

            long length = kernel.call("sprintf", to, address, value);

            String expected = String.format(Locale.ROOT, format, value);
            assertThat(text(to)).as(format).isEqualTo(expected);
            assertThat(length).isEqualTo(expected.length());
        }
    }

    @Test
    void whatIsCutIsTheBeginningOfTheWhole() {
        long to = kernel.data(0x40);
        long format = place("%s");
        long argument = kernel.text("0123456789");
        for (int count = 1; count < 20; count++) {
            for (int i = 0; i < 0x40; i++) {
                memory.store8(to + i, '!');
            }

            int length = (int) kernel.call("_snprintf", to, count, format, argument);

            assertThat(length).isEqualTo(count < 10 ? -1 : 10);
            int kept = Math.min(count, 10);
            for (int i = 0; i < 0x40; i++) {
                int expected = i < kept ? '0' + i : i == kept && count > 10 ? 0 : '!';
                assertThat(memory.load8(to + i)).isEqualTo(expected);
            }
        }
    }

    @Test
    void numbersAreReadAsTheyWereWritten() {
        long to = kernel.data(0x60);
        Random random = new Random(2);
        for (int i = 0; i < ROUNDS; i++) {
            long value = random.nextLong() >>> random.nextInt(64);
            int radix = 2 + random.nextInt(35);

            assertThat(kernel.call("_ui64toa_s", value, to, 0x60, radix)).isZero();

            assertThat(text(to)).isEqualTo(Long.toUnsignedString(value, radix));
            assertThat(kernel.call("_strtoui64", to, 0, radix)).isEqualTo(value);
        }
    }

    @Test
    void stringsAreFoundWhereJavaFindsThem() {
        Random random = new Random(3);
        long string = kernel.data(0x40);
        long wanted = kernel.data(0x10);
        for (int i = 0; i < ROUNDS; i++) {
            String text = word(random, random.nextInt(30));
            String part = word(random, random.nextInt(4));
            store(string, text);
            store(wanted, part);

            int found = text.indexOf(part);

            assertThat(kernel.call("strstr", string, wanted))
                    .as("%s in %s", part, text)
                    .isEqualTo(found < 0 ? 0 : string + found);
            assertThat(Integer.signum((int) kernel.call("strcmp", string, wanted)))
                    .isEqualTo(Integer.signum(text.compareTo(part)));
            int last = text.lastIndexOf('a');
            assertThat(kernel.call("strrchr", string, 'a')).isEqualTo(last < 0 ? 0 : string + last);
        }
    }

    @Test
    void timesAreThoseOfTheCalendar() {
        Random random = new Random(4);
        long time = kernel.data(8);
        long fields = kernel.data(16);
        LocalDateTime first = LocalDateTime.of(1601, 1, 1, 0, 0);
        for (int i = 0; i < ROUNDS; i++) {
            long milliseconds = random.nextLong(900_000_000_000_000L);
            memory.store64(time, milliseconds * 10_000);

            kernel.call("RtlTimeToTimeFields", time, fields);

            LocalDateTime date = first.plus(milliseconds, ChronoUnit.MILLIS);
            assertThat(memory.load16(fields)).isEqualTo(date.getYear());
            assertThat(memory.load16(fields + 4)).isEqualTo(date.getDayOfMonth());
            assertThat(memory.load16(fields + 2)).isEqualTo(date.getMonthValue());
            assertThat(memory.load16(fields + 6)).isEqualTo(date.getHour());
            assertThat(memory.load16(fields + 8)).isEqualTo(date.getMinute());
            assertThat(memory.load16(fields + 10)).isEqualTo(date.getSecond());
            assertThat(memory.load16(fields + 14)).isEqualTo(date.getDayOfWeek().getValue() % 7);
            memory.store64(time, 0);
            assertThat(kernel.call("RtlTimeFieldsToTime", fields, time)).isEqualTo(1);
            assertThat(memory.load64(time)).isEqualTo(milliseconds * 10_000);
        }
    }

    @Test
    void bitsAreFoundWhereASearchOfThemAllFindsThem() {
        long map = kernel.data(16);
        long words = kernel.data(16);
        for (int seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            int size = 1 + random.nextInt(100);
            BitSet bits = BitSet.valueOf(new long[] {random.nextLong(), random.nextLong()});
            bits.clear(size, 128);
            kernel.call("RtlInitializeBitMap", map, words, size);
            for (int i = 0; i < size; i++) {
                kernel.call(bits.get(i) ? "RtlSetBit" : "RtlClearBit", map, i);
            }
            int count = 1 + random.nextInt(4);
            int hint = random.nextInt(size);

            int found = (int) kernel.call("RtlFindClearBits", map, count, hint);

            assertThat(found).as("seed %d", seed).isEqualTo(search(bits, size, count, hint));
            assertThat(kernel.call("RtlNumberOfSetBits", map)).isEqualTo(bits.cardinality());
        }
    }

    private static int search(BitSet bits, int size, int count, int hint) {
        for (int i = 0; i < size; i++) {
            int start = (hint + i) % size;
            if (start + count <= size && bits.get(start, start + count).isEmpty()) {
                return start;
            }
        }
        return -1;
    }

    private static String word(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(2)));
        }
        return text.toString();
    }

    private long formatAt;

    private long place(String format) {
        formatAt = formatAt == 0 ? kernel.data(0x20) : formatAt;
        store(formatAt, format);
        return formatAt;
    }

    private void store(long address, String text) {
        for (int i = 0; i < text.length(); i++) {
            memory.store8(address + i, text.charAt(i));
        }
        memory.store8(address + text.length(), 0);
    }

    private String text(long address) {
        return new String(CharacterSize.NARROW.text(memory, address));
    }
}
