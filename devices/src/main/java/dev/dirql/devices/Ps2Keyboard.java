package dev.dirql.devices;

import dev.dirql.machine.Machine;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayDeque;
import java.util.List;

/**
 * A PC keyboard with the scan code sets 1 and 2; of set 3 it has nothing, and asks for a resend. At
 * power-on its self-test is over, it scans, in set 2. IBM, Personal System/2 Hardware Interface
 * Technical Reference, "Keyboards".
 *
 * <p>A key that is held repeats its code, after 500 ms, 10.9 times a second unless command 0xF3
 * said otherwise. Sixteen bytes that nobody fetched are kept; an overrun code behind them stands
 * for what does not fit any more.
 */
final class Ps2Keyboard extends Ps2Device {
    private static final int SET_LEDS = 0xED;
    private static final int ECHO = 0xEE;
    private static final int SCAN_CODE_SET = 0xF0;
    private static final int IDENTIFY = 0xF2;
    private static final int SET_TYPEMATIC = 0xF3;
    private static final int ENABLE = 0xF4;
    private static final int DISABLE = 0xF5;
    private static final int SET_DEFAULTS = 0xF6;
    private static final int RESET = 0xFF;

    private static final int BUFFER_SIZE = 16;
    private static final int USUAL_SET = 2;
    private static final int USUAL_TYPEMATIC = 0x2B;
    private static final long TYPEMATIC_UNIT_NS = 4_170_000;
    private static final long TYPEMATIC_DELAY_NS = 250_000_000;

    /**
     * A key that goes down or up.
     *
     * @param afterNs time since the one before
     */
    record Stroke(int key, boolean extended, boolean down, long afterNs) {
        private long packed() {
            return key | (extended ? 0x100 : 0) | (down ? 0x200 : 0);
        }

        private static Stroke unpack(long packed, long afterNs) {
            return new Stroke(
                    (int) packed & 0xFF, (packed & 0x100) != 0, (packed & 0x200) != 0, afterNs);
        }
    }

    private static final Stroke NONE = new Stroke(0, false, false, 0);

    private final int typematicHandler;
    private final int typingHandler;

    private boolean scans = true;
    private int set = USUAL_SET;
    private int leds;
    private int typematic = USUAL_TYPEMATIC;
    private Stroke held = NONE;
    private boolean overran;
    private final ArrayDeque<Stroke> typing = new ArrayDeque<>();

    Ps2Keyboard(Machine machine, Runnable somethingToSend, long selfTestNs) {
        super(machine, somethingToSend, selfTestNs);
        typematicHandler = machine.queue().register((timeNs, _) -> repeat(timeNs));
        typingHandler = machine.queue().register((timeNs, _) -> type(timeNs));
    }

    /** Bits 0 to 2: scroll lock, num lock, caps lock. */
    int leds() {
        return leds;
    }

    // ---- commands ----

    @Override
    int firstCommand() {
        return SET_LEDS;
    }

    @Override
    void command(int command) {
        switch (command) {
            case SET_LEDS, SCAN_CODE_SET, SET_TYPEMATIC -> awaitParameterOf(command);
            case ECHO -> answer(ECHO);
            case IDENTIFY -> answer(ACKNOWLEDGE, 0xAB, 0x83);
            case ENABLE -> {
                forgetReports();
                scans = true;
                answer(ACKNOWLEDGE);
            }
            case DISABLE -> {
                setDefaults();
                scans = false;
                answer(ACKNOWLEDGE);
            }
            case SET_DEFAULTS -> {
                setDefaults();
                answer(ACKNOWLEDGE);
            }
            case RESEND -> answerLastAgain();
            case RESET -> {
                setDefaults();
                scans = true;
                leds = 0;
                testItself();
            }
            default -> answer(RESEND);
        }
    }

