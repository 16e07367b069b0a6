package dev.dirql.devices;

import dev.dirql.devices.Ps2Keyboard.Stroke;
import dev.dirql.devices.register.Access;
import dev.dirql.devices.register.Register;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The keyboard and mouse controller of a PC, with a {@link Ps2Keyboard} and a {@link Ps2Mouse}.
 * IBM, Personal System/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary Device
 * Controller".
 *
 * <table>
 * <caption>Registers, 8 bits each</caption>
 * <tr><th>offset</th><th>read</th><th>written</th></tr>
 * <tr><td>0</td><td>DATA: the output buffer</td><td>DATA: a byte for the keyboard, or the parameter
 *     of a command</td></tr>
 * <tr><td>4</td><td>STATUS</td><td>COMMAND</td></tr>
 * </table>
 *
 * <p>What is written sets STATUS.IBF; the controller takes it after {@code controller_time}, or
 * once it has sent the byte before to its device. A second write before that replaces the first. A
 * byte on its way to or from a device takes {@code byte_time}. The output buffer holds one byte:
 * while STATUS.OBF is set, or a byte of the controller's own waits, the devices keep theirs. The
 * keyboard goes first.
 *
 * <p>Interrupts are those of the byte in the output buffer: the first one while OBF is set, AUXB is
 * not, and the command byte enables it; {@code mouse} while both are set and the command byte
 * enables that. Reading DATA ends them.
 *
 * <p>At power-on it is as firmware leaves it: self-test passed (STATUS.SYS), the command byte 0x65
 * (keyboard enabled with its interrupt and translation, mouse disabled). Commands:
 *
 * <ul>
 *   <li>0x20 to 0x3F, 0x60 to 0x7F read and write its memory; the first byte is the command byte.
 *   <li>0xA7, 0xA8 disable and enable the mouse, 0xAD, 0xAE the keyboard. A byte sent to a device
 *       enables it.
 *   <li>0xA9, 0xAB test the mouse's and the keyboard's lines: 0. 0xAA tests the controller: 0x55.
 *   <li>0xC0 reads the input port: 0x83. 0xD0 and 0xD1 read and write the output port.
 *   <li>0xD2 and 0xD3 put a byte into the output buffer as if the keyboard or mouse had sent it.
 *   <li>0xD4 sends a byte to the mouse.
 *   <li>0xF0 to 0xFF pulse bits of the output port. The reset line and the A20 gate lead nowhere
 *       here: pulsing or clearing them changes nothing but what 0xD0 reads.
 * </ul>
 *
 * <p>Every other command is taken and does nothing. {@code raise} lets the keyboard send its
 * overrun code; of the mouse, a packet without movement.
 */
public final class I8042 extends Device {
    private static final String MOUSE = "mouse";
    private static final String KEYBOARD = "keyboard";
    private static final long SECOND_NS = 1_000_000_000;

    private static final Property BYTE_TIME =
            Property.of(
                    "byte_time",
                    new PropertyKind.Time(1, SECOND_NS),
                    new PropertyValue.Quantity(1_000_000),
                    "Time a byte takes between controller and device.");
    private static final Property CONTROLLER_TIME =
            Property.of(
                    "controller_time",
                    new PropertyKind.Time(1, SECOND_NS),
                    new PropertyValue.Quantity(20_000),
                    "Time the controller takes to see a byte that was written, or to answer.");
    private static final Property SELF_TEST_TIME =
            Property.of(
                    "self_test_time",
                    new PropertyKind.Time(1, 10 * SECOND_NS),
                    new PropertyValue.Quantity(500_000_000),
                    "Time from a reset of keyboard or mouse to its 0xAA.");

    private static final String PRESS = "press";
    private static final String KEY = "key";
    private static final String PAUSE = "pause";
    private static final String MOVE = "move";
    private static final String BUTTON = "button";
    private static final String PARITY_ERROR = "parity_error";
    private static final String NO_ANSWER = "no_answer";
    private static final String DOWN = "down";
    private static final String UP = "up";
    private static final String STROKE = "stroke";

