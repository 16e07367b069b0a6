package dev.dirql.devices;

import static dev.dirql.devices.DeviceFixture.number;
import static dev.dirql.devices.DeviceFixture.text;
import static dev.dirql.devices.DeviceFixture.word;
import static dev.dirql.devices.DeviceFixture.yes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dirql.events.Event;
import dev.dirql.machine.Snapshot;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class I8042Test {
    private static final int DATA = 0;
    private static final int STATUS = 4;
    private static final int COMMAND = 4;

    private static final int OBF = 0x01;
    private static final int IBF = 0x02;
    private static final int A2 = 0x08;
    private static final int AUXB = 0x20;
    private static final int TIMEOUT = 0x40;
    private static final int PARITY = 0x80;

    /** SYS and INH. */
    private static final int USUAL = 0x14;

    private static final int MOUSE_INPUT = 12;
    private static final int MOUSE_VECTOR = 0x61;
    private static final long BYTE = 1_000;
    private static final long CONTROLLER = 20;
    private static final long SELF_TEST = 50_000;

    private final DeviceFixture kbd = made();

    private static DeviceFixture made(Object... more) {
        Object[] all = java.util.Arrays.copyOf(more, more.length + 8);
        all[more.length] = "mouse_line";
        all[more.length + 1] = new PropertyValue.Line(MOUSE_INPUT, Trigger.LATCHED);
        all[more.length + 2] = "byte_time";
        all[more.length + 3] = number(BYTE);
        all[more.length + 4] = "controller_time";
        all[more.length + 5] = number(CONTROLLER);
        all[more.length + 6] = "self_test_time";
        all[more.length + 7] = number(SELF_TEST);
        DeviceFixture made = DeviceFixture.latched("I8042", "kbd", all);
        made.test.redirect(MOUSE_INPUT, MOUSE_VECTOR);
        return made;
    }

    private void command(int command) {
        kbd.out(COMMAND, command);
        kbd.pass(2 * CONTROLLER);
    }

    private void command(int command, int parameter) {
        command(command);
        kbd.out(DATA, parameter);
        kbd.pass(2 * CONTROLLER);
    }

    private int commandByte() {
        command(0x20);
        return kbd.in(DATA);
    }

    /** Writes the command byte. */
    private void configure(int commandByte) {
        command(0x60, commandByte);
    }

    /** Sends bytes to the keyboard, and fetches what it answers to all of them. */
    private List<Integer> toKeyboard(int... bytes) {
        List<Integer> answers = new ArrayList<>();
        for (int value : bytes) {
            kbd.out(DATA, value);
            answers.addAll(fetched());
        }
        return answers;
    }

    private List<Integer> toMouse(int... bytes) {
        List<Integer> answers = new ArrayList<>();
        for (int value : bytes) {
            command(0xD4, value);
            answers.addAll(fetched());
        }
        return answers;
    }

    /** Everything that comes until nothing comes for a while. */
    private List<Integer> fetched() {
        List<Integer> bytes = new ArrayList<>();
        for (int quiet = 0; quiet < 3; quiet++) {
            kbd.pass(BYTE + 2 * CONTROLLER);
            if ((kbd.in(STATUS) & OBF) != 0) {
                bytes.add(kbd.in(DATA));
                quiet = -1;
            }
        }
        return bytes;
    }

    private void press(String text) {
        kbd.happens("press", "text", text(text), "every", number(2_000));
    }

    private void key(int code, String state) {
        kbd.happens("key", "code", number(code), "state", word(state));
    }

    private void move(String direction, int counts) {
        kbd.happens("move", direction, number(counts));
    }

    private static List<Integer> bytes(int... values) {
        return java.util.Arrays.stream(values).boxed().toList();
    }

    private void streamingMouse() {
        configure(0x47);
        assertThat(toMouse(0xF4)).isEqualTo(bytes(0xFA));
    }

    // ---- controller ----

    @Test
    void atPowerOnItIsAsFirmwareLeavesIt() {
        DeviceFixture fresh = DeviceFixture.of("I8042", "kbd");

        assertThat(fresh.device.portBase()).isEqualTo(0x60);
        assertThat(fresh.in(STATUS)).isEqualTo(USUAL);
        assertThat(commandByte()).isEqualTo(0x65);
    }

    @Test
    void whatIsWrittenIsTakenAfterTheControllersTime() {
        kbd.out(COMMAND, 0x20);
        assertThat(kbd.in(STATUS)).isEqualTo(USUAL | IBF | A2);

        kbd.pass(CONTROLLER - 1);
        assertThat(kbd.in(STATUS)).isEqualTo(USUAL | IBF | A2);
        kbd.pass(1);
        assertThat(kbd.in(STATUS)).isEqualTo(USUAL | A2);
        kbd.pass(CONTROLLER - 1);
        assertThat(kbd.in(STATUS)).isEqualTo(USUAL | A2);
        kbd.pass(1);

        assertThat(kbd.in(STATUS)).isEqualTo(USUAL | A2 | OBF);
        assertThat(kbd.in(DATA)).isEqualTo(0x65);
        assertThat(kbd.in(STATUS)).isEqualTo(USUAL | A2);
        assertThat(kbd.in(DATA)).isEqualTo(0x65);
    }

    @Test
    void aWriteBeforeTheLastOneWasTakenReplacesIt() {
        kbd.out(COMMAND, 0xAA);
        kbd.out(COMMAND, 0xAB);

        assertThat(fetched()).isEqualTo(bytes(0));
    }

    @Test
    void theCommandByteAndTheMemoryKeepWhatIsWritten() {
        configure(0x30);
        command(0x61, 0x77);

        assertThat(commandByte()).isEqualTo(0x30);
        command(0x21);
        assertThat(kbd.in(DATA)).isEqualTo(0x77);
        // Without SYSTEM_FLAG in the command byte SYS is not set either.
        assertThat(kbd.in(STATUS)).isEqualTo(0x10 | A2);
        configure(0x04);
        assertThat(kbd.in(STATUS)).isEqualTo(USUAL);
    }

    @Test
    void portsAreDisabledAndEnabledInTheCommandByte() {
        command(0xAD);
        assertThat(commandByte()).isEqualTo(0x75);
        command(0xA8);
        assertThat(commandByte()).isEqualTo(0x55);
        command(0xA7);
        assertThat(commandByte()).isEqualTo(0x75);
        command(0xAE);
        assertThat(commandByte()).isEqualTo(0x65);
    }

    @Test
    void testsPass() {
        command(0xA9);
        assertThat(kbd.in(DATA)).isZero();
        command(0xAB);
        assertThat(kbd.in(DATA)).isZero();
        configure(0x61);
        command(0xAA);
        assertThat(kbd.in(DATA)).isEqualTo(0x55);
        assertThat(kbd.in(STATUS)).isEqualTo(USUAL | A2);
        assertThat(commandByte()).isEqualTo(0x65);
    }

    @Test
    void itsPortsCanBeReadAndWritten() {
        command(0xC0);
        assertThat(kbd.in(DATA)).isEqualTo(0x83);
        command(0xD0);
        assertThat(kbd.in(DATA)).isEqualTo(0xC7);
        command(0xD1, 0x01);
        command(0xD0);
        assertThat(kbd.in(DATA)).isEqualTo(0xC5);
        command(0xA8);
        command(0xAD);
        command(0xD0);
        assertThat(kbd.in(DATA)).isEqualTo(0x8D);
    }

    @Test
    void pulsesAndUnknownCommandsChangeNothing() {
        command(0xFE);
        command(0xC7);

        assertThat(kbd.in(STATUS)).isEqualTo(USUAL | A2);
        assertThat(fetched()).isEmpty();
        assertThat(commandByte()).isEqualTo(0x65);
    }

    @Test
    void bytesCanBePutIntoTheOutputBuffer() {
        configure(0x47);

        command(0xD2, 0x1C);
        assertThat(kbd.in(STATUS)).isEqualTo(USUAL | OBF);
        kbd.pass(10);
        assertThat(kbd.test.taken).isEqualTo(List.of("cpu0 0x51"));
        assertThat(kbd.in(DATA)).isEqualTo(0x1C);
        command(0xD3, 0x1D);

        assertThat(kbd.in(STATUS)).isEqualTo(USUAL | OBF | AUXB);
        command(0xD0);
        kbd.pass(10);
        assertThat(kbd.test.taken).isEqualTo(List.of("cpu0 0x51", "cpu0 0x61"));
        assertThat(kbd.in(DATA)).isEqualTo(0x1D);
        kbd.pass(2 * CONTROLLER);
        assertThat(kbd.in(DATA)).as("the output port").isEqualTo(0xEF);
    }

    @Test
    void aCommandWithoutItsParameterIsForgottenWithTheNext() {
        command(0x60);
        command(0xAB);
        assertThat(kbd.in(DATA)).isZero();

        assertThat(toKeyboard(0xEE)).isEqualTo(bytes(0xEE));
        assertThat(commandByte()).isEqualTo(0x65);
    }

    // ---- interrupts ----

    @Test
    void aByteInterruptsUntilItIsRead() {
        key(0x1E, "down");
        kbd.pass(BYTE);
        assertThat(lines()).containsExactly("11 up");
        kbd.pass(10);
        assertThat(kbd.test.taken).containsExactly("cpu0 0x51");
        kbd.pass(10 * BYTE);
        assertThat(lines()).containsExactly("11 up");

        assertThat(kbd.in(DATA)).isEqualTo(0x1E);

        assertThat(lines()).containsExactly("11 up", "11 down");
    }

    private List<String> lines() {
        return kbd.test.events(Event.LineChanged.class).stream()
                .map(change -> change.line() + (change.asserted() ? " up" : " down"))
                .toList();
    }

    @Test
    void eachByteIsAnEdgeOfItsOwn() {
        key(0x1E, "stroke");
        kbd.pass(60_000_000);
        assertThat(kbd.in(DATA)).isEqualTo(0x1E);
        kbd.pass(10 * BYTE);
        assertThat(kbd.in(DATA)).isEqualTo(0x9E);

        assertThat(kbd.test.taken).containsExactly("cpu0 0x51", "cpu0 0x51");
    }

    @Test
    void interruptsNeedTheirBitsInTheCommandByte() {
        configure(0x44);
        key(0x1E, "down");
        kbd.pass(10 * BYTE);
        assertThat(kbd.in(STATUS)).isEqualTo(USUAL | OBF);
        assertThat(lines()).isEmpty();

        configure(0x45);

        assertThat(lines()).containsExactly("11 up");
    }

    @Test
    void theMouseHasALineOfItsOwn() {
        streamingMouse();
        kbd.test.taken.clear();

        move("right", 3);
        kbd.pass(2 * BYTE);

        assertThat(kbd.in(STATUS)).isEqualTo(USUAL | OBF | AUXB);
        assertThat(kbd.test.taken).containsExactly("cpu0 0x61");
    }

    @Test
    void stimuliReachEachInterrupt() {
        kbd.device.apply(new InterruptStimulus.RaiseSpurious());
        kbd.device.apply("mouse", new InterruptStimulus.RaiseSpurious());
        kbd.pass(10);
        assertThat(kbd.test.taken).containsExactlyInAnyOrder("cpu0 0x51", "cpu0 0x61");
        kbd.test.taken.clear();

        kbd.device.apply("mouse", new InterruptStimulus.Lose(1));
        kbd.device.apply(new InterruptStimulus.Lose(2));
        configure(0x47);
        command(0xD3, 1);
        kbd.in(DATA);
        command(0xD2, 2);
        kbd.in(DATA);
        command(0xD2, 3);
        kbd.in(DATA);
        command(0xD3, 4);

        kbd.pass(10);
        assertThat(kbd.test.taken).containsExactly("cpu0 0x51", "cpu0 0x61");
        assertThat(kbd.test.events(Event.StimulusApplied.class))
                .extracting(Event.StimulusApplied::stimulus)
                .containsExactly(
                        "raise spurious",
                        "raise spurious of mouse",
                        "lose interrupt 1 of mouse",
                        "lose interrupt 2");
        assertThatThrownBy(() -> kbd.device.apply("pen", new InterruptStimulus.RaiseSpurious()))
                .hasMessage("kbd: a I8042 has no interrupt 'pen'");
    }

    @Test
    void raiseLetsEachDeviceSendSomething() {
        kbd.device.apply(new InterruptStimulus.Raise());
        assertThat(fetched()).isEqualTo(bytes(0xFF));
        streamingMouse();

        kbd.device.apply("mouse", new InterruptStimulus.Raise());

        assertThat(fetched()).isEqualTo(bytes(0x08, 0, 0));
    }

    @Test
    void itsDriverIsToldBothVectors() {
        Device specimen = DeviceCatalog.specimen(I8042.TYPE);

        assertThat(specimen.constants())
                .extracting(DeviceConstant::definition)
                .contains(
                        "#define DEVICE_DATA ((PUCHAR)0x60ULL)",
                        "#define DEVICE_STATUS ((PUCHAR)0x64ULL)",
                        "#define DEVICE_COMMAND ((PUCHAR)0x64ULL)",
                        "#define DEVICE_MOUSE_VECTOR 0x0UL",
                        "#define DEVICE_MOUSE_IRQL ((KIRQL)0)",
                        "#define DEVICE_MOUSE_MODE Latched");
        assertThat(I8042.TYPE.furtherInterrupts()).containsExactly("mouse");
    }

    // ---- keyboard ----

    @Test
    void aByteTakesItsTimeBothWays() {
        kbd.out(DATA, 0xEE);

        kbd.pass(CONTROLLER + 2 * BYTE - 1);
        assertThat(kbd.in(STATUS)).isEqualTo(USUAL);
        kbd.pass(1);

        assertThat(kbd.in(STATUS)).isEqualTo(USUAL | OBF);
        assertThat(kbd.in(DATA)).isEqualTo(0xEE);
    }

    @Test
    void theControllerTakesNothingWhileItSends() {
        kbd.out(DATA, 0xED);
        kbd.pass(CONTROLLER);
        kbd.out(DATA, 0x04);
        kbd.pass(BYTE - 1);

        assertThat(kbd.in(STATUS)).isEqualTo(USUAL | IBF);
        kbd.pass(1 + CONTROLLER);
        assertThat(kbd.in(STATUS)).isEqualTo(USUAL);
        fetched();
        assertThat(((I8042) kbd.device).leds()).isEqualTo(4);
    }

    @Test
    void theKeyboardAnswersItsCommands() {
        assertThat(toKeyboard(0xEE)).isEqualTo(bytes(0xEE));
        assertThat(toKeyboard(0xED, 0x07)).isEqualTo(bytes(0xFA, 0xFA));
        assertThat(((I8042) kbd.device).leds()).isEqualTo(7);
        assertThat(toKeyboard(0xF3, 0x00)).isEqualTo(bytes(0xFA, 0xFA));
        assertThat(toKeyboard(0xF4)).isEqualTo(bytes(0xFA));
        assertThat(toKeyboard(0xF5)).isEqualTo(bytes(0xFA));
        assertThat(toKeyboard(0xF6)).isEqualTo(bytes(0xFA));
        assertThat(toKeyboard(0xF8)).isEqualTo(bytes(0xFE));
        // Identification goes through the translation as well.
        assertThat(toKeyboard(0xF2)).isEqualTo(bytes(0xFA, 0xAB, 0x41));
        configure(0x05);
        assertThat(toKeyboard(0xF2)).isEqualTo(bytes(0xFA, 0xAB, 0x83));
        assertThat(toKeyboard(0xFE)).isEqualTo(bytes(0x83));
        assertThat(toKeyboard(0xF0, 0x00)).isEqualTo(bytes(0xFA, 0xFA, 0x02));
        assertThat(toKeyboard(0xF0, 0x01)).isEqualTo(bytes(0xFA, 0xFA));
        assertThat(toKeyboard(0xF0, 0x00)).isEqualTo(bytes(0xFA, 0xFA, 0x01));
        assertThat(toKeyboard(0xF0, 0x03)).isEqualTo(bytes(0xFA, 0xFE));
    }

    @Test
    void aCommandInPlaceOfAParameterIsACommand() {
        assertThat(toKeyboard(0xED, 0xEE)).isEqualTo(bytes(0xFA, 0xEE));
        assertThat(toKeyboard(0x04)).isEqualTo(bytes(0xFE));
    }

    @Test
    void aResetEndsWithTheSelfTest() {
        toKeyboard(0xF5);
        assertThat(toKeyboard(0xFF)).isEqualTo(bytes(0xFA));

        kbd.pass(SELF_TEST);

        assertThat(fetched()).isEqualTo(bytes(0xAA));
        press("a");
        assertThat(fetched()).isEqualTo(bytes(0x1E, 0x9E));
    }

    @Test
    void textIsTypedInTheCodesOfSetOne() {
        press("a1 \n");
        assertThat(fetched()).isEqualTo(bytes(0x1E, 0x9E, 0x02, 0x82, 0x39, 0xB9, 0x1C, 0x9C));
        press("A?");
        assertThat(fetched()).isEqualTo(bytes(0x2A, 0x1E, 0x9E, 0xAA, 0x2A, 0x35, 0xB5, 0xAA));
    }

    @Test
    void withoutTranslationTheCodesAreThoseOfTheKeyboard() {
        configure(0x05);
        press("a");
        assertThat(fetched()).isEqualTo(bytes(0x1C, 0xF0, 0x1C));

        toKeyboard(0xF0, 1);
        press("a");

        assertThat(fetched()).isEqualTo(bytes(0x1E, 0x9E));
    }

    @Test
    void everyKeyComesOutOfTheTranslationAsItsCode() {
        for (int code = 1; code < 0x80; code++) {
            key(code, "down");
            key(code, "up");
            assertThat(fetched()).isEqualTo(bytes(code, code | 0x80));
        }
    }

    @Test
    void extendedKeysHaveAPrefix() {
        kbd.happens("key", "code", number(0x48), "state", word("down"), "extended", yes());
        assertThat(fetched()).isEqualTo(bytes(0xE0, 0x48));
        kbd.happens("key", "code", number(0x48), "state", word("up"), "extended", yes());
        assertThat(fetched()).isEqualTo(bytes(0xE0, 0xC8));
        kbd.happens("key", "code", number(0x37), "state", word("down"), "extended", yes());
        assertThat(fetched()).isEqualTo(bytes(0xE0, 0x2A, 0xE0, 0x37));
        kbd.happens("key", "code", number(0x37), "state", word("up"), "extended", yes());
        assertThat(fetched()).isEqualTo(bytes(0xE0, 0xB7, 0xE0, 0xAA));
        kbd.happens("pause");
        assertThat(fetched()).isEqualTo(bytes(0xE1, 0x1D, 0x45, 0xE1, 0x9D, 0xC5));
    }

    @Test
    void aKeyThatIsHeldRepeats() {
        key(0x1E, "down");
        assertThat(fetched()).isEqualTo(bytes(0x1E));
        kbd.pass(500_000_000 - kbd.test.machine.nowNs() - 1);
        assertThat(kbd.in(STATUS) & OBF).isZero();
        kbd.pass(1 + BYTE);
        assertThat(kbd.in(DATA)).isEqualTo(0x1E);
        kbd.pass(91_740_000 - BYTE - 1);
        assertThat(kbd.in(STATUS) & OBF).isZero();
        kbd.pass(1 + BYTE);
        assertThat(kbd.in(DATA)).isEqualTo(0x1E);

        key(0x1E, "up");

        assertThat(fetched()).isEqualTo(bytes(0x9E));
        kbd.pass(1_000_000_000);
        assertThat(kbd.in(STATUS) & OBF).isZero();
    }

    @Test
    void howFastAKeyRepeatsCanBeSet() {
        toKeyboard(0xF3, 0x00);
        key(0x1E, "down");
        long begin = kbd.test.machine.nowNs();
        fetched();

        kbd.pass(begin + 250_000_000 + BYTE - kbd.test.machine.nowNs());
        assertThat(kbd.in(DATA)).isEqualTo(0x1E);
        kbd.pass(33_360_000);

        assertThat(kbd.in(STATUS) & OBF).isEqualTo(OBF);
    }

    @Test
    void aHeldKeyDoesNotKeepTheRunFromItsEnd() {
        key(0x1E, "down");

        kbd.test.run();

        assertThat(kbd.test.machine.nowNs()).isLessThan(1_000_000_000);
    }

    @Test
    void aKeyboardThatIsHeldKeepsItsCodes() {
        command(0xAD);
        press("ab");
        kbd.pass(100 * BYTE);
        assertThat(kbd.in(STATUS) & OBF).isZero();

        command(0xAE);

        assertThat(fetched()).isEqualTo(bytes(0x1E, 0x9E, 0x30, 0xB0));
    }

    @Test
    void aMouseThatIsHeldKeepsItsPackets() {
        streamingMouse();
        command(0xA7);
        move("right", 3);
        kbd.pass(100 * BYTE);
        assertThat(kbd.in(STATUS) & OBF).isZero();

        command(0xA8);

        assertThat(fetched()).isEqualTo(bytes(0x08, 0x03, 0x00));
    }

    @Test
    void aDisabledKeyboardSeesNoKeys() {
        toKeyboard(0xF5);
        press("a");
        assertThat(fetched()).isEmpty();

        toKeyboard(0xF4);
        press("b");

        assertThat(fetched()).isEqualTo(bytes(0x30, 0xB0));
    }

    @Test
    void codesThatDoNotFitAreLostAndAnOverrunSaysSo() {
        configure(0x05);
        command(0xAD);
        press("abcdefg");
        kbd.pass(100 * BYTE);
        command(0xAE);

        List<Integer> all = fetched();

        assertThat(all)
                .isEqualTo(
                        bytes(
                                0x1C, 0xF0, 0x1C, 0x32, 0xF0, 0x32, 0x21, 0xF0, 0x21, 0x23, 0xF0,
                                0x23, 0x24, 0xF0, 0x24, 0x2B, 0x00));
        press("h");
        assertThat(fetched()).isEqualTo(bytes(0x33, 0xF0, 0x33));
    }

    // ---- errors ----

    @Test
    void aByteWithAWrongParityBitIsMarked() {
        kbd.happens("parity_error");
        key(0x1E, "down");
        kbd.pass(2 * BYTE);

        assertThat(kbd.in(STATUS)).isEqualTo(USUAL | OBF | PARITY);
        assertThat(kbd.in(DATA)).isEqualTo(0xFF);
        assertThat(kbd.in(STATUS)).isEqualTo(USUAL);

        kbd.happens("parity_error", "port", word("mouse"));
        command(0xD4, 0xF4);
        kbd.pass(3 * BYTE);

        assertThat(kbd.in(STATUS) & ~A2).isEqualTo(USUAL | OBF | PARITY | AUXB);
        assertThat(kbd.in(DATA)).isEqualTo(0xFF);
    }

    @Test
    void aDeviceThatTakesNothingIsATimeout() {
        kbd.happens("no_answer");
        kbd.happens("no_answer", "port", word("mouse"));
        kbd.out(DATA, 0xED);
        kbd.pass(2 * BYTE);
        assertThat(kbd.in(STATUS)).isEqualTo(USUAL | OBF | TIMEOUT);
        assertThat(kbd.in(DATA)).isEqualTo(0xFE);

        command(0xD4, 0xF4);
        kbd.pass(2 * BYTE);

        assertThat(kbd.in(STATUS)).isEqualTo(USUAL | OBF | TIMEOUT | AUXB);
        assertThat(kbd.in(DATA)).isEqualTo(0xFE);
        assertThat(toKeyboard(0xEE)).isEqualTo(bytes(0xEE));
    }

    // ---- mouse ----

    @Test
    void theMouseAnswersItsCommands() {
        assertThat(toMouse(0xF2)).isEqualTo(bytes(0xFA, 0));
        assertThat(toMouse(0xE9)).isEqualTo(bytes(0xFA, 0x00, 2, 100));
        assertThat(toMouse(0xE8, 3)).isEqualTo(bytes(0xFA, 0xFA));
        assertThat(toMouse(0xE8, 4)).isEqualTo(bytes(0xFA, 0xFE));
        assertThat(toMouse(0xF3, 200)).isEqualTo(bytes(0xFA, 0xFA));
        assertThat(toMouse(0xF3, 50)).isEqualTo(bytes(0xFA, 0xFE));
        assertThat(toMouse(0xE7)).isEqualTo(bytes(0xFA));
        assertThat(toMouse(0xF4)).isEqualTo(bytes(0xFA));
        kbd.happens("button", "button", word("left"), "state", word("down"));
        fetched();
        assertThat(toMouse(0xF0)).isEqualTo(bytes(0xFA));
        assertThat(toMouse(0xE9)).isEqualTo(bytes(0xFA, 0x74, 3, 200));
        assertThat(toMouse(0xFE)).isEqualTo(bytes(200));
        assertThat(toMouse(0xE6)).isEqualTo(bytes(0xFA));
        assertThat(toMouse(0xEA)).isEqualTo(bytes(0xFA));
        assertThat(toMouse(0xF5)).isEqualTo(bytes(0xFA));
        assertThat(toMouse(0xE9)).isEqualTo(bytes(0xFA, 0x04, 3, 200));
        assertThat(toMouse(0xF6)).isEqualTo(bytes(0xFA));
        assertThat(toMouse(0xE9)).isEqualTo(bytes(0xFA, 0x04, 2, 100));
        assertThat(toMouse(0xE1)).isEqualTo(bytes(0xFE));
    }

    @Test
    void aMouseThatIsResetSaysWhatItIs() {
        assertThat(toMouse(0xFF)).isEqualTo(bytes(0xFA));
        kbd.pass(SELF_TEST);

        assertThat(fetched()).isEqualTo(bytes(0xAA, 0));
    }

    @Test
    void inWrapModeItSendsBackWhatItIsSent() {
        assertThat(toMouse(0xEE)).isEqualTo(bytes(0xFA));
        assertThat(toMouse(0xF4, 0x12)).isEqualTo(bytes(0xF4, 0x12));
        assertThat(toMouse(0xEC)).isEqualTo(bytes(0xFA));
        assertThat(toMouse(0xF2)).isEqualTo(bytes(0xFA, 0));
    }

    @Test
    void movementsAndButtonsComeInPackets() {
        streamingMouse();

        move("right", 3);
        assertThat(fetched()).isEqualTo(bytes(0x08, 3, 0));
        kbd.pass(10_000_000);
        move("down", 2);
        assertThat(fetched()).isEqualTo(bytes(0x28, 0, 0xFE));
        kbd.pass(10_000_000);
        kbd.happens("move", "left", number(1), "up", number(5));
        assertThat(fetched()).isEqualTo(bytes(0x18, 0xFF, 5));
        kbd.pass(10_000_000);
        kbd.happens("button", "button", word("middle"), "state", word("down"));
        assertThat(fetched()).isEqualTo(bytes(0x0C, 0, 0));
        kbd.pass(10_000_000);
        kbd.happens("button", "button", word("right"), "state", word("down"));
        assertThat(fetched()).isEqualTo(bytes(0x0E, 0, 0));
        kbd.pass(10_000_000);
        kbd.happens("button", "button", word("middle"), "state", word("up"));
        assertThat(fetched()).isEqualTo(bytes(0x0A, 0, 0));
    }

    @Test
    void movementsAddUpUntilTheNextSample() {
        streamingMouse();
        move("right", 1);
        long begin = kbd.test.machine.nowNs();
        fetched();
        move("right", 2);
        move("right", 3);
        assertThat(fetched()).isEmpty();

        kbd.pass(begin + 10_000_000 - kbd.test.machine.nowNs());

        assertThat(fetched()).isEqualTo(bytes(0x08, 5, 0));
    }

    @Test
    void movementsAddUpUntilThePacketBeforeIsFetched() {
        streamingMouse();
        move("right", 1);
        kbd.pass(10 * BYTE);
        move("up", 300);
        kbd.pass(20_000_000);
        move("left", 300);
        kbd.pass(20_000_000);

        assertThat(fetched()).isEqualTo(bytes(0x08, 1, 0, 0xD8, 0, 0xFF));
    }

    @Test
    void scalingDoublesWhatIsFast() {
        streamingMouse();
        toMouse(0xE7);
        int[] moved = {1, 2, 3, 4, 5, 6, 20};
        int[] reported = {1, 1, 3, 6, 9, 12, 40};
        for (int i = 0; i < moved.length; i++) {
            move("right", moved[i]);
            assertThat(fetched()).isEqualTo(bytes(0x08, reported[i], 0));
            kbd.pass(10_000_000);
        }
    }

    @Test
    void inRemoteModeItReportsWhenAsked() {
        configure(0x47);
        toMouse(0xF0);
        move("right", 7);
        assertThat(fetched()).isEmpty();

        assertThat(toMouse(0xEB)).isEqualTo(bytes(0xFA, 0x08, 7, 0));
        assertThat(toMouse(0xEB)).isEqualTo(bytes(0xFA, 0x08, 0, 0));
    }

    @Test
    void theKeyboardGoesFirst() {
        streamingMouse();
        key(0x1E, "down");
        kbd.pass(1);
        move("right", 1);
        key(0x1E, "up");

        assertThat(fetched()).isEqualTo(bytes(0x1E, 0x9E, 0x08, 1, 0));
    }

    // ---- moments ----

    @Test
    void aMomentInTheMiddleOfEverythingComesBack() {
        streamingMouse();
        toKeyboard(0xF3, 0x00);
        key(0x1E, "down");
        kbd.happens("parity_error", "port", word("mouse"));
        press("Bc");
        move("right", 5);
        kbd.happens("button", "button", word("left"), "state", word("down"));
        kbd.out(DATA, 0xED);
        kbd.pass(BYTE / 2);
        Snapshot moment = kbd.test.machine.snapshot();
        long hashThen = kbd.test.machine.exactHash();
        List<String> first = rest();
        long hashEnd = kbd.test.machine.exactHash();

        kbd.test.machine.restore(moment);

        assertThat(kbd.test.machine.exactHash()).isEqualTo(hashThen);
        assertThat(rest()).isEqualTo(first).hasSizeGreaterThan(50);
        assertThat(kbd.test.machine.exactHash()).isEqualTo(hashEnd);
    }

    private List<String> rest() {
        kbd.test.events.clear();
        fetched();
        kbd.out(DATA, 0x02);
        fetched();
        move("left", 3);
        command(0xD0);
        kbd.pass(300_000_000);
        fetched();
        return kbd.test.events.stream().map(Event::toString).toList();
    }
}