    @Override
    void parameter(int command, int value) {
        switch (command) {
            case SET_LEDS -> {
                leds = value & 7;
                answer(ACKNOWLEDGE);
            }
            case SCAN_CODE_SET -> {
                if (value == 0) {
                    answer(ACKNOWLEDGE, set);
                } else if (value <= 2) {
                    forgetReports();
                    set = value;
                    answer(ACKNOWLEDGE);
                } else {
                    answer(RESEND);
                }
            }
            case SET_TYPEMATIC -> {
                typematic = value & 0x7F;
                answer(ACKNOWLEDGE);
            }
            default -> throw new IllegalStateException("keyboard command 0x%x".formatted(command));
        }
    }

    private void setDefaults() {
        forgetReports();
        set = USUAL_SET;
        typematic = USUAL_TYPEMATIC;
        release();
    }

    // ---- keys ----

    /** Lets keys go down and up, behind those that are still to come. */
    void type(List<Stroke> strokes) {
        boolean idle = typing.isEmpty();
        typing.addAll(strokes);
        if (idle && !typing.isEmpty()) {
            long afterNs = typing.getFirst().afterNs;
            machine().queue().set(typingHandler, machine().nowNs() + afterNs, 0);
        }
    }

    private void type(long timeNs) {
        do {
            Stroke stroke = typing.removeFirst();
            stroke(stroke, timeNs);
        } while (!typing.isEmpty() && typing.getFirst().afterNs == 0);
        if (!typing.isEmpty()) {
            machine().queue().set(typingHandler, timeNs + typing.getFirst().afterNs, 0);
        }
    }

    private void stroke(Stroke stroke, long timeNs) {
        if (!scans) {
            return;
        }
        codes(ScanCodes.of(set, stroke.key, stroke.extended, stroke.down));
        if (stroke.down) {
            release();
            held = stroke;
            long delayNs = TYPEMATIC_DELAY_NS * (1 + (typematic >>> 5 & 3));
            machine().queue().setBackground(typematicHandler, timeNs + delayNs, 0);
        } else if (held.key == stroke.key && held.extended == stroke.extended) {
            release();
        }
    }

    /** The Pause key goes down; it has no code for going up and does not repeat. */
    void pressPause() {
        if (scans) {
            codes(ScanCodes.pause(set));
        }
    }

    private void release() {
        held = NONE;
        machine().queue().cancel(typematicHandler, 0);
    }

    private void repeat(long timeNs) {
        codes(ScanCodes.of(set, held.key, held.extended, true));
        long periodNs = (8 + (typematic & 7)) * (1L << (typematic >>> 3 & 3)) * TYPEMATIC_UNIT_NS;
        machine().queue().setBackground(typematicHandler, timeNs + periodNs, 0);
    }

    private void codes(List<Integer> codes) {
        if (overran && reportsWaiting() > 0) {
            return;
        }
        overran = false;
        if (reportsWaiting() + codes.size() <= BUFFER_SIZE) {
            report(codes.stream().mapToInt(code -> code).toArray());
        } else {
            // One code says that others are lost, until all are fetched.
            overran = true;
            overrun();
        }
    }

    /** Sends the code that says that codes were lost. */
    void overrun() {
        report(set == 1 ? 0xFF : 0x00);
    }

    // ---- moments ----

    @Override
    void save(StateWriter out) {
        super.save(out);
        out.value(scans);
        out.value(set);
        out.value(leds);
        out.value(typematic);
        out.value(held.packed());
        out.value(overran);
        out.value(typing.size());
        for (Stroke stroke : typing) {
            out.value(stroke.packed());
            out.value(stroke.afterNs);
        }
    }

    @Override
    void restore(StateReader in) {
        super.restore(in);
        scans = in.booleanValue();
        set = in.intValue();
        leds = in.intValue();
        typematic = in.intValue();
        held = Stroke.unpack(in.value(), 0);
        overran = in.booleanValue();
        typing.clear();
        int count = in.intValue();
        for (int i = 0; i < count; i++) {
            long packed = in.value();
            typing.add(Stroke.unpack(packed, in.value()));
        }
    }
}