    private static final Property TEXT =
            Property.positional(
                    "text",
                    new PropertyKind.Text(4096, ScanCodes.TYPED, "of a US keyboard"),
                    "What is typed.");
    private static final Property EVERY =
            Property.of(
                    "every",
                    new PropertyKind.Time(1_000, SECOND_NS),
                    new PropertyValue.Quantity(100_000_000),
                    "Time from one key to the next; each is down for half of it.");
    private static final Property CODE =
            Property.positional("code", new PropertyKind.Whole(1, 0x7F), "Its code in set 1.");
    private static final Property KEY_STATE =
            Property.positional(
                    "state",
                    new PropertyKind.Choice(List.of(DOWN, UP, STROKE)),
                    new PropertyValue.Word(STROKE),
                    "Whether it goes down, up, or down and up.");
    private static final Property EXTENDED =
            Property.flag("extended", "Its code has the prefix 0xE0.");
    private static final Property WHICH_BUTTON =
            Property.positional(
                    "button",
                    new PropertyKind.Choice(List.of("left", "right", "middle")),
                    "Which button.");
    private static final Property BUTTON_STATE =
            Property.positional(
                    "state",
                    new PropertyKind.Choice(List.of(DOWN, UP)),
                    "Whether it goes down or up.");
    private static final Property PORT =
            Property.positional(
                    "port",
                    new PropertyKind.Choice(List.of(KEYBOARD, MOUSE)),
                    new PropertyValue.Word(KEYBOARD),
                    "Between the controller and which device.");

    private static Property counts(String direction) {
        return Property.of(
                direction,
                new PropertyKind.Whole(0, 100_000),
                new PropertyValue.Quantity(0),
                "How many counts in that direction.");
    }

    public static final DeviceType TYPE =
            new DeviceType(
                    "I8042",
                    "The keyboard and mouse controller of a PC, with a keyboard and a mouse.",
                    settings(),
                    List.of(
                            new StimulusType(PRESS, List.of(TEXT, EVERY), "Somebody types a text."),
                            new StimulusType(
                                    KEY,
                                    List.of(CODE, KEY_STATE, EXTENDED),
                                    "A key goes down, up, or down and up."),
                            new StimulusType(PAUSE, List.of(), "The Pause key is pressed."),
                            new StimulusType(
                                    MOVE,
                                    List.of(
                                            counts("right"),
                                            counts("left"),
                                            counts("up"),
                                            counts("down")),
                                    "The mouse moves."),
                            new StimulusType(
                                    BUTTON,
                                    List.of(WHICH_BUTTON, BUTTON_STATE),
                                    "A button of the mouse goes down or up."),
                            new StimulusType(
                                    PARITY_ERROR,
                                    List.of(PORT),
                                    "The next byte of a device arrives with a wrong parity bit."),
                            new StimulusType(
                                    NO_ANSWER,
                                    List.of(PORT),
                                    "The next byte sent to a device is not taken by it.")),
                    I8042::new);

    private static List<Property> settings() {
        List<Property> all = new ArrayList<>(PortProperty.portsFrom(0x60));
        all.addAll(List.of(BYTE_TIME, CONTROLLER_TIME, SELF_TEST_TIME));
        all.add(InterruptProperties.latchedLine());
        all.add(
                InterruptProperties.furtherLine(
                        MOUSE,
                        "Input of the I/O APIC for bytes of the mouse, 12 in a PC; latched unless"
                                + " said otherwise."));
        all.addAll(InterruptProperties.FURTHER);
        return all;
    }

