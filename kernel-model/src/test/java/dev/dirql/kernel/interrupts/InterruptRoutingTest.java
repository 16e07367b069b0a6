package dev.dirql.kernel.interrupts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.kernel.TestKernel;
import dev.dirql.machine.DeviceRegisters;
import dev.dirql.machine.Processor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InterruptRoutingTest {
    private static final long TABLE = 0xFE00_0000L;
    private static final long MASK_BITS = 0xFE01_0000L;
    private static final int FIRST = InterruptVectors.ofMessage(0);
    private static final int SECOND = InterruptVectors.ofMessage(1);

    /** Keeps the words that are written. */
    private static final class Words implements DeviceRegisters {
        private final long[] words = new long[16];

        @Override
        public long read(Processor processor, long offset, int size) {
            return words[(int) offset / 4];
        }

        @Override
        public void write(Processor processor, long offset, int size, long value) {
            words[(int) offset / 4] = value;
        }

        List<Long> entry(int number) {
            List<Long> entry = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                entry.add(words[4 * number + i]);
            }
            return entry;
        }
    }

    private static final int LINE = 11;
    private static final int LINE_VECTOR = InterruptVectors.ofLine(LINE);
    private static final int LINE_ENTRY = 0x10 + 2 * LINE;
    private static final long MASKED = 1 << 16;

    private final TestKernel test = new TestKernel(2);
    private final Processor processor = test.machine.processor(0);
    private final InterruptRouting routing = new InterruptRouting(test.machine);
    private final Words words = new Words();

    private static InterruptDevice.Message message(int vector) {
        return new InterruptDevice.Message(vector, vector >>> 4, 3, 0xFEE0_300CL, vector);
    }

    private InterruptDevice device(boolean msix) {
        InterruptDevice device =
                new InterruptDevice(
                        "nic",
                        List.of(),
                        List.of(message(FIRST), message(SECOND)),
                        msix ? TABLE : 0,
                        msix ? 3 : 0,
                        msix ? 0 : MASK_BITS);
        test.machine.bus().claimMemory("words", msix ? TABLE : MASK_BITS, 0x1000, words);
        routing.setDevices(List.of(device));
        return device;
    }

    @Test
    void entriesBeyondTheMessagesSendMessage0AndEachIsMaskedUntilItsMessageIsConnected() {
        device(true);

        routing.route(processor, FIRST, KInterrupt.LATCHED, 3, 3);

        assertThat(words.entry(0)).containsExactly(0xFEE0_300CL, 0L, (long) FIRST, 0L);
        assertThat(words.entry(1)).containsExactly(0L, 0L, 0L, 0L);
        assertThat(words.entry(2)).containsExactly(0xFEE0_300CL, 0L, (long) FIRST, 0L);

        routing.setOpen(processor, FIRST, false);

        assertThat(words.entry(0)).endsWith(1L);
        assertThat(words.entry(2)).endsWith(1L);
    }

    @Test
    void aMessageGoesToTheProcessorsThatItIsConnectedFor() {
        device(true);

        routing.route(processor, SECOND, KInterrupt.LATCHED, 2, 3);

        assertThat(words.entry(1)).startsWith(0xFEE0_1000L);
    }

    @Test
    void aDriverLetsAnEntrySendAnotherMessageAndMasksIt() {
        InterruptDevice device = device(true);
        routing.route(processor, FIRST, KInterrupt.LATCHED, 3, 3);
        routing.route(processor, SECOND, KInterrupt.LATCHED, 3, 3);

        assertThat(routing.setEntry(processor, device, 2, 1)).isTrue();
        assertThat(words.entry(2)).contains((long) SECOND).endsWith(0L);

        assertThat(routing.setMasked(processor, device, 2, true)).isTrue();
        assertThat(words.entry(2)).endsWith(1L);
        routing.setOpen(processor, SECOND, true);
        assertThat(words.entry(2)).endsWith(1L);
        assertThat(routing.setMasked(processor, device, 2, false)).isTrue();
        assertThat(words.entry(2)).endsWith(0L);

        assertThat(routing.setEntry(processor, device, 3, 0)).isFalse();
        assertThat(routing.setEntry(processor, device, 0, 2)).isFalse();
        assertThat(routing.setMasked(processor, device, -1, true)).isFalse();
    }

    @Test
    void messagesOfMsiAreMaskedByTheirBits() {
        InterruptDevice device = device(false);
        words.words[0] = 0b11;

        routing.route(processor, SECOND, KInterrupt.LATCHED, 3, 3);

        assertThat(words.words[0]).isEqualTo(0b01);
        assertThat(routing.setMasked(processor, device, 0, true)).isFalse();

        routing.setOpen(processor, SECOND, false);

        assertThat(words.words[0]).isEqualTo(0b11);
    }

    /** The redirection entries of an I/O APIC, by register. */
    private long[] redirections() {
        long[] registers = new long[0x40];
        int[] selected = new int[1];
        test.machine
                .bus()
                .claimMemory(
                        "I/O APIC",
                        0xFEC0_0000L,
                        0x1000,
                        new DeviceRegisters() {
                            @Override
                            public long read(Processor by, long offset, int size) {
                                return registers[selected[0]];
                            }

                            @Override
                            public void write(Processor by, long offset, int size, long value) {
                                if (offset == 0) {
                                    selected[0] = (int) value;
                                } else {
                                    registers[selected[0]] = value;
                                }
                            }
                        });
        return registers;
    }

    @Test
    void aSilencedLineIsMaskedAndSpeaksAgainAsItWasRouted() {
        long[] registers = redirections();
        routing.route(processor, LINE_VECTOR, KInterrupt.LEVEL_SENSITIVE, 2, 3);
        long routed = registers[LINE_ENTRY];
        long destination = registers[LINE_ENTRY + 1];
        assertThat(routed & MASKED).isZero();

        routing.silence(processor, LINE_VECTOR);

        assertThat(registers[LINE_ENTRY]).isEqualTo(routed | MASKED);

        routing.unsilence(processor, LINE_VECTOR);

        assertThat(registers[LINE_ENTRY]).isEqualTo(routed);
        assertThat(registers[LINE_ENTRY + 1]).isEqualTo(destination);
    }

    @Test
    void aSilencedLineThatWasClosedMeanwhileStaysMaskedUntilItIsRoutedAgain() {
        long[] registers = redirections();
        routing.route(processor, LINE_VECTOR, KInterrupt.LEVEL_SENSITIVE, 2, 3);
        long routed = registers[LINE_ENTRY];
        routing.silence(processor, LINE_VECTOR);
        routing.setOpen(processor, LINE_VECTOR, false);

        routing.unsilence(processor, LINE_VECTOR);

        assertThat(registers[LINE_ENTRY]).isEqualTo(MASKED);

        routing.route(processor, LINE_VECTOR, KInterrupt.LEVEL_SENSITIVE, 2, 3);

        assertThat(registers[LINE_ENTRY]).isEqualTo(routed);
    }
}
