package dev.dirql.devices;

import static dev.dirql.devices.DeviceFixture.number;
import static dev.dirql.devices.DeviceFixture.text;
import static dev.dirql.devices.DeviceFixture.word;
import static dev.dirql.devices.DeviceFixture.yes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dirql.events.Event;
import dev.dirql.machine.Snapshot;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class Uart16550Test {
    private static final int RBR = 0;
    private static final int THR = 0;
    private static final int DLL = 0;
    private static final int IER = 1;
    private static final int DLM = 1;
    private static final int IIR = 2;
    private static final int FCR = 2;
    private static final int LCR = 3;
    private static final int MCR = 4;
    private static final int LSR = 5;
    private static final int MSR = 6;
    private static final int SCR = 7;

    private static final int ERBFI = 1;
    private static final int ETBEI = 2;
    private static final int ELSI = 4;
    private static final int EDSSI = 8;
    private static final int OUT2 = 8;
    private static final int LOOP = 0x10;
    private static final int DLAB = 0x80;
    private static final int FIFOS = 0xC0;
    private static final int IDLE = 0x60;
    private static final int THRE = 0x20;

    /** With a clock of 16 MHz, divisor 1 and eight bits without parity a bit is 1 us. */
    private static final long BIT = 1_000;

    private static final long CHARACTER = 10 * BIT;

    private final DeviceFixture uart = made();

    private static DeviceFixture made(Object... more) {
        Object[] all = java.util.Arrays.copyOf(more, more.length + 2);
        all[more.length] = "clock";
        all[more.length + 1] = number(16_000_000);
        DeviceFixture made = DeviceFixture.latched("Uart16550", "uart", all);
        made.out(LCR, DLAB);
        made.out(DLL, 1);
        made.out(DLM, 0);
        made.out(LCR, 3);
        made.out(MCR, OUT2);
        return made;
    }

    private void receive(String text) {
        uart.happens("receive", "text", text(text));
    }

    private boolean line() {
        List<Event.LineChanged> changes = uart.test.events(Event.LineChanged.class);
        return !changes.isEmpty() && changes.getLast().asserted();
    }

    private String transmitted() {
        return uart.device.text("transmitted");
    }

    // ---- registers ----

    @Test
    void registersHaveTheirValuesOfAReset() {
        DeviceFixture fresh = DeviceFixture.latched("Uart16550", "uart");

        assertThat(fresh.device.portBase()).isEqualTo(0x3F8);
        assertThat(fresh.in(RBR)).isZero();
        assertThat(fresh.in(IER)).isZero();
        assertThat(fresh.in(IIR)).isEqualTo(1);
        assertThat(fresh.in(LCR)).isZero();
        assertThat(fresh.in(MCR)).isZero();
        assertThat(fresh.in(LSR)).isEqualTo(IDLE);
        assertThat(fresh.in(MSR)).isZero();
        assertThat(fresh.in(SCR)).isZero();
        fresh.out(LCR, DLAB);
        assertThat(fresh.in(DLL)).isEqualTo(12);
        assertThat(fresh.in(DLM)).isZero();
    }

    @Test
    void registersKeepWhatTheyHaveBitsFor() {
        uart.out(IER, 0xFF);
        uart.out(LCR, 0x7F);
        uart.out(MCR, 0xFF);
        uart.out(SCR, 0xA5);
        uart.out(LSR, 0);
        uart.out(MSR, 0xFF);

        assertThat(uart.in(IER)).isEqualTo(0x0F);
        assertThat(uart.in(LCR)).isEqualTo(0x7F);
        assertThat(uart.in(MCR)).isEqualTo(0x1F);
        assertThat(uart.in(SCR)).isEqualTo(0xA5);
        assertThat(uart.in(LSR)).isEqualTo(IDLE);
    }

    @Test
    void theDivisorLatchHidesDataAndInterruptEnable() {
        uart.out(IER, EDSSI);

        uart.out(LCR, DLAB | 3);
        uart.out(DLL, 0x34);
        uart.out(DLM, 0x12);

        assertThat(uart.in(DLL)).isEqualTo(0x34);
        assertThat(uart.in(DLM)).isEqualTo(0x12);
        uart.out(LCR, 3);
        assertThat(uart.in(IER)).isEqualTo(EDSSI);
        uart.pass(100 * CHARACTER);
        assertThat(transmitted()).isEmpty();
    }

    @Test
    void anAccessOfTwoPortsReachesBothRegisters() {
        uart.test
                .machine
                .bus()
                .writePort(uart.test.processor(0), uart.device.portBase() + MCR, 2, 0x0103);

        assertThat(uart.in(MCR)).isEqualTo(3);
        assertThat(
                        uart.test
                                .machine
                                .bus()
                                .readPort(uart.test.processor(0), uart.device.portBase() + MCR, 2))
                .isEqualTo(IDLE << 8 | 3);
    }

    @Test
    void itsRegistersCanBeMemory() {
        DeviceFixture mapped = DeviceFixture.latched("Uart16550", "uart", "memory", yes());

        assertThat(mapped.device.hasPorts()).isFalse();
        assertThat(mapped.read(4) >>> 8 & 0xFF).isEqualTo(IDLE);
        assertThat(mapped.device.constants().getFirst().definition())
                .isEqualTo("#define UART_RBR ((PUCHAR)0xFFFFA00000000000ULL)");
    }

    // ---- transmitter ----

    @Test
    void aCharacterIsOnTheLineAfterABitTimeAndItsOwnBits() {
        uart.out(THR, 'A');
        assertThat(uart.in(LSR)).isZero();

        uart.pass(BIT - 1);
        assertThat(uart.in(LSR)).isZero();
        uart.pass(1);
        assertThat(uart.in(LSR)).isEqualTo(THRE);
        uart.pass(CHARACTER - 1);
        assertThat(uart.in(LSR)).isEqualTo(THRE);
        assertThat(transmitted()).isEmpty();
        uart.pass(1);

        assertThat(uart.in(LSR)).isEqualTo(IDLE);
        assertThat(transmitted()).isEqualTo("A");
    }

    @Test
    void theFormatDecidesHowLongACharacterTakes() {
        assertThat(halfBits(0)).isEqualTo(2 * 7);
        assertThat(halfBits(1)).isEqualTo(2 * 8);
        assertThat(halfBits(2)).isEqualTo(2 * 9);
        assertThat(halfBits(3)).isEqualTo(2 * 10);
        assertThat(halfBits(3 | 8)).isEqualTo(2 * 11);
        assertThat(halfBits(3 | 4)).isEqualTo(2 * 11);
        assertThat(halfBits(3 | 4 | 8)).isEqualTo(2 * 12);
        assertThat(halfBits(4)).isEqualTo(2 * 7 + 1);
    }

    private long halfBits(int format) {
        uart.out(LCR, format);
        uart.out(THR, 0);
        uart.pass(BIT);
        long begin = uart.test.machine.nowNs();
        while (uart.in(LSR) != IDLE) {
            uart.pass(BIT / 2);
        }
        return (uart.test.machine.nowNs() - begin) / (BIT / 2);
    }

    @Test
    void theDivisorDecidesHowLongABitTakes() {
        uart.out(LCR, DLAB | 3);
        uart.out(DLL, 0);
        uart.out(DLM, 1);
        uart.out(LCR, 3);

        uart.out(THR, 'x');
        uart.pass(11 * 256 * BIT - 1);
        assertThat(transmitted()).isEmpty();
        uart.pass(1);

        assertThat(transmitted()).isEqualTo("x");
    }

    @Test
    void aDivisorOfZeroIsTheLongest() {
        uart.out(LCR, DLAB | 3);
        uart.out(DLL, 0);
        uart.out(LCR, 3);

        uart.out(THR, 'x');
        uart.pass(11 * 65_536 * BIT - 1);
        assertThat(transmitted()).isEmpty();
        uart.pass(1);

        assertThat(transmitted()).isEqualTo("x");
    }

    @Test
    void atThePcsClockADivisorOfTwelveIs9600Baud() {
        DeviceFixture usual = DeviceFixture.latched("Uart16550", "uart");
        usual.out(LCR, 3);

        usual.out(THR, 'x');
        usual.pass(11_000_000_000L / 96_00 + 2);

        assertThat(usual.device.text("transmitted")).isEqualTo("x");
    }

    @Test
    void withoutFifosASecondCharacterWaitsAndAThirdReplacesIt() {
        uart.out(THR, 'a');
        uart.pass(BIT);
        uart.out(THR, 'b');
        uart.out(THR, 'c');

        uart.pass(3 * CHARACTER);

        assertThat(transmitted()).isEqualTo("ac");
    }

    @Test
    void aFifoHoldsSixteenCharactersAndLosesMore() {
        uart.out(FCR, 1);
        for (int i = 0; i < 17; i++) {
            uart.out(THR, 'a' + i);
        }

        uart.pass(BIT + 16 * CHARACTER - 1);
        assertThat(transmitted()).isEqualTo("abcdefghijklmno");
        assertThat(uart.in(LSR)).isEqualTo(THRE);
        uart.pass(1);

        assertThat(transmitted()).isEqualTo("abcdefghijklmnop");
        assertThat(uart.in(LSR)).isEqualTo(IDLE);
    }

    @Test
    void shortWordsAreCutToTheirBits() {
        uart.out(LCR, 2);

        uart.out(THR, 0xC1);
        uart.pass(2 * CHARACTER);

        assertThat(transmitted()).isEqualTo("A");
    }

    @Test
    void duringABreakNothingIsOnTheLine() {
        uart.out(LCR, 0x43);
        uart.out(THR, 'x');
        uart.pass(2 * CHARACTER);
        uart.out(LCR, 3);
        uart.out(THR, 'y');
        uart.pass(2 * CHARACTER);

        assertThat(transmitted()).isEqualTo("y");
    }

    @Test
    void resettingTheTransmittersFifoLetsTheShiftRegisterFinish() {
        uart.out(FCR, 1);
        uart.out(THR, 'a');
        uart.out(THR, 'b');
        uart.pass(BIT);

        uart.out(FCR, 5);
        assertThat(uart.in(LSR)).isEqualTo(THRE);
        uart.pass(3 * CHARACTER);

        assertThat(transmitted()).isEqualTo("a");
        assertThat(uart.in(LSR)).isEqualTo(IDLE);
    }

    @Test
    void resettingTheTransmittersFifoBeforeTheStartBitSendsNothing() {
        uart.out(FCR, 1);
        uart.out(THR, 'a');
        uart.out(FCR, 5);

        assertThat(uart.in(LSR)).isEqualTo(IDLE);
        uart.pass(3 * CHARACTER);
        assertThat(transmitted()).isEmpty();
    }

    // ---- THR empty interrupt ----

    @Test
    void enablingTheThrEmptyInterruptRequestsItAtOnce() {
        uart.out(IER, ETBEI);

        assertThat(line()).isTrue();
        assertThat(uart.in(IIR)).isEqualTo(0x02);
        assertThat(line()).isFalse();
        assertThat(uart.in(IIR)).isEqualTo(0x01);
        uart.out(IER, ETBEI);
        assertThat(uart.in(IIR)).isEqualTo(0x01);
        uart.out(IER, 0);
        uart.out(IER, ETBEI);
        assertThat(uart.in(IIR)).isEqualTo(0x02);
    }

    @Test
    void writingThrEndsTheThrEmptyInterruptUntilItIsEmptyAgain() {
        uart.out(IER, ETBEI);

        uart.out(THR, 'a');
        assertThat(line()).isFalse();
        uart.pass(BIT - 1);
        assertThat(line()).isFalse();
        uart.pass(1);

        assertThat(line()).isTrue();
        assertThat(uart.in(IIR)).isEqualTo(0x02);
    }

    @Test
    void readingIirEndsTheThrEmptyInterruptOnlyIfItSaysSo() {
        uart.out(IER, ETBEI | ERBFI);
        receive("x");
        uart.pass(CHARACTER);

        assertThat(uart.in(IIR)).isEqualTo(0x04);
        assertThat(uart.in(IIR)).isEqualTo(0x04);
        uart.in(RBR);

        assertThat(uart.in(IIR)).isEqualTo(0x02);
        assertThat(uart.in(IIR)).isEqualTo(0x01);
    }

    @Test
    void withFifosTheInterruptAfterASingleCharacterComesLater() {
        uart.out(FCR, 1);
        uart.out(IER, ETBEI);
        uart.in(IIR);
        uart.out(THR, 'a');
        uart.pass(BIT);
        // The first one after FCR bit 0 changed is prompt.
        assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x02);
        uart.pass(CHARACTER);

        uart.out(THR, 'b');
        uart.pass(BIT);
        assertThat(uart.in(LSR)).isEqualTo(THRE);
        uart.pass(CHARACTER - BIT - 1);
        assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x01);
        uart.pass(1);

        assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x02);
    }

    @Test
    void withTwoCharactersInTheFifoTheInterruptIsPrompt() {
        uart.out(FCR, 1);
        uart.out(IER, ETBEI);
        uart.in(IIR);
        uart.out(THR, 'a');
        uart.pass(2 * CHARACTER);
        uart.in(IIR);

        uart.out(THR, 'b');
        uart.out(THR, 'c');
        uart.pass(BIT + CHARACTER - 1);
        assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x01);
        uart.pass(1);

        assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x02);
    }

    @Test
    void aCharacterWrittenDuringTheDelayTakesTheInterruptBack() {
        uart.out(FCR, 1);
        uart.out(IER, ETBEI);
        uart.out(THR, 'a');
        uart.pass(2 * CHARACTER);
        uart.in(IIR);
        uart.out(THR, 'b');
        uart.pass(5 * BIT);
        uart.out(THR, 'c');

        uart.pass(6 * BIT - 1);
        assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x01);
        uart.pass(1 + CHARACTER - BIT - 1);
        assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x01);
        uart.pass(1);

        assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x02);
    }

    @Test
    void raiseRequestsTheThrEmptyInterrupt() {
        uart.out(IER, ETBEI);
        uart.in(IIR);

        uart.device.apply(new InterruptStimulus.Raise());

        assertThat(line()).isTrue();
        assertThat(uart.in(IIR)).isEqualTo(0x02);
    }

    // ---- receiver ----

    @Test
    void charactersArriveAtTheSpeedOfTheLine() {
        receive("hi");

        uart.pass(CHARACTER - 1);
        assertThat(uart.in(LSR)).isEqualTo(IDLE);
        uart.pass(1);
        assertThat(uart.in(LSR)).isEqualTo(IDLE | 1);
        assertThat(uart.in(RBR)).isEqualTo('h');
        assertThat(uart.in(LSR)).isEqualTo(IDLE);
        uart.pass(CHARACTER - 1);
        assertThat(uart.in(LSR)).isEqualTo(IDLE);
        uart.pass(1);

        assertThat(uart.in(RBR)).isEqualTo('i');
        assertThat(uart.in(RBR)).isEqualTo('i');
    }

    @Test
    void stimuliFollowEachOtherOnTheLine() {
        uart.out(FCR, 1);
        receive("a");
        uart.happens("receive_byte", "byte", number(0x80), "count", number(2));
        uart.happens(
                "receive", "text", text("bc"), "count", number(2), "every", number(3 * CHARACTER));
        receive("");
        receive("\u00e9");

        uart.pass(6 * CHARACTER);
        assertThat(drain()).isEqualTo("a\u0080\u0080b");
        uart.pass(CHARACTER);
        assertThat(drain()).isEqualTo("c");
        uart.pass(6 * CHARACTER);
        assertThat(drain()).isEqualTo("bc");
        uart.pass(4 * CHARACTER);
        assertThat(drain()).isEqualTo("\u00c3\u00a9");
    }

    private String drain() {
        StringBuilder all = new StringBuilder();
        while ((uart.in(LSR) & 1) != 0) {
            all.append((char) uart.in(RBR));
        }
        return all.toString();
    }

    @Test
    void receivedDataInterruptsUntilItIsRead() {
        uart.out(IER, ERBFI);
        receive("x");
        uart.pass(CHARACTER);

        assertThat(line()).isTrue();
        uart.pass(10);
        assertThat(uart.test.taken).containsExactly("cpu0 0x51");
        assertThat(uart.in(IIR)).isEqualTo(0x04);
        assertThat(uart.in(RBR)).isEqualTo('x');
        assertThat(line()).isFalse();
        assertThat(uart.in(IIR)).isEqualTo(0x01);
    }

    @Test
    void withoutFifosTheNextCharacterReplacesTheOneThatWasNotRead() {
        uart.out(IER, ELSI);
        receive("ab");
        uart.pass(2 * CHARACTER);

        assertThat(uart.in(IIR)).isEqualTo(0x06);
        assertThat(uart.in(LSR)).isEqualTo(IDLE | 3);
        assertThat(uart.in(IIR)).isEqualTo(0x01);
        assertThat(uart.in(LSR)).isEqualTo(IDLE | 1);
        assertThat(uart.in(RBR)).isEqualTo('b');
    }

    @Test
    void aFullFifoKeepsWhatItHas() {
        uart.out(FCR, 0xC1);
        uart.out(IER, ELSI);
        receive("0123456789abcdefX");

        uart.pass(16 * CHARACTER);
        assertThat(uart.in(LSR)).isEqualTo(IDLE | 1);
        uart.pass(CHARACTER);

        assertThat(line()).isTrue();
        assertThat(uart.in(LSR)).isEqualTo(IDLE | 3);
        assertThat(drain()).isEqualTo("0123456789abcdef");
    }

    @Test
    void theTriggerLevelDecidesWhenDataInterrupts() {
        int[] levels = {1, 4, 8, 14};
        for (int i = 0; i < levels.length; i++) {
            uart.out(FCR, i << 6 | 3);
            uart.out(IER, ERBFI);
            uart.happens("receive_byte", "byte", number('x'), "count", number(levels[i]));

            uart.pass(levels[i] * CHARACTER - 1);
            assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x01);
            uart.pass(1);
            assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x04);
            uart.in(RBR);
            assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x01);
        }
    }

    @Test
    void charactersThatWaitTimeOutAfterFourCharacterTimes() {
        uart.out(FCR, 0x81);
        uart.out(IER, ERBFI);
        receive("ab");
        uart.pass(2 * CHARACTER);

        uart.pass(4 * CHARACTER - 1);
        assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x01);
        uart.pass(1);
        assertThat(line()).isTrue();
        assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x0C);
        assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x0C);
        assertThat(uart.in(RBR)).isEqualTo('a');
        assertThat(line()).isFalse();
        assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x01);
        uart.pass(4 * CHARACTER);

        assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x0C);
        assertThat(uart.in(RBR)).isEqualTo('b');
        uart.pass(10 * CHARACTER);
        assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x01);
    }

    @Test
    void everyCharacterAndEveryReadPutsTheTimeoutOff() {
        uart.out(FCR, 0xC1);
        uart.out(IER, ERBFI);
        uart.happens("receive", "text", text("abc"), "every", number(4 * CHARACTER - 1));
        uart.pass(CHARACTER + 2 * (4 * CHARACTER - 1));
        uart.pass(3 * CHARACTER);
        uart.in(RBR);

        uart.pass(4 * CHARACTER - 1);
        assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x01);
        uart.pass(1);

        assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x0C);
    }

    @Test
    void withoutFifosNothingTimesOut() {
        uart.out(IER, ERBFI);
        receive("a");
        uart.pass(20 * CHARACTER);

        assertThat(uart.in(IIR)).isEqualTo(0x04);
    }

    @Test
    void resettingTheReceiversFifoForgetsItsCharacters() {
        uart.out(FCR, 1);
        uart.out(IER, ERBFI);
        uart.happens("framing_error");
        receive("abc");
        uart.pass(3 * CHARACTER);
        uart.in(LSR);

        uart.out(FCR, 3);

        assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x01);
        assertThat(uart.in(LSR)).isEqualTo(IDLE);
        uart.pass(10 * CHARACTER);
        assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x01);
    }

    @Test
    void switchingTheFifosEmptiesThem() {
        uart.out(FCR, 1);
        receive("abc");
        uart.out(THR, 'x');
        uart.pass(3 * CHARACTER);

        uart.out(FCR, 0xC0);

        assertThat(uart.in(LSR)).isEqualTo(IDLE);
        assertThat(uart.in(IIR)).isEqualTo(0x01);
        uart.out(FCR, 1);
        uart.out(IER, ERBFI);
        receive("d");
        uart.pass(CHARACTER);
        // The trigger level written without FIFO_ENABLE was not taken.
        assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x04);
    }

    // ---- line status ----

    @Test
    void aFramingErrorIsLineStatusUntilLsrIsRead() {
        uart.out(IER, ELSI | ERBFI);
        uart.happens("framing_error");
        receive("ab");
        uart.pass(CHARACTER);

        assertThat(uart.in(IIR)).isEqualTo(0x06);
        assertThat(uart.in(LSR)).isEqualTo(IDLE | 9);
        assertThat(uart.in(IIR)).isEqualTo(0x04);
        assertThat(uart.in(RBR)).isEqualTo('a');
        uart.pass(CHARACTER);
        assertThat(uart.in(LSR)).isEqualTo(IDLE | 1);
    }

    @Test
    void aParityErrorNeedsParity() {
        uart.happens("parity_error");
        receive("a");
        uart.pass(2 * CHARACTER);
        assertThat(uart.in(LSR)).isEqualTo(IDLE | 1);
        uart.in(RBR);

        uart.out(LCR, 0x0B);
        uart.happens("parity_error");
        receive("b");
        uart.pass(2 * CHARACTER);

        assertThat(uart.in(LSR)).isEqualTo(IDLE | 5);
    }

    @Test
    void withFifosErrorsShowWhenTheirCharacterIsNext() {
        uart.out(FCR, 1);
        uart.out(IER, ELSI);
        receive("a");
        uart.pass(CHARACTER);
        uart.happens("framing_error");
        receive("bc");
        uart.pass(2 * CHARACTER);

        assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x01);
        assertThat(uart.in(LSR)).isEqualTo(0x80 | IDLE | 1);
        uart.in(RBR);
        assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x06);
        assertThat(uart.in(LSR)).isEqualTo(0x80 | IDLE | 9);
        assertThat(uart.in(LSR)).isEqualTo(IDLE | 1);
        assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x01);
        assertThat(uart.in(RBR)).isEqualTo('b');
        assertThat(uart.in(LSR)).isEqualTo(IDLE | 1);
    }

    @Test
    void aBreakIsOneZeroHoweverLongItLasts() {
        uart.out(FCR, 1);
        uart.out(IER, ELSI);
        uart.happens("break", "length", number(5 * CHARACTER));
        receive("a");

        uart.pass(CHARACTER);
        assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x06);
        assertThat(uart.in(LSR)).isEqualTo(0x80 | IDLE | 0x19);
        assertThat(uart.in(RBR)).isZero();
        uart.pass(5 * CHARACTER - 1);
        assertThat(uart.in(LSR)).isEqualTo(IDLE);
        uart.pass(1);

        assertThat(uart.in(RBR)).isEqualTo('a');
    }

    @Test
    void aBreakHasTheWrongParityIfParityIsOdd() {
        uart.out(LCR, 0x0B);
        uart.happens("break");
        uart.pass(2 * CHARACTER);
        assertThat(uart.in(LSR)).isEqualTo(IDLE | 0x1D);
        uart.in(RBR);

        uart.out(LCR, 0x1B);
        uart.happens("break");
        uart.pass(2 * CHARACTER);

        assertThat(uart.in(LSR)).isEqualTo(IDLE | 0x19);
    }

    @Test
    void interruptsHaveTheirOrder() {
        uart.out(IER, 0x0F);
        uart.happens("cts", "state", word("on"));
        uart.happens("framing_error");
        receive("x");
        uart.pass(CHARACTER);

        assertThat(uart.in(IIR)).isEqualTo(0x06);
        uart.in(LSR);
        assertThat(uart.in(IIR)).isEqualTo(0x04);
        uart.in(RBR);
        assertThat(uart.in(IIR)).isEqualTo(0x02);
        assertThat(uart.in(IIR)).isEqualTo(0x00);
        assertThat(line()).isTrue();
        uart.in(MSR);
        assertThat(uart.in(IIR)).isEqualTo(0x01);
        assertThat(line()).isFalse();
        assertThat(uart.test.events(Event.LineChanged.class)).hasSize(2);
    }

    // ---- modem ----

    @Test
    void modemLinesShowTheirStateAndWhetherTheyChanged() {
        uart.out(IER, EDSSI);
        for (String line : List.of("cts", "dsr", "dcd")) {
            uart.happens(line, "state", word("on"));
        }
        assertThat(uart.in(IIR)).isEqualTo(0x00);
        assertThat(uart.in(MSR)).isEqualTo(0xBB);
        assertThat(uart.in(IIR)).isEqualTo(0x01);
        assertThat(uart.in(MSR)).isEqualTo(0xB0);

        uart.happens("cts", "state", word("on"));
        assertThat(uart.in(IIR)).isEqualTo(0x01);
        uart.happens("cts", "state", word("off"));

        assertThat(uart.in(MSR)).isEqualTo(0xA1);
    }

    @Test
    void onlyTheEndOfARingCounts() {
        uart.out(IER, EDSSI);
        uart.happens("ring", "state", word("on"));
        assertThat(uart.in(MSR)).isEqualTo(0x40);

        uart.happens("ring", "state", word("off"));

        assertThat(uart.in(IIR)).isEqualTo(0x00);
        assertThat(uart.in(MSR)).isEqualTo(0x04);
    }

    // ---- loops ----

    @Test
    void loopLeadsTheTransmitterToTheReceiver() {
        uart.out(MCR, LOOP);
        uart.out(THR, 'L');
        receive("x");
        uart.pass(BIT + CHARACTER);

        assertThat(uart.in(RBR)).isEqualTo('L');
        assertThat(uart.in(LSR)).isEqualTo(IDLE);
        assertThat(transmitted()).isEmpty();
    }

    @Test
    void loopLeadsTheOutputsToTheInputs() {
        uart.happens("dcd", "state", word("on"));
        uart.in(MSR);

        uart.out(MCR, LOOP);
        assertThat(uart.in(MSR)).isEqualTo(0x08);
        uart.out(MCR, LOOP | 1);
        assertThat(uart.in(MSR)).isEqualTo(0x22);
        uart.out(MCR, LOOP | 2);
        assertThat(uart.in(MSR)).isEqualTo(0x13);
        uart.out(MCR, LOOP | 4);
        assertThat(uart.in(MSR)).isEqualTo(0x41);
        uart.out(MCR, LOOP | 8);
        assertThat(uart.in(MSR)).isEqualTo(0x8C);
        uart.out(MCR, 0);
        assertThat(uart.in(MSR)).isEqualTo(0x80);
    }

    @Test
    void theInterruptNeedsPinOut2() {
        uart.out(MCR, 0);
        uart.out(IER, ETBEI);
        assertThat(line()).isFalse();

        uart.out(MCR, OUT2);
        assertThat(line()).isTrue();
        uart.out(MCR, OUT2 | LOOP);

        assertThat(line()).isFalse();
        assertThat(uart.in(IIR)).isEqualTo(0x02);
    }

    @Test
    void withoutAGateTheInterruptNeedsNoPin() {
        DeviceFixture ungated = DeviceFixture.latched("Uart16550", "uart", "gate", word("none"));
        ungated.out(MCR, LOOP);

        ungated.out(IER, ETBEI);
        ungated.test.run();

        assertThat(ungated.test.taken).hasSize(1);
    }

    @Test
    void aPlugLeadsEverythingBack() {
        DeviceFixture plugged = made("echo", yes());
        plugged.out(MCR, 3);
        assertThat(plugged.in(MSR)).isEqualTo(0xBB);

        plugged.out(THR, 'e');
        plugged.pass(BIT + CHARACTER);
        assertThat(plugged.in(RBR)).isEqualTo('e');
        assertThat(plugged.device.text("transmitted")).isEqualTo("e");
        plugged.out(LCR, 0x43);
        plugged.pass(CHARACTER - 1);
        assertThat(plugged.in(LSR)).isEqualTo(IDLE);
        plugged.pass(10 * CHARACTER);

        assertThat(plugged.in(LSR)).isEqualTo(IDLE | 0x19);
        assertThat(plugged.in(RBR)).isZero();
        assertThat(plugged.in(LSR)).isEqualTo(IDLE);
    }

    // ---- the rest ----

    @Test
    void stimuliWithWrongArgumentsAreRefused() {
        assertThatThrownBy(() -> uart.happens("receive"))
                .hasMessage("uart.receive needs text: a text of at most 4096 characters");
        assertThatThrownBy(() -> uart.happens("receive_byte", "byte", number(256)))
                .hasMessageContaining("byte is an integer from 0 to 255");
        assertThatThrownBy(() -> uart.device.text("received"))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> uart.device.apply("ring", Map.of()))
                .hasMessage("uart.ring needs state: on or off");
    }

    @Test
    void aMomentInTheMiddleOfEverythingComesBack() {
        uart.out(FCR, 0x41);
        uart.out(IER, 0x0F);
        uart.out(THR, 'p');
        uart.out(THR, 'q');
        uart.out(THR, 'r');
        uart.happens("parity_error");
        uart.happens("framing_error");
        receive("abcdef");
        uart.happens("break", "length", number(3 * CHARACTER));
        uart.happens("receive", "text", text("gh"), "count", number(2));
        uart.happens("ring", "state", word("on"));
        uart.pass(2 * CHARACTER + BIT);
        Snapshot moment = uart.test.machine.snapshot();
        long hashThen = uart.test.machine.exactHash();
        List<String> first = rest();
        long hashEnd = uart.test.machine.exactHash();

        uart.test.machine.restore(moment);

        assertThat(uart.test.machine.exactHash()).isEqualTo(hashThen);
        assertThat(transmitted()).isEqualTo("pq");
        assertThat(rest()).isEqualTo(first).hasSizeGreaterThan(20);
        assertThat(uart.test.machine.exactHash()).isEqualTo(hashEnd);
        assertThat(transmitted()).isEqualTo("pqr");
    }

    @Test
    void aTimeoutThatIsPendingComesBack() {
        uart.out(FCR, 0xC1);
        uart.out(IER, ERBFI);
        receive("a");
        uart.pass(20 * CHARACTER);
        Snapshot moment = uart.test.machine.snapshot();
        uart.in(RBR);
        assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x01);

        uart.test.machine.restore(moment);

        assertThat(uart.in(IIR)).isEqualTo(FIFOS | 0x0C);
    }

    private List<String> rest() {
        uart.test.events.clear();
        uart.pass(8 * CHARACTER);
        uart.in(LSR);
        drain();
        uart.happens("ring", "state", word("off"));
        uart.pass(20 * CHARACTER);
        uart.in(IIR);
        drain();
        return uart.test.events.stream().map(Event::toString).toList();
    }
}