    // STATUS
    private static final long OBF = 1;
    private static final long IBF = 1 << 1;
    private static final long SYS = 1 << 2;
    private static final long A2 = 1 << 3;
    private static final long INH = 1 << 4;
    private static final long AUXB = 1 << 5;
    private static final long TIMEOUT = 1 << 6;
    private static final long PARITY = 1 << 7;
    // The command byte
    private static final long KEYBOARD_INTERRUPT = 1;
    private static final long MOUSE_INTERRUPT = 1 << 1;
    private static final long SYSTEM_FLAG = 1 << 2;
    private static final long KEYBOARD_DISABLED = 1 << 4;
    private static final long MOUSE_DISABLED = 1 << 5;
    private static final long TRANSLATE = 1 << 6;
    private static final long POWER_ON_COMMAND_BYTE =
            KEYBOARD_INTERRUPT | SYSTEM_FLAG | MOUSE_DISABLED | TRANSLATE;
    // Commands
    private static final int READ_MEMORY = 0x20;
    private static final int WRITE_MEMORY = 0x60;
    private static final int MEMORY_SIZE = 0x20;
    private static final int DISABLE_MOUSE = 0xA7;
    private static final int ENABLE_MOUSE = 0xA8;
    private static final int TEST_MOUSE = 0xA9;
    private static final int SELF_TEST = 0xAA;
    private static final int TEST_KEYBOARD = 0xAB;
    private static final int DISABLE_KEYBOARD = 0xAD;
    private static final int ENABLE_KEYBOARD = 0xAE;
    private static final int READ_INPUT_PORT = 0xC0;
    private static final int READ_OUTPUT_PORT = 0xD0;
    private static final int WRITE_OUTPUT_PORT = 0xD1;
    private static final int WRITE_KEYBOARD_OUTPUT = 0xD2;
    private static final int WRITE_MOUSE_OUTPUT = 0xD3;
    private static final int WRITE_MOUSE = 0xD4;
    private static final int PULSE_RESET = 0xFE;
    private static final int SELF_TEST_PASSED = 0x55;
    private static final int INPUT_PORT = 0x83;
    // The output port
    private static final int RESET_LINE = 1;
    private static final int A20_GATE = 1 << 1;
    private static final int MOUSE_DATA = 1 << 2;
    private static final int MOUSE_CLOCK = 1 << 3;
    private static final int KEYBOARD_FULL = 1 << 4;
    private static final int MOUSE_FULL = 1 << 5;
    private static final int KEYBOARD_CLOCK = 1 << 6;
    private static final int KEYBOARD_DATA = 1 << 7;
    // Bytes between controller and devices
    private static final int BREAK_PREFIX = 0xF0;
    private static final int NOT_SENT = 0xFE;
    private static final int NOT_RECEIVED = 0xFF;
    private static final int STATUS_SHIFT = 8;

