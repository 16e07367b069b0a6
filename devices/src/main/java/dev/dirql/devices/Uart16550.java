package dev.dirql.devices;

import dev.dirql.devices.register.Access;
import dev.dirql.devices.register.Register;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * A serial port: the PC16550D UART as its datasheet describes it (National Semiconductor, "PC16550D
 * Universal Asynchronous Receiver/Transmitter with FIFOs"), wired as in a PC.
 *
 * <table>
 * <caption>Registers, 8 bits each</caption>
 * <tr><th>offset</th><th>read</th><th>written</th><th>while LCR.DLAB is set</th></tr>
 * <tr><td>0</td><td>RBR</td><td>THR</td><td>DLL</td></tr>
 * <tr><td>1</td><td colspan="2">IER</td><td>DLM</td></tr>
 * <tr><td>2</td><td>IIR</td><td>FCR</td><td></td></tr>
 * <tr><td>3</td><td colspan="2">LCR</td><td></td></tr>
 * <tr><td>4</td><td colspan="2">MCR</td><td></td></tr>
 * <tr><td>5</td><td>LSR</td><td></td><td></td></tr>
 * <tr><td>6</td><td>MSR</td><td></td><td></td></tr>
 * <tr><td>7</td><td colspan="2">SCR</td><td></td></tr>
 * </table>
 *
 * <p>A bit lasts 16 * divisor cycles of {@code clock}, a character its start bit, data bits, parity
 * and stop bits. The other end of the line always has the same speed and format.
 *
 * <ul>
 *   <li><em>Sending.</em> A character written to an idle transmitter moves to the shift register
 *       one bit time later (the datasheet's t<sub>SI</sub>: 16 to 24 cycles of the baud generator),
 *       and is on the line when the shift register has done with it. THRE says that the holding
 *       register or FIFO is empty, TEMT that the shift register is as well. A character written
 *       when there is no room is lost: the last one of a FIFO stays, in the holding register the
 *       new one stays.
 *   <li><em>Receiving.</em> A character is there when its last stop bit is. With FIFOs its errors
 *       show in LSR when it is the next to be read, and LSR bit 7 says that there are some. A full
 *       FIFO keeps what it has, a full RBR is replaced: OE in both cases. A break is one character
 *       0 with BI and FE (and PE where the parity bit would be 1).
 *   <li><em>Interrupts</em>, the most important first: line status (until LSR is read), received
 *       data (until RBR is read, or the FIFO is below its trigger level), receive timeout (four
 *       character times without a character coming or being read; until RBR is read), THR empty
 *       (until IIR is read and says so, or THR is written), modem status (until MSR is read).
 *       Setting IER.ETBEI while THRE is set requests the THR empty interrupt. With FIFOs it comes
 *       one character time less the last stop bit later if the FIFO has not held two characters at
 *       once since THRE was set last, except for the first one after a change of FCR bit 0.
 *   <li><em>MCR.LOOP</em> leads the shift register to the receiver and DTR, RTS, OUT1, OUT2 to DSR,
 *       CTS, RI, DCD; the pins are inactive.
 * </ul>
 *
 * <p>The interrupt reaches the line only while pin OUT2 is active, so not while MCR.LOOP is set;
 * with {@code gate none} it always does. {@code echo} is a plug that leads the line back, RTS to
 * CTS, and DTR to DSR and DCD; without it these inputs are inactive until a stimulus says
 * otherwise.
 *
 * <p>What the datasheet leaves open: RBR read when nothing is there gives what was read last; the
 * divisor is 12 (9600 baud) at power-on, and 0 counts as 65536; writes to LSR and MSR are lost. DMA
 * mode only keeps its bit: RXRDY and TXRDY lead nowhere.
 *
 * <p>{@code raise} requests the THR empty interrupt though nothing was sent. The text {@code
 * transmitted} is what went over the line, a character a byte.
 */
public final class Uart16550 extends Device {
    private static final int FIFO_SIZE = 16;
    private static final int[] TRIGGER_LEVELS = {1, 4, 8, 14};
    private static final int TIMEOUT_CHARACTERS = 4;
    private static final long SECOND_NS = 1_000_000_000;
    private static final int BAUD_CYCLES = 16;

    private static final String TRANSMITTED = "transmitted";
    private static final String OUT2_GATES = "out2";
    private static final String GATES_NONE = "none";
    private static final String ACTIVE = "on";
    private static final String INACTIVE = "off";
    private static final long LONGEST_NS = 3_600_000_000_000L;

    private static final Property CLOCK =
            Property.of(
                    "clock",
                    new PropertyKind.Whole(100_000, 100_000_000),
                    new PropertyValue.Quantity(1_843_200),
                    "Cycles a second of its crystal; 16 times the baud rate at divisor 1.");
    private static final Property GATE =
            Property.of(
                    "gate",
                    new PropertyKind.Choice(List.of(OUT2_GATES, GATES_NONE)),
                    new PropertyValue.Word(OUT2_GATES),
                    "What lets its interrupt through: pin OUT2 as in a PC, or nothing has to.");
    private static final Property ECHO =
            Property.flag("echo", "A plug that leads every character and modem line back.");

    private static final Property COUNT =
            Property.of(
                    "count",
                    new PropertyKind.Whole(1, 1_000_000),
                    new PropertyValue.Quantity(1),
                    "How many times.");
    private static final Property EVERY =
            Property.of(
                    "every",
                    new PropertyKind.Time(0, LONGEST_NS),
                    new PropertyValue.Quantity(0),
                    "Time between two characters, if longer than a character takes.");
    private static final Property STATE =
            Property.positional(
                    "state",
                    new PropertyKind.Choice(List.of(ACTIVE, INACTIVE)),
                    "Whether the line is active.");

    private static final String RECEIVE = "receive";
    private static final String RECEIVE_BYTE = "receive_byte";
    private static final String BREAK = "break";
    private static final String PARITY_ERROR = "parity_error";
    private static final String FRAMING_ERROR = "framing_error";
    private static final Property TEXT =
            Property.positional(
                    "text", new PropertyKind.Text(4096, "", ""), "The characters, in UTF-8.");
    private static final Property BYTE =
            Property.positional("byte", new PropertyKind.Whole(0, 255), "The character.");
    private static final Property LENGTH =
            Property.positional(
                    "length",
                    new PropertyKind.Time(0, LONGEST_NS),
                    new PropertyValue.Quantity(0),
                    "How long, if longer than a character takes.");

    public static final DeviceType TYPE =
            new DeviceType(
                    "Uart16550",
                    "A serial port with FIFOs: the PC16550D, wired as in a PC.",
                    settings(),
                    List.of(
                            new StimulusType(
                                    RECEIVE,
                                    List.of(TEXT, COUNT, EVERY),
                                    "Characters arrive one behind the other at the line's speed."),
                            new StimulusType(
                                    RECEIVE_BYTE,
                                    List.of(BYTE, COUNT, EVERY),
                                    "A character arrives, by its number."),
                            new StimulusType(BREAK, List.of(LENGTH), "A break arrives."),
                            new StimulusType(
                                    PARITY_ERROR,
                                    List.of(),
                                    "The next character that arrives has a wrong parity bit, which"
                                            + " is noticed if parity is on."),
                            new StimulusType(
                                    FRAMING_ERROR,
                                    List.of(),
                                    "The next character that arrives has no stop bit."),
                            new StimulusType("cts", List.of(STATE), "CLEAR TO SEND changes."),
                            new StimulusType("dsr", List.of(STATE), "DATA SET READY changes."),
                            new StimulusType("dcd", List.of(STATE), "DATA CARRIER DETECT changes."),
                            new StimulusType("ring", List.of(STATE), "RING INDICATOR changes.")),
                    List.of(TRANSMITTED),
                    Uart16550::new);

    private static List<Property> settings() {
        List<Property> all = new ArrayList<>(PortProperty.portsFrom(0x3F8));
        all.addAll(List.of(CLOCK, GATE, ECHO, InterruptProperties.latchedLine()));
        all.add(InterruptProperties.MESSAGE);
        all.addAll(InterruptProperties.FURTHER);
        return all;
    }

    // IER
    private static final long ERBFI = 1;
    private static final long ETBEI = 1 << 1;
    private static final long ELSI = 1 << 2;
    private static final long EDSSI = 1 << 3;
    // IIR
    private static final long NO_INTERRUPT = 0x01;
    private static final long MODEM_STATUS = 0x00;
    private static final long THR_EMPTY = 0x02;
    private static final long RECEIVED_DATA = 0x04;
    private static final long LINE_STATUS = 0x06;
    private static final long RECEIVE_TIMEOUT = 0x0C;
    private static final long FIFOS_ENABLED = 0xC0;
    // FCR
    private static final long FIFO_ENABLE = 1;
    private static final long RECEIVER_RESET = 1 << 1;
    private static final long TRANSMITTER_RESET = 1 << 2;
    private static final long DMA_MODE = 1 << 3;
    private static final long TRIGGER = 0xC0;
    private static final int TRIGGER_SHIFT = 6;
    // LCR
    private static final long WORD_LENGTH = 0x03;
    private static final long STOP_BITS = 1 << 2;
    private static final long PARITY_ENABLE = 1 << 3;
    private static final long EVEN_PARITY = 1 << 4;
    private static final long STICK_PARITY = 1 << 5;
    private static final long SET_BREAK = 1 << 6;
    private static final long DLAB = 1 << 7;
    // MCR
    private static final long DTR = 1;
    private static final long RTS = 1 << 1;
    private static final long OUT1 = 1 << 2;
    private static final long OUT2 = 1 << 3;
    private static final long LOOP = 1 << 4;
    // LSR
    private static final long DR = 1;
    private static final long OE = 1 << 1;
    private static final long PE = 1 << 2;
    private static final long FE = 1 << 3;
    private static final long BI = 1 << 4;
    private static final long THRE = 1 << 5;
    private static final long TEMT = 1 << 6;
    private static final long FIFO_ERROR = 1 << 7;
    private static final long CHARACTER_ERRORS = PE | FE | BI;
    // MSR
    private static final long DCTS = 1;
    private static final long DDSR = 1 << 1;
    private static final long TERI = 1 << 2;
    private static final long DDCD = 1 << 3;
    private static final long CTS = 1 << 4;
    private static final long DSR = 1 << 5;
    private static final long RI = 1 << 6;
    private static final long DCD = 1 << 7;
    private static final long INPUTS = CTS | DSR | RI | DCD;
    private static final long DELTAS = DCTS | DDSR | TERI | DDCD;

    // spotless:off
    private final Register receiverBuffer =
            Register.named("RBR")
                    .at(0)
                    .width(1)
                    .access(Access.READ_ONLY)
                    .readOnlyHere()
                    .describedAs("The oldest character that was received.")
                    .selectedWhile(this::isDataSelected)
                    .reads(this::nextCharacter)
                    .afterRead(this::characterRead);
    private final Register transmitterHolding =
            Register.named("THR")
                    .at(0)
                    .width(1)
                    .access(Access.WRITE_ONLY)
                    .writeOnlyHere()
                    .describedAs("A character to send.")
                    .selectedWhile(this::isDataSelected)
                    .afterWrite(this::characterWritten);
    private final Register divisorLow =
            Register.named("DLL")
                    .at(0)
                    .width(1)
                    .resetsTo(12)
                    .describedAs("Divisor of the baud generator, lower half; while DLAB is set.")
                    .selectedWhile(this::isDivisorSelected);
    private final Register interruptEnable =
            Register.named("IER")
                    .at(1)
                    .width(1)
                    .describedAs("Which interrupts are enabled.")
                    .selectedWhile(this::isDataSelected)
                    .flag(ERBFI, "ERBFI", Access.READ_WRITE, "Received data and timeout.")
                    .flag(ETBEI, "ETBEI", Access.READ_WRITE, "THR empty.")
                    .flag(ELSI, "ELSI", Access.READ_WRITE, "Line status.")
                    .flag(EDSSI, "EDSSI", Access.READ_WRITE, "Modem status.")
                    .afterWrite(_ -> enableWritten());
    private final Register divisorHigh =
            Register.named("DLM")
                    .at(1)
                    .width(1)
                    .describedAs("Divisor of the baud generator, upper half; while DLAB is set.")
                    .selectedWhile(this::isDivisorSelected);
    private final Register interruptIdentification =
            Register.named("IIR")
                    .at(2)
                    .width(1)
                    .readOnlyHere()
                    .resetsTo(NO_INTERRUPT)
                    .describedAs("The most important interrupt that is pending.")
                    .field(0x0F, "INTERRUPT_ID", Access.READ_ONLY, "Which interrupt.")
                    .field(FIFOS_ENABLED, "FIFOS_ENABLED", Access.READ_ONLY, "The FIFOs are on.")
                    .value(NO_INTERRUPT, "NO_INTERRUPT", "None is pending.")
                    .value(LINE_STATUS, "LINE_STATUS", "A character had an error, or was lost.")
                    .value(RECEIVED_DATA, "RECEIVED_DATA", "The trigger level is reached.")
                    .value(RECEIVE_TIMEOUT, "RECEIVE_TIMEOUT", "Characters wait to be read.")
                    .value(THR_EMPTY, "THR_EMPTY", "THR can be written.")
                    .value(MODEM_STATUS, "MODEM_STATUS", "A modem line changed.")
                    .reads(this::identification)
                    .afterRead(this::identificationRead);
    private final Register fifoControl =
            Register.named("FCR")
                    .at(2)
                    .width(1)
                    .writeOnlyHere()
                    .describedAs("Controls the FIFOs.")
                    .flag(
                            FIFO_ENABLE,
                            "FIFO_ENABLE",
                            Access.WRITE_ONLY,
                            "The FIFOs are on; without it the other bits are not taken.")
                    .flag(
                            RECEIVER_RESET,
                            "RCVR_FIFO_RESET",
                            Access.WRITE_ONLY,
                            "Empties the receiver's FIFO.")
                    .flag(
                            TRANSMITTER_RESET,
                            "XMIT_FIFO_RESET",
                            Access.WRITE_ONLY,
                            "Empties the transmitter's FIFO.")
                    .flag(DMA_MODE, "DMA_MODE", Access.WRITE_ONLY, "What RXRDY and TXRDY mean.")
                    .field(
                            TRIGGER,
                            "RCVR_TRIGGER",
                            Access.WRITE_ONLY,
                            "Trigger level of the receiver's FIFO: 0 to 3 for 1, 4, 8, 14.")
                    .afterWrite(this::fifoControlWritten);
    private final Register lineControl =
            Register.named("LCR")
                    .at(3)
                    .width(1)
                    .describedAs("Format of a character.")
                    .field(WORD_LENGTH, "WLS", Access.READ_WRITE, "Data bits: 0 to 3 for 5 to 8.")
                    .flag(
                            STOP_BITS,
                            "STB",
                            Access.READ_WRITE,
                            "Two stop bits, 1.5 with five data bits.")
                    .flag(PARITY_ENABLE, "PEN", Access.READ_WRITE, "There is a parity bit.")
                    .flag(EVEN_PARITY, "EPS", Access.READ_WRITE, "It is even.")
                    .flag(
                            STICK_PARITY,
                            "STICK_PARITY",
                            Access.READ_WRITE,
                            "It is 0 with EPS, else 1.")
                    .flag(SET_BREAK, "SET_BREAK", Access.READ_WRITE, "The line is held at space.")
                    .flag(DLAB, "DLAB", Access.READ_WRITE, "DLL and DLM are at 0 and 1.")
                    .afterWrite(_ -> lineControlWritten());
    private final Register modemControl =
            Register.named("MCR")
                    .at(4)
                    .width(1)
                    .describedAs("Modem lines.")
                    .flag(DTR, "DTR", Access.READ_WRITE, "DATA TERMINAL READY.")
                    .flag(RTS, "RTS", Access.READ_WRITE, "REQUEST TO SEND.")
                    .flag(OUT1, "OUT1", Access.READ_WRITE, "Pin OUT1.")
                    .flag(
                            OUT2,
                            "OUT2",
                            Access.READ_WRITE,
                            "Pin OUT2, which lets the interrupt through.")
                    .flag(LOOP, "LOOP", Access.READ_WRITE, "What is sent is received.")
                    .afterWrite(_ -> modemControlWritten());
    private final Register lineStatus =
            Register.named("LSR")
                    .at(5)
                    .width(1)
                    .resetsTo(THRE | TEMT)
                    .describedAs("State of receiver and transmitter.")
                    .flag(DR, "DR", Access.READ_ONLY, "A character can be read.")
                    .flag(OE, "OE", Access.READ_TO_CLEAR, "A character was lost.")
                    .flag(PE, "PE", Access.READ_TO_CLEAR, "A parity bit was wrong.")
                    .flag(FE, "FE", Access.READ_TO_CLEAR, "A stop bit was missing.")
                    .flag(BI, "BI", Access.READ_TO_CLEAR, "There was a break.")
                    .flag(THRE, "THRE", Access.READ_ONLY, "THR or the FIFO is empty.")
                    .flag(TEMT, "TEMT", Access.READ_ONLY, "The shift register is empty as well.")
                    .flag(
                            FIFO_ERROR,
                            "FIFO_ERROR",
                            Access.READ_ONLY,
                            "A character in the FIFO has an error.")
                    .afterRead(this::lineStatusRead);
    private final Register modemStatus =
            Register.named("MSR")
                    .at(6)
                    .width(1)
                    .describedAs("State of the modem lines.")
                    .flag(DCTS, "DCTS", Access.READ_TO_CLEAR, "CTS changed.")
                    .flag(DDSR, "DDSR", Access.READ_TO_CLEAR, "DSR changed.")
                    .flag(TERI, "TERI", Access.READ_TO_CLEAR, "RI became inactive.")
                    .flag(DDCD, "DDCD", Access.READ_TO_CLEAR, "DCD changed.")
                    .flag(CTS, "CTS", Access.READ_ONLY, "CLEAR TO SEND.")
                    .flag(DSR, "DSR", Access.READ_ONLY, "DATA SET READY.")
                    .flag(RI, "RI", Access.READ_ONLY, "RING INDICATOR.")
                    .flag(DCD, "DCD", Access.READ_ONLY, "DATA CARRIER DETECT.")
                    .afterRead(this::updateLine);
    private final Register scratch =
            Register.named("SCR").at(7).width(1).describedAs("Keeps a byte for the driver.");
    // spotless:on

    private final long clockHz;
    private final boolean gated;
    private final boolean plugged;
    private final int shiftHandler;
    private final int emptyHandler;
    private final int arrivalHandler;
    private final int timeoutHandler;
    private final int breakHandler;

    /** A character in the receiver: its data, and its errors where LSR has them, shifted by 8. */
    private final Fifo received = new Fifo();

    private final Fifo toSend = new Fifo();

    /** What fifoControl was set to: an FCR write without FIFO_ENABLE leaves the other bits. */
    private long control;

    private long enabledBefore;
    private long lastRead;
    private boolean timedOut;
    private boolean requestsThrEmpty;
    private boolean emptyIsDelayed;
    private boolean heldTwo;
    private boolean firstEmptyIsPrompt;

    /** The transmitter has begun with a character, at least waits for its start bit. */
    private boolean sending;

    private boolean shifting;
    private long shiftRegister;
    private boolean ownBreak;
    private String transmitted = "";
    private final StringBuilder transmittedLately = new StringBuilder();

    private long inputs;
    private long nextErrors;
    private final ArrayDeque<Arrival> arrivals = new ArrayDeque<>();
    private boolean arriving;
    private long lineFreeNs;

    /**
     * Characters that are still to arrive.
     *
     * @param next index of the next one
     * @param times how many more times they arrive, this one included; 0 for a break
     * @param everyNs time from one to the next, or length of the break
     */
    private record Arrival(String bytes, int next, long times, long everyNs) {
        boolean isBreak() {
            return times == 0;
        }
    }

    /** Up to sixteen numbers in the order in which they came. */
    private static final class Fifo {
        private final long[] values = new long[FIFO_SIZE];
        private int first;
        private int size;

        void add(long value) {
            values[(first + size++) % FIFO_SIZE] = value;
        }

        long take() {
            long value = values[first];
            first = (first + 1) % FIFO_SIZE;
            size--;
            return value;
        }

        long get(int index) {
            return values[(first + index) % FIFO_SIZE];
        }

        void replace(int index, long value) {
            values[(first + index) % FIFO_SIZE] = value;
        }

        void clear() {
            size = 0;
        }

        void save(StateWriter out) {
            out.value(size);
            for (int i = 0; i < size; i++) {
                out.value(get(i));
            }
        }

        void restore(StateReader in) {
            clear();
            int count = in.intValue();
            for (int i = 0; i < count; i++) {
                add(in.value());
            }
        }
    }

    private Uart16550(DeviceSetup setup) {
        super(TYPE, setup);
        clockHz = setup.properties().number(CLOCK.name());
        gated = setup.properties().word(GATE.name()).equals(OUT2_GATES);
        plugged = setup.properties().flag(ECHO.name());
        shiftHandler = machine().queue().register((timeNs, _) -> shiftRegisterFree(timeNs));
        emptyHandler = machine().queue().register((_, _) -> emptyIndicated());
        arrivalHandler = machine().queue().register((timeNs, _) -> arrived(timeNs));
        timeoutHandler = machine().queue().register((_, _) -> timeout());
        breakHandler = machine().queue().register((_, _) -> ownBreakDetected());
        install(
                receiverBuffer,
                transmitterHolding,
                divisorLow,
                interruptEnable,
                divisorHigh,
                interruptIdentification,
                fifoControl,
                lineControl,
                modemControl,
                lineStatus,
                modemStatus,
                scratch);
    }

    private boolean isDivisorSelected() {
        return lineControl.isSet(DLAB);
    }

    private boolean isDataSelected() {
        return !lineControl.isSet(DLAB);
    }

    private boolean hasFifos() {
        return (control & FIFO_ENABLE) != 0;
    }

    private boolean loops() {
        return modemControl.isSet(LOOP);
    }

    // ---- time ----

    private int dataBits() {
        return 5 + (int) (lineControl.value() & WORD_LENGTH);
    }

    private int stopHalfBits() {
        if (!lineControl.isSet(STOP_BITS)) {
            return 2;
        }
        return dataBits() == 5 ? 3 : 4;
    }

    private long halfBitsNs(int halfBits) {
        long divisor = divisorLow.value() | divisorHigh.value() << 8;
        long cycles = (divisor == 0 ? 1L << 16 : divisor) * BAUD_CYCLES;
        return Math.max(1, halfBits * cycles * SECOND_NS / (2 * clockHz));
    }

    private int characterHalfBits() {
        int parity = lineControl.isSet(PARITY_ENABLE) ? 1 : 0;
        return 2 * (1 + dataBits() + parity) + stopHalfBits();
    }

    private long characterNs() {
        return halfBitsNs(characterHalfBits());
    }

    // ---- transmitter ----

    private void characterWritten(long written) {
        transmitterHolding.set(0);
        machine().queue().cancel(emptyHandler, 0);
        emptyIsDelayed = false;
        requestsThrEmpty = false;
        if (!hasFifos()) {
            toSend.clear();
        }
        if (toSend.size < FIFO_SIZE) {
            toSend.add(written);
        }
        heldTwo |= toSend.size >= 2;
        lineStatus.clear(THRE | TEMT);
        if (!sending) {
            sending = true;
            machine().queue().set(shiftHandler, machine().nowNs() + halfBitsNs(2), 0);
        }
        updateLine();
    }

    /** The shift register can take a character; it may have done with one. */
    private void shiftRegisterFree(long timeNs) {
        if (shifting) {
            shifting = false;
            sent(shiftRegister);
        }
        if (toSend.size == 0) {
            sending = false;
            lineStatus.raise(TEMT);
        } else {
            shiftRegister = toSend.take();
            shifting = true;
            machine().queue().set(shiftHandler, timeNs + characterNs(), 0);
            if (toSend.size == 0) {
                becameEmpty(timeNs);
            }
        }
        updateLine();
    }

    private void becameEmpty(long timeNs) {
        lineStatus.raise(THRE);
        boolean delayed = hasFifos() && !heldTwo && !firstEmptyIsPrompt;
        heldTwo = false;
        firstEmptyIsPrompt = false;
        if (delayed) {
            emptyIsDelayed = true;
            machine().queue().set(emptyHandler, timeNs + halfBitsNs(characterHalfBits() - 2), 0);
        } else {
            indicateEmpty();
        }
    }

    private void emptyIndicated() {
        emptyIsDelayed = false;
        indicateEmpty();
        updateLine();
    }

    private void indicateEmpty() {
        if (interruptEnable.isSet(ETBEI)) {
            reasonArises();
        }
        requestsThrEmpty = true;
    }

    private void sent(long character) {
        long data = character & ((1L << dataBits()) - 1);
        // SET_BREAK acts on the pin alone.
        if (loops()) {
            receive(data, 0);
        } else if (!lineControl.isSet(SET_BREAK)) {
            transmittedLately.append((char) data);
            if (plugged) {
                receive(data, 0);
            }
        }
    }

    private void lineControlWritten() {
        boolean leadsBack = plugged && !loops();
        if (!lineControl.isSet(SET_BREAK) || !leadsBack) {
            machine().queue().cancel(breakHandler, 0);
            ownBreak = false;
        } else if (!ownBreak) {
            ownBreak = true;
            machine().queue().set(breakHandler, machine().nowNs() + characterNs(), 0);
        }
        updateLine();
    }

    private void ownBreakDetected() {
        receive(0, breakErrors());
        updateLine();
    }

    private void emptyTransmitter() {
        if (toSend.size > 0) {
            toSend.clear();
            lineStatus.raise(THRE);
            heldTwo = false;
            requestsThrEmpty = true;
            if (!shifting) {
                machine().queue().cancel(shiftHandler, 0);
                sending = false;
                lineStatus.raise(TEMT);
            }
        }
    }

    // ---- receiver ----

    private long breakErrors() {
        // All bits are 0, the parity bit too.
        boolean parityWrong = lineControl.isSet(PARITY_ENABLE) && !lineControl.isSet(EVEN_PARITY);
        return BI | FE | (parityWrong ? PE : 0);
    }

    /** A character is complete in the receiver's shift register. */
    private void receive(long data, long errors) {
        take(data, errors);
        boolean counts = interruptEnable.isSet(ERBFI) && isTriggered();
        if (counts || (interruptEnable.isSet(ELSI) && lineStatus.isSet(OE | CHARACTER_ERRORS))) {
            reasonArises();
        }
    }

    private void take(long data, long errors) {
        if (!hasFifos()) {
            if (received.size > 0) {
                lineStatus.raise(OE);
                received.clear();
            }
            received.add(data);
            lineStatus.raise(DR | errors);
            return;
        }
        if (received.size == FIFO_SIZE) {
            lineStatus.raise(OE);
            return;
        }
        received.add(data | errors << 8);
        lineStatus.raise(DR | (errors == 0 ? 0 : FIFO_ERROR));
        if (received.size == 1) {
            showErrors();
        }
        restartTimeout();
    }

    /** The errors of the next character to be read show in LSR. */
    private void showErrors() {
        lineStatus.raise((received.get(0) >>> 8) & CHARACTER_ERRORS);
    }

    private long nextCharacter() {
        return received.size == 0 ? lastRead : received.get(0) & 0xFF;
    }

    private void characterRead() {
        if (received.size > 0) {
            lastRead = received.take() & 0xFF;
        }
        timedOut = false;
        if (received.size == 0) {
            lineStatus.clear(DR);
        } else {
            showErrors();
        }
        restartTimeout();
        updateLine();
    }

    private void restartTimeout() {
        machine().queue().cancel(timeoutHandler, 0);
        if (hasFifos() && received.size > 0 && !timedOut) {
            machine()
                    .queue()
                    .set(timeoutHandler, machine().nowNs() + TIMEOUT_CHARACTERS * characterNs(), 0);
        }
    }

    private void timeout() {
        if (interruptEnable.isSet(ERBFI)) {
            reasonArises();
        }
        timedOut = true;
        updateLine();
    }

    private void emptyReceiver() {
        received.clear();
        timedOut = false;
        lineStatus.clear(DR | FIFO_ERROR);
        machine().queue().cancel(timeoutHandler, 0);
    }

    private void lineStatusRead() {
        boolean errors = false;
        for (int i = 0; i < received.size; i++) {
            if (i == 0) {
                received.replace(0, received.get(0) & 0xFF);
            }
            errors |= received.get(i) >>> 8 != 0;
        }
        if (!errors) {
            lineStatus.clear(FIFO_ERROR);
        }
        updateLine();
    }

    private void fifoControlWritten(long written) {
        boolean enable = (written & FIFO_ENABLE) != 0;
        if (enable != hasFifos()) {
            emptyReceiver();
            emptyTransmitter();
            firstEmptyIsPrompt = true;
        }
        if (enable) {
            control = written & (FIFO_ENABLE | DMA_MODE | TRIGGER);
            if ((written & RECEIVER_RESET) != 0) {
                emptyReceiver();
            }
            if ((written & TRANSMITTER_RESET) != 0) {
                emptyTransmitter();
            }
        } else {
            control &= ~FIFO_ENABLE;
        }
        fifoControl.set(control);
        updateLine();
    }

    // ---- the line from the other end ----

    private void arrive(Arrival arrival) {
        if (arrival.bytes.isEmpty() && !arrival.isBreak()) {
            return;
        }
        arrivals.add(arrival);
        if (!arriving) {
            expectArrival(Math.max(machine().nowNs(), lineFreeNs));
        }
    }

    private void expectArrival(long startNs) {
        arriving = true;
        machine().queue().set(arrivalHandler, startNs + characterNs(), 0);
    }

    private void arrived(long timeNs) {
        Arrival arrival = arrivals.removeFirst();
        boolean isConnected = !loops();
        if (arrival.isBreak()) {
            if (isConnected) {
                receive(0, breakErrors());
            }
        } else {
            if (isConnected) {
                long parityError = lineControl.isSet(PARITY_ENABLE) ? PE : 0;
                long data = arrival.bytes.charAt(arrival.next) & ((1L << dataBits()) - 1);
                receive(data, nextErrors & (FE | parityError));
            }
            nextErrors = 0;
            boolean last = arrival.next + 1 == arrival.bytes.length();
            if (!last || arrival.times > 1) {
                arrivals.addFirst(
                        new Arrival(
                                arrival.bytes,
                                last ? 0 : arrival.next + 1,
                                last ? arrival.times - 1 : arrival.times,
                                arrival.everyNs));
            }
        }
        lineFreeNs = timeNs + Math.max(0, arrival.everyNs - characterNs());
        arriving = false;
        if (!arrivals.isEmpty()) {
            expectArrival(lineFreeNs);
        }
        updateLine();
    }

    // ---- modem lines ----

    private void modemControlWritten() {
        updateModem();
        lineControlWritten();
    }

    private void updateModem() {
        long now;
        if (loops()) {
            now = inputsFrom(modemControl.value());
        } else if (plugged) {
            now =
                    (modemControl.isSet(RTS) ? CTS : 0)
                            | (modemControl.isSet(DTR) ? DSR | DCD : 0)
                            | (inputs & RI);
        } else {
            now = inputs;
        }
        long before = modemStatus.value() & INPUTS;
        long changed = before ^ now;
        // TERI is set by the trailing edge alone.
        long ringEnded = before & ~now & RI;
        long deltas = ((changed & ~RI) | ringEnded) >>> 4;
        if (deltas != 0 && interruptEnable.isSet(EDSSI)) {
            reasonArises();
        }
        modemStatus.set(now | (modemStatus.value() & DELTAS) | deltas);
    }

    private static long inputsFrom(long outputs) {
        return ((outputs & RTS) != 0 ? CTS : 0)
                | ((outputs & DTR) != 0 ? DSR : 0)
                | ((outputs & OUT1) != 0 ? RI : 0)
                | ((outputs & OUT2) != 0 ? DCD : 0);
    }

    // ---- interrupts ----

    private void enableWritten() {
        boolean enabledNow = interruptEnable.isSet(ETBEI) && (enabledBefore & ETBEI) == 0;
        enabledBefore = interruptEnable.value();
        if (enabledNow && lineStatus.isSet(THRE) && !emptyIsDelayed) {
            requestsThrEmpty = true;
        }
        updateLine();
    }

    private boolean isTriggered() {
        int level = hasFifos() ? TRIGGER_LEVELS[(int) (control >>> TRIGGER_SHIFT)] : 1;
        return received.size >= level;
    }

    private long pending() {
        if (interruptEnable.isSet(ELSI) && lineStatus.isSet(OE | CHARACTER_ERRORS)) {
            return LINE_STATUS;
        }
        if (interruptEnable.isSet(ERBFI) && timedOut) {
            return RECEIVE_TIMEOUT;
        }
        if (interruptEnable.isSet(ERBFI) && isTriggered()) {
            return RECEIVED_DATA;
        }
        if (interruptEnable.isSet(ETBEI) && requestsThrEmpty) {
            return THR_EMPTY;
        }
        if (interruptEnable.isSet(EDSSI) && modemStatus.isSet(DELTAS)) {
            return MODEM_STATUS;
        }
        return NO_INTERRUPT;
    }

    private long identification() {
        return pending() | (hasFifos() ? FIFOS_ENABLED : 0);
    }

    private void identificationRead() {
        if (pending() == THR_EMPTY) {
            requestsThrEmpty = false;
        }
        updateLine();
    }

    @Override
    protected void updateLine() {
        boolean isLetThrough = !gated || (modemControl.isSet(OUT2) && !loops());
        interruptWhile(pending() != NO_INTERRUPT && isLetThrough);
    }

    // ---- what happens to it ----

    @Override
    protected void raise() {
        requestsThrEmpty = true;
    }

    @Override
    protected void stimulate(StimulusType stimulus, PropertyValues arguments) {
        switch (stimulus.name()) {
            case RECEIVE ->
                    arrive(
                            new Arrival(
                                    new String(
                                            arguments
                                                    .text(TEXT.name())
                                                    .getBytes(StandardCharsets.UTF_8),
                                            StandardCharsets.ISO_8859_1),
                                    0,
                                    arguments.number(COUNT.name()),
                                    arguments.number(EVERY.name())));
            case RECEIVE_BYTE ->
                    arrive(
                            new Arrival(
                                    Character.toString((int) arguments.number(BYTE.name())),
                                    0,
                                    arguments.number(COUNT.name()),
                                    arguments.number(EVERY.name())));
            case BREAK -> arrive(new Arrival("", 0, 0, arguments.number(LENGTH.name())));
            case PARITY_ERROR -> nextErrors |= PE;
            case FRAMING_ERROR -> nextErrors |= FE;
            case "cts" -> input(CTS, arguments);
            case "dsr" -> input(DSR, arguments);
            case "dcd" -> input(DCD, arguments);
            case "ring" -> input(RI, arguments);
            default -> throw new IllegalStateException(name() + ": " + stimulus.name());
        }
    }

    private void input(long line, PropertyValues arguments) {
        inputs = arguments.word(STATE.name()).equals(ACTIVE) ? inputs | line : inputs & ~line;
        updateModem();
    }

    @Override
    public String text(String output) {
        return output.equals(TRANSMITTED) ? transmitted() : super.text(output);
    }

    /** What went over the line so far, a character a byte. */
    public String transmitted() {
        if (!transmittedLately.isEmpty()) {
            transmitted += transmittedLately;
            transmittedLately.setLength(0);
        }
        return transmitted;
    }

    // ---- moments ----

    @Override
    protected void saveDevice(StateWriter out) {
        received.save(out);
        toSend.save(out);
        out.value(control);
        out.value(lastRead);
        out.value(timedOut);
        out.value(requestsThrEmpty);
        out.value(emptyIsDelayed);
        out.value(heldTwo);
        out.value(firstEmptyIsPrompt);
        out.value(sending);
        out.value(shifting);
        out.value(shiftRegister);
        out.value(ownBreak);
        out.reference(transmitted());
        out.value(inputs);
        out.value(nextErrors);
        out.value(arriving);
        out.timeFromNowOn(lineFreeNs);
        out.value(arrivals.size());
        for (Arrival arrival : arrivals) {
            out.value(arrival.bytes.hashCode());
            out.reference(arrival.bytes);
            out.value(arrival.next);
            out.value(arrival.times);
            out.value(arrival.everyNs);
        }
    }

    @Override
    protected void restoreDevice(StateReader in) {
        received.restore(in);
        toSend.restore(in);
        control = in.value();
        lastRead = in.value();
        timedOut = in.booleanValue();
        requestsThrEmpty = in.booleanValue();
        emptyIsDelayed = in.booleanValue();
        heldTwo = in.booleanValue();
        firstEmptyIsPrompt = in.booleanValue();
        sending = in.booleanValue();
        shifting = in.booleanValue();
        shiftRegister = in.value();
        ownBreak = in.booleanValue();
        transmitted = in.reference(String.class);
        transmittedLately.setLength(0);
        inputs = in.value();
        nextErrors = in.value();
        arriving = in.booleanValue();
        lineFreeNs = in.time();
        enabledBefore = interruptEnable.value();
        arrivals.clear();
        int count = in.intValue();
        for (int i = 0; i < count; i++) {
            in.value();
            String bytes = in.reference(String.class);
            int next = in.intValue();
            long times = in.value();
            arrivals.add(new Arrival(bytes, next, times, in.value()));
        }
    }
}
