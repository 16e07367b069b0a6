package dev.dirql.kernel.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import dev.dirql.kernel.KernelCalls;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.images.Unwinder;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.machine.ProcessorMemory;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DebugServicesTest {
    private final KernelCalls kernel = new KernelCalls();
    private final ProcessorMemory memory = kernel.processor.memory();

    DebugServicesTest() {
        Unwinder unwinder = new Unwinder(kernel.machine, new LoadedImages());
        BugChecks bugChecks = new BugChecks(kernel.machine, unwinder);
        Rules rules = new Rules(kernel.machine, bugChecks, unwinder, false);
        kernel.export(new DebugServices(kernel.engine, rules));
    }

    @Test
    void numbersOfAllSizesArePrinted() {
        assertThat(print("%d %u %x %X", -1, -1, 0xABCDEF, 0xABCDEF))
                .isEqualTo("-1 4294967295 abcdef ABCDEF");
        assertThat(print("%I64d %llu %I64x", -2, -2, 0x123456789ABL))
                .isEqualTo("-2 18446744073709551614 123456789ab");
        assertThat(print("%hd %hhu %ld %Iu %I32d", 0x1FFFF, 0x1FF, -3, -1, -4))
                .isEqualTo("-1 255 -3 18446744073709551615 -4");
        assertThat(print("%o %#o %#x %#X", 8, 8, 255, 255)).isEqualTo("10 010 0xff 0XFF");
    }

    @Test
    void widthPrecisionAndFlagsAreKept() {
        assertThat(print("[%5d][%-5d][%05d][%+d][% d]", 42, 42, 42, 42, 42))
                .isEqualTo("[   42][42   ][00042][+42][ 42]");
        assertThat(print("[%.4d][%8.3d][%*d][%-*d]", 7, 7, 4, 1, 3, 2))
                .isEqualTo("[0007][     007][   1][2  ]");
        assertThat(print("[%08x][%.2x][%.0d]", 0xBEEF, 0xBEEF, 0)).isEqualTo("[0000beef][beef][]");
    }

    @Test
    void pointersHaveSixteenDigits() {
        assertThat(print("%p", 0xFFFFB800_00001234L)).isEqualTo("FFFFB80000001234");
        assertThat(print("%p", 0)).isEqualTo("0000000000000000");
    }

    @Test
    void stringsAreRead() {
        long narrow = kernel.text("disk");
        long wide = kernel.wide("W\u00edde");

        assertThat(print("%s|%10s|%-6s|%.2s", narrow, narrow, narrow, narrow))
                .isEqualTo("disk|      disk|disk  |di");
        assertThat(print("%S %ws %ls %hS %c%C", wide, wide, wide, narrow, 'a', 'b'))
                .isEqualTo("W\u00edde W\u00edde W\u00edde disk ab");
        assertThat(print("%s %.3s", 0, 0)).isEqualTo("(null) (nu");
    }

    @Test
    void countedStringsAreRead() {
        UnicodeString string = new UnicodeString(memory, kernel.data(16));
        string.setLength(8);
        string.setBuffer(kernel.wide("DeviceX"));
        long ansi = kernel.data(16);
        memory.store16(ansi, 3);
        memory.store64(ansi + 8, kernel.text("abcdef"));

        assertThat(print("%wZ %Z %10.2wZ", string.address(), ansi, string.address()))
                .isEqualTo("Devi abc         De");
        assertThat(print("%wZ", 0)).isEqualTo("(null)");
    }

    @Test
    void whatIsNoConversionStays() {
        assertThat(print("100%% %y %")).isEqualTo("100% %y %");
    }

    @Test
    void theOtherRoutinesTakeTheirArgumentsElsewhere() {
        long list = kernel.data(16);
        memory.store64(list, 11);
        memory.store64(list + 8, 12);

        kernel.call("DbgPrintEx", 77, 0, kernel.text("%d %d"), 1, 2);
        kernel.call("vDbgPrintEx", 77, 0, kernel.text("%d %d"), list);

        assertThat(kernel.events(Event.DebugPrinted.class))
                .containsExactly(
                        new Event.DebugPrinted("1 2", KernelCalls.CALLER),
                        new Event.DebugPrinted("11 12", KernelCalls.CALLER));
    }

    @Test
    void aBadPointerIsAnErrorBelowDispatchLevelAndAFaultAbove() {
        assertThat(kernel.call("DbgPrint", kernel.text("%s"), 0xFFFF9000_00000000L))
                .isEqualTo(0xC000_0005L);
        assertThat(kernel.events).isEmpty();

        kernel.setIrql(2);
        kernel.call("DbgPrint", kernel.text("%s"), 0xFFFF9000_00000000L);

        assertThat(kernel.bugChecks.get(0)).startsWith("fault ");
    }

    @Test
    void atMostFiveHundredAndTwelveBytesAreTransmitted() {
        assertThat(print("%600d", 1)).hasSize(512);
    }

    /** Where Java's formatter means the same, the two agree. */
    @Test
    void numbersAgreeWithAnotherFormatter() {
        long seed = 7;
        Random random = new Random(seed);
        for (int i = 0; i < 3000; i++) {
            String flags = List.of("", "-", "0", "+", " ").get(random.nextInt(5));
            int width = flags.isEmpty() && random.nextBoolean() ? 0 : 1 + random.nextInt(20);
            String type = List.of("d", "x", "X", "o").get(random.nextInt(4));
            boolean isSigned = type.equals("d");
            String kept = isSigned ? flags : flags.replace("+", "").replace(" ", "");
            String format = "%" + kept + (width == 0 ? "" : width);
            long value = random.nextLong() >>> random.nextInt(64);

            String expected = String.format(Locale.ROOT, format + type, value);

            assertThat(print(format + "I64" + type, value))
                    .as("seed %d, %s of %d", seed, format + type, value)
                    .isEqualTo(expected);
        }
    }

    /** Any format and any arguments end in a text or an error, and never in our own exception. */
    @Test
    void anyFormatEnds() {
        long seed = 99;
        Random random = new Random(seed);
        String letters = "%%%%%%dxsSwZlhI64.*-+ #0123456789cCpouin$\u00ff";
        long buffer = kernel.data(0x400);
        for (int i = 0; i < 5000; i++) {
            int length = random.nextInt(40);
            for (int j = 0; j < length; j++) {
                memory.store8(buffer + j, letters.charAt(random.nextInt(letters.length())) & 0xFF);
            }
            memory.store8(buffer + length, 0);
            long[] arguments = new long[8];
            arguments[0] = buffer;
            for (int j = 1; j < arguments.length; j++) {
                arguments[j] =
                        switch (random.nextInt(4)) {
                            case 0 -> buffer;
                            case 1 -> random.nextInt(100);
                            case 2 -> random.nextLong();
                            default -> 0;
                        };
            }

            long status = kernel.call("DbgPrint", arguments);

            assertThat(status).as("seed %d, round %d", seed, i).isIn(0L, 0xC000_0005L);
        }
    }

    private long formatAt;

    private String print(String format, long... arguments) {
        long[] all = new long[arguments.length + 1];
        all[0] = text(format);
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        int before = kernel.events.size();
        assertThat(kernel.call("DbgPrint", all)).isZero();
        return ((Event.DebugPrinted) kernel.events.get(before)).text();
    }

    /** Writes the format always at the same place: the guest's memory is small. */
    private long text(String format) {
        if (formatAt == 0) {
            formatAt = kernel.data(0x100);
        }
        for (int i = 0; i < format.length(); i++) {
            memory.store8(formatAt + i, format.charAt(i));
        }
        memory.store8(formatAt + format.length(), 0);
        return formatAt;
    }
}