    // spotless:off
    private final Register data =
            Register.named("DATA")
                    .at(0)
                    .width(1)
                    .describedAs("The output buffer; written, a byte for keyboard or controller.")
                    .value(
                            KEYBOARD_INTERRUPT,
                            "KEYBOARD_INTERRUPT",
                            "Command byte: a byte of the keyboard interrupts.")
                    .value(
                            MOUSE_INTERRUPT,
                            "MOUSE_INTERRUPT",
                            "Command byte: a byte of the mouse interrupts.")
                    .value(SYSTEM_FLAG, "SYSTEM_FLAG", "Command byte: shows in STATUS as SYS.")
                    .value(
                            KEYBOARD_DISABLED,
                            "KEYBOARD_DISABLED",
                            "Command byte: the keyboard is held.")
                    .value(MOUSE_DISABLED, "MOUSE_DISABLED", "Command byte: the mouse is held.")
                    .value(
                            TRANSLATE,
                            "TRANSLATE",
                            "Command byte: codes of set 2 become codes of set 1.")
                    .value(Ps2Device.ACKNOWLEDGE, "ACKNOWLEDGE", "A device took a byte.")
                    .value(Ps2Device.RESEND, "RESEND", "A device did not understand a byte.")
                    .reads(this::outputByte)
                    .afterRead(this::outputRead)
                    .afterWrite(value -> inputWritten(value, false));
    private final Register status =
            Register.named("STATUS")
                    .at(4)
                    .width(1)
                    .readOnlyHere()
                    .resetsTo(SYS | INH)
                    .describedAs("State of the controller.")
                    .flag(OBF, "OBF", Access.READ_ONLY, "The output buffer holds a byte.")
                    .flag(IBF, "IBF", Access.READ_ONLY, "What was written is not taken yet.")
                    .flag(SYS, "SYS", Access.READ_ONLY, "The self-test passed.")
                    .flag(A2, "A2", Access.READ_ONLY, "COMMAND was written last, not DATA.")
                    .flag(INH, "INH", Access.READ_ONLY, "The keyboard is not locked.")
                    .flag(AUXB, "AUXB", Access.READ_ONLY, "The byte is the mouse's.")
                    .flag(TIMEOUT, "TIMEOUT", Access.READ_ONLY, "A device did not answer.")
                    .flag(PARITY, "PARITY", Access.READ_ONLY, "The byte came with an error.");
    private final Register commands =
            Register.named("COMMAND")
                    .at(4)
                    .width(1)
                    .access(Access.WRITE_ONLY)
                    .writeOnlyHere()
                    .describedAs("Starts a command of the controller.")
                    .value(READ_MEMORY, "READ_COMMAND_BYTE", "Gives the command byte.")
                    .value(WRITE_MEMORY, "WRITE_COMMAND_BYTE", "Takes the command byte.")
                    .value(DISABLE_MOUSE, "DISABLE_MOUSE", "Holds the mouse.")
                    .value(ENABLE_MOUSE, "ENABLE_MOUSE", "Lets the mouse send.")
                    .value(TEST_MOUSE, "TEST_MOUSE", "Tests the mouse's lines: 0.")
                    .value(SELF_TEST, "SELF_TEST", "Tests the controller: 0x55.")
                    .value(TEST_KEYBOARD, "TEST_KEYBOARD", "Tests the keyboard's lines: 0.")
                    .value(DISABLE_KEYBOARD, "DISABLE_KEYBOARD", "Holds the keyboard.")
                    .value(ENABLE_KEYBOARD, "ENABLE_KEYBOARD", "Lets the keyboard send.")
                    .value(READ_INPUT_PORT, "READ_INPUT_PORT", "Gives the input port.")
                    .value(READ_OUTPUT_PORT, "READ_OUTPUT_PORT", "Gives the output port.")
                    .value(WRITE_OUTPUT_PORT, "WRITE_OUTPUT_PORT", "Takes the output port.")
                    .value(
                            WRITE_KEYBOARD_OUTPUT,
                            "WRITE_KEYBOARD_OUTPUT",
                            "Takes a byte as if the keyboard sent it.")
                    .value(
                            WRITE_MOUSE_OUTPUT,
                            "WRITE_MOUSE_OUTPUT",
                            "Takes a byte as if the mouse sent it.")
                    .value(WRITE_MOUSE, "WRITE_MOUSE", "Takes a byte for the mouse.")
                    .value(PULSE_RESET, "PULSE_RESET", "Pulses the reset line.")
                    .afterWrite(value -> inputWritten(value, true));

    // spotless:on

    /** A byte on a line between the controller and a device. */
    private enum Line {
        IDLE,
        KEYBOARD,
        MOUSE
    }

    private static final Line[] LINES = Line.values();

    private final long byteNs;
    private final long controllerNs;
    private final Ps2Keyboard keyboard;
    private final Ps2Mouse mouse;
    private final int takeHandler;
    private final int deliverHandler;
    private final int sentHandler;
    private final int receivedHandler;

    private final long[] memory = new long[MEMORY_SIZE];
    private int outputPort = RESET_LINE | A20_GATE;
    private int input;
    private int output;
    private boolean taking;
    private boolean delivering;

    /** The command whose parameter is awaited, 0 without one. */
    private int awaiting;

    private Line sendingTo = Line.IDLE;
    private int sendingByte;
    private Line receivingFrom = Line.IDLE;
    private int receivingByte;
    private boolean afterBreakPrefix;

    /** Bytes for the output buffer, with the bits of STATUS that go with them above. */
    private final ArrayDeque<Integer> waiting = new ArrayDeque<>();

    private boolean keyboardParityError;
    private boolean mouseParityError;
    private boolean keyboardSilent;
    private boolean mouseSilent;

    private I8042(DeviceSetup setup) {
        super(TYPE, setup);
        byteNs = setup.properties().number(BYTE_TIME.name());
        controllerNs = setup.properties().number(CONTROLLER_TIME.name());
        long selfTestNs = setup.properties().number(SELF_TEST_TIME.name());
        keyboard = new Ps2Keyboard(machine(), this::goOn, selfTestNs);
        mouse = new Ps2Mouse(machine(), this::goOn, selfTestNs);
        memory[0] = POWER_ON_COMMAND_BYTE;
        takeHandler = machine().queue().register((_, _) -> take());
        deliverHandler = machine().queue().register((_, _) -> answerTimeOver());
        sentHandler = machine().queue().register((_, _) -> sent());
        receivedHandler = machine().queue().register((_, _) -> received());
        install(data, status, commands);
    }

    private boolean commandByteHas(long bit) {
        return (memory[0] & bit) != 0;
    }

    private void setCommandByte(long bit, boolean value) {
        memory[0] = value ? memory[0] | bit : memory[0] & ~bit;
    }

    /** Lights of the keyboard, bits 0 to 2: scroll lock, num lock, caps lock. */
    public int leds() {
        return keyboard.leds();
    }

    // ---- software's side ----

    private long outputByte() {
        return output;
    }

    private void outputRead() {
        status.clear(OBF | AUXB | TIMEOUT | PARITY);
        updateLine();
        goOn();
    }

    private void inputWritten(long value, boolean isCommand) {
        data.set(0);
        commands.set(0);
        input = (int) value;
        status.raise(IBF | (isCommand ? A2 : 0));
        if (!isCommand) {
            status.clear(A2);
        }
        goOn();
    }

    // ---- what happens next ----

    /** Begins whatever can begin now. */
    private void goOn() {
        if (status.isSet(IBF) && !taking && sendingTo == Line.IDLE) {
            taking = true;
            machine().queue().set(takeHandler, machine().nowNs() + controllerNs, 0);
        }
        if (status.isSet(OBF)) {
            return;
        }
        if (!waiting.isEmpty()) {
            if (!delivering) {
                delivering = true;
                machine().queue().set(deliverHandler, machine().nowNs() + controllerNs, 0);
            }
        } else if (receivingFrom == Line.IDLE && sendingTo == Line.IDLE && !taking) {
            if (keyboard.hasSomethingToSend() && !commandByteHas(KEYBOARD_DISABLED)) {
                receive(Line.KEYBOARD);
            } else if (mouse.hasSomethingToSend() && !commandByteHas(MOUSE_DISABLED)) {
                receive(Line.MOUSE);
            }
        }
    }

    private void receive(Line from) {
        receivingFrom = from;
        receivingByte = from == Line.KEYBOARD ? keyboard.send() : mouse.send();
        machine().queue().set(receivedHandler, machine().nowNs() + byteNs, 0);
    }

    private void received() {
        if (receivingFrom == Line.MOUSE) {
            waiting.add(
                    mouseParityError
                            ? NOT_RECEIVED | (int) (AUXB | PARITY) << STATUS_SHIFT
                            : receivingByte | (int) AUXB << STATUS_SHIFT);
            mouseParityError = false;
        } else if (keyboardParityError) {
            waiting.add(NOT_RECEIVED | (int) PARITY << STATUS_SHIFT);
            keyboardParityError = false;
        } else if (!commandByteHas(TRANSLATE)) {
            waiting.add(receivingByte);
        } else if (receivingByte == BREAK_PREFIX) {
            afterBreakPrefix = true;
        } else {
            waiting.add(ScanCodes.translate(receivingByte) | (afterBreakPrefix ? 0x80 : 0));
            afterBreakPrefix = false;
        }
        receivingFrom = Line.IDLE;
        deliver();
        goOn();
    }

    private void answerTimeOver() {
        delivering = false;
        deliver();
    }

    private void deliver() {
        if (!status.isSet(OBF) && !waiting.isEmpty()) {
            int next = waiting.removeFirst();
            output = next & 0xFF;
            status.raise(OBF | next >>> STATUS_SHIFT);
        }
        updateLine();
    }

    private void sendTo(Line device, int value) {
        setCommandByte(device == Line.KEYBOARD ? KEYBOARD_DISABLED : MOUSE_DISABLED, false);
        sendingTo = device;
        sendingByte = value;
        machine().queue().set(sentHandler, machine().nowNs() + byteNs, 0);
    }

    private void sent() {
        Line device = sendingTo;
        sendingTo = Line.IDLE;
        if (device == Line.KEYBOARD && keyboardSilent) {
            keyboardSilent = false;
            waiting.add(NOT_SENT | (int) TIMEOUT << STATUS_SHIFT);
        } else if (device == Line.MOUSE && mouseSilent) {
            mouseSilent = false;
            waiting.add(NOT_SENT | (int) (TIMEOUT | AUXB) << STATUS_SHIFT);
        } else if (device == Line.KEYBOARD) {
            keyboard.receive(sendingByte);
        } else {
            mouse.receive(sendingByte);
        }
        goOn();
    }

    // ---- the controller's commands ----

    private void take() {
        taking = false;
        boolean isCommand = status.isSet(A2);
        status.clear(IBF);
        if (isCommand) {
            awaiting = 0;
            command(input);
        } else {
            int command = awaiting;
            awaiting = 0;
            parameter(command, input);
        }
        updateLine();
        goOn();
    }

    private void command(int command) {
        if (command >= READ_MEMORY && command < READ_MEMORY + MEMORY_SIZE) {
            answer((int) memory[command - READ_MEMORY]);
            return;
        }
        if (command >= WRITE_MEMORY && command < WRITE_MEMORY + MEMORY_SIZE) {
            awaiting = command;
            return;
        }
        switch (command) {
            case WRITE_OUTPUT_PORT, WRITE_KEYBOARD_OUTPUT, WRITE_MOUSE_OUTPUT, WRITE_MOUSE ->
                    awaiting = command;
            case DISABLE_MOUSE, ENABLE_MOUSE ->
                    setCommandByte(MOUSE_DISABLED, command == DISABLE_MOUSE);
            case DISABLE_KEYBOARD, ENABLE_KEYBOARD ->
                    setCommandByte(KEYBOARD_DISABLED, command == DISABLE_KEYBOARD);
            case TEST_MOUSE, TEST_KEYBOARD -> answer(0);
            case SELF_TEST -> {
                setCommandByte(SYSTEM_FLAG, true);
                status.raise(SYS);
                answer(SELF_TEST_PASSED);
            }
            case READ_INPUT_PORT -> answer(INPUT_PORT);
            case READ_OUTPUT_PORT -> answer(outputPort());
            default -> {
                // Pulses of lines that lead nowhere, and what the controller does not know.
            }
        }
    }

    private void parameter(int command, int value) {
        switch (command) {
            case 0 -> sendTo(Line.KEYBOARD, value);
            case WRITE_OUTPUT_PORT -> outputPort = value & (RESET_LINE | A20_GATE);
            case WRITE_KEYBOARD_OUTPUT -> answer(value);
            case WRITE_MOUSE_OUTPUT -> answer(value | (int) AUXB << STATUS_SHIFT);
            case WRITE_MOUSE -> sendTo(Line.MOUSE, value);
            default -> {
                memory[command - WRITE_MEMORY] = value;
                if (command == WRITE_MEMORY) {
                    status.clear(SYS);
                    status.raise(commandByteHas(SYSTEM_FLAG) ? SYS : 0);
                }
            }
        }
    }

    private void answer(int value) {
        waiting.add(value);
    }

    private int outputPort() {
        boolean full = status.isSet(OBF);
        boolean ofMouse = status.isSet(AUXB);
        return outputPort
                | MOUSE_DATA
                | KEYBOARD_DATA
                | (commandByteHas(MOUSE_DISABLED) ? 0 : MOUSE_CLOCK)
                | (commandByteHas(KEYBOARD_DISABLED) ? 0 : KEYBOARD_CLOCK)
                | (full && !ofMouse ? KEYBOARD_FULL : 0)
                | (full && ofMouse ? MOUSE_FULL : 0);
    }

    // ---- interrupts ----

    @Override
    protected void updateLine() {
        boolean full = status.isSet(OBF);
        boolean ofMouse = status.isSet(AUXB);
        interruptWhile(full && !ofMouse && commandByteHas(KEYBOARD_INTERRUPT));
        interruptWhile(MOUSE, full && ofMouse && commandByteHas(MOUSE_INTERRUPT));
    }

    // ---- what happens to it ----

    @Override
    protected void raise() {
        keyboard.overrun();
    }

    @Override
    protected void raise(String further) {
        mouse.reportNothing();
    }

    @Override
    protected void stimulate(StimulusType stimulus, PropertyValues arguments) {
        switch (stimulus.name()) {
            case PRESS ->
                    keyboard.type(
                            strokes(arguments.text(TEXT.name()), arguments.number(EVERY.name())));
            case KEY -> keyboard.type(strokes(arguments));
            case PAUSE -> keyboard.pressPause();
            case MOVE ->
                    mouse.move(
                            (int) (arguments.number("right") - arguments.number("left")),
                            (int) (arguments.number("up") - arguments.number("down")));
            case BUTTON ->
                    mouse.button(
                            switch (arguments.word(WHICH_BUTTON.name())) {
                                case "left" -> Ps2Mouse.LEFT;
                                case "right" -> Ps2Mouse.RIGHT;
                                default -> Ps2Mouse.MIDDLE;
                            },
                            arguments.word(BUTTON_STATE.name()).equals(DOWN));
            case PARITY_ERROR -> {
                keyboardParityError |= !isOfMouse(arguments);
                mouseParityError |= isOfMouse(arguments);
            }
            case NO_ANSWER -> {
                keyboardSilent |= !isOfMouse(arguments);
                mouseSilent |= isOfMouse(arguments);
            }
            default -> throw new IllegalStateException(name() + ": " + stimulus.name());
        }
    }

    private static boolean isOfMouse(PropertyValues arguments) {
        return arguments.word(PORT.name()).equals(MOUSE);
    }

    private static List<Stroke> strokes(PropertyValues arguments) {
        int key = (int) arguments.number(CODE.name());
        boolean extended = arguments.flag(EXTENDED.name());
        String state = arguments.word(KEY_STATE.name());
        List<Stroke> strokes = new ArrayList<>();
        if (!state.equals(UP)) {
            strokes.add(new Stroke(key, extended, true, 0));
        }
        if (!state.equals(DOWN)) {
            long heldNs = ((PropertyValue.Quantity) EVERY.unlessSaid().orElseThrow()).number() / 2;
            strokes.add(new Stroke(key, extended, false, state.equals(UP) ? 0 : heldNs));
        }
        return strokes;
    }

    private static List<Stroke> strokes(String text, long everyNs) {
        List<Stroke> strokes = new ArrayList<>();
        long afterNs = 0;
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            int key = ScanCodes.keyOf(character);
            boolean shift = ScanCodes.needsShift(character);
            if (shift) {
                strokes.add(new Stroke(ScanCodes.LEFT_SHIFT, false, true, afterNs));
            }
            strokes.add(new Stroke(key, false, true, shift ? 0 : afterNs));
            strokes.add(new Stroke(key, false, false, everyNs / 2));
            if (shift) {
                strokes.add(new Stroke(ScanCodes.LEFT_SHIFT, false, false, 0));
            }
            afterNs = everyNs - everyNs / 2;
        }
        return strokes;
    }

    // ---- moments ----

    @Override
    protected void saveDevice(StateWriter out) {
        keyboard.save(out);
        mouse.save(out);
        out.values(memory);
        out.value(outputPort);
        out.value(input);
        out.value(output);
        out.value(taking);
        out.value(delivering);
        out.value(awaiting);
        out.value(sendingTo.ordinal());
        out.value(sendingByte);
        out.value(receivingFrom.ordinal());
        out.value(receivingByte);
        out.value(afterBreakPrefix);
        Ps2Device.save(out, waiting);
        out.value(keyboardParityError);
        out.value(mouseParityError);
        out.value(keyboardSilent);
        out.value(mouseSilent);
    }

    @Override
    protected void restoreDevice(StateReader in) {
        keyboard.restore(in);
        mouse.restore(in);
        in.values(memory);
        outputPort = in.intValue();
        input = in.intValue();
        output = in.intValue();
        taking = in.booleanValue();
        delivering = in.booleanValue();
        awaiting = in.intValue();
        sendingTo = LINES[in.intValue()];
        sendingByte = in.intValue();
        receivingFrom = LINES[in.intValue()];
        receivingByte = in.intValue();
        afterBreakPrefix = in.booleanValue();
        Ps2Device.restore(in, waiting);
        keyboardParityError = in.booleanValue();
        mouseParityError = in.booleanValue();
        keyboardSilent = in.booleanValue();
        mouseSilent = in.booleanValue();
    }
}
