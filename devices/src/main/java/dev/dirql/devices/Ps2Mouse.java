package dev.dirql.devices;

import dev.dirql.machine.Machine;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;

/**
 * A mouse with three buttons that reports in packets of three bytes. At power-on its self-test is
 * over, it is in stream mode, and reporting is disabled. IBM, Personal System/2 Hardware Interface
 * Technical Reference, "Mouse".
 *
 * <p>In stream mode a packet is sent when something changed, at most one each sample period, and
 * none while the one before is not fetched; movement adds up meanwhile, in counts, up to what nine
 * bits hold, and then the packet says that it overflowed.
 */
final class Ps2Mouse extends Ps2Device {
    static final int LEFT = 1;
    static final int RIGHT = 1 << 1;
    static final int MIDDLE = 1 << 2;

    private static final int SCALING_ONE = 0xE6;
    private static final int SCALING_TWO = 0xE7;
    private static final int SET_RESOLUTION = 0xE8;
    private static final int STATUS = 0xE9;
    private static final int STREAM_MODE = 0xEA;
    private static final int READ_DATA = 0xEB;
    private static final int RESET_WRAP = 0xEC;
    private static final int SET_WRAP = 0xEE;
    private static final int REMOTE_MODE = 0xF0;
    private static final int IDENTIFY = 0xF2;
    private static final int SET_SAMPLE_RATE = 0xF3;
    private static final int ENABLE = 0xF4;
    private static final int DISABLE = 0xF5;
    private static final int SET_DEFAULTS = 0xF6;
    private static final int RESET = 0xFF;

    /** What a mouse without a wheel calls itself. */
    private static final int MOUSE = 0;

    private static final int COUNTS_MAXIMUM = 255;
    private static final int COUNTS_MINIMUM = -256;
    private static final int USUAL_RATE = 100;
    private static final int USUAL_RESOLUTION = 2;
    private static final long SECOND_NS = 1_000_000_000;
    private static final int[] DOUBLED = {0, 1, 1, 3, 6, 9};

    private final int sampleHandler;

    private boolean reporting;
    private boolean remote;
    private boolean wraps;
    private boolean doubles;
    private int resolution = USUAL_RESOLUTION;
    private int rate = USUAL_RATE;
    private int buttons;
    private int countsX;
    private int countsY;
    private boolean changed;
    private boolean waitsForSample;
    private long nextSampleNs;

    Ps2Mouse(Machine machine, Runnable somethingToSend, long selfTestNs) {
        super(machine, somethingToSend, selfTestNs, MOUSE);
        sampleHandler = machine.queue().register((_, _) -> sample());
    }

    // ---- commands ----

    @Override
    int firstCommand() {
        // Parameters are values up to 200, so a command can be told from one.
        return SCALING_ONE;
    }

    @Override
    void command(int command) {
        if (wraps && command != RESET && command != RESET_WRAP) {
            answer(command);
            return;
        }
        switch (command) {
            case SCALING_ONE, SCALING_TWO -> {
                doubles = command == SCALING_TWO;
                answer(ACKNOWLEDGE);
            }
            case SET_RESOLUTION, SET_SAMPLE_RATE -> awaitParameterOf(command);
            case STATUS -> answer(ACKNOWLEDGE, status(), resolution, rate);
            case STREAM_MODE, REMOTE_MODE -> {
                forgetMovement();
                remote = command == REMOTE_MODE;
                answer(ACKNOWLEDGE);
            }
            case READ_DATA -> {
                answer(ACKNOWLEDGE);
                int[] packet = packet(countsX, countsY);
                forgetMovement();
                answer(packet);
            }
            case SET_WRAP, RESET_WRAP -> {
                forgetMovement();
                wraps = command == SET_WRAP;
                answer(ACKNOWLEDGE);
            }
            case IDENTIFY -> answer(ACKNOWLEDGE, MOUSE);
            case ENABLE -> {
                forgetMovement();
                reporting = true;
                answer(ACKNOWLEDGE);
            }
            case DISABLE -> {
                forgetMovement();
                reporting = false;
                answer(ACKNOWLEDGE);
            }
            case SET_DEFAULTS -> {
                setDefaults();
                answer(ACKNOWLEDGE);
            }
            case RESEND -> answerLastAgain();
            case RESET -> {
                setDefaults();
                wraps = false;
                testItself();
            }
            default -> answer(RESEND);
        }
    }

    @Override
    void parameter(int command, int value) {
        switch (command) {
            case SET_RESOLUTION -> {
                if (value > 3) {
                    answer(RESEND);
                } else {
                    resolution = value;
                    answer(ACKNOWLEDGE);
                }
            }
            case SET_SAMPLE_RATE -> {
                switch (value) {
                    case 10, 20, 40, 60, 80, 100, 200 -> {
                        rate = value;
                        answer(ACKNOWLEDGE);
                    }
                    default -> answer(RESEND);
                }
            }
            default -> throw new IllegalStateException("mouse command 0x%x".formatted(command));
        }
    }

    private int status() {
        int pressed =
                ((buttons & LEFT) != 0 ? 1 << 2 : 0)
                        | ((buttons & MIDDLE) != 0 ? 1 << 1 : 0)
                        | ((buttons & RIGHT) != 0 ? 1 : 0);
        return pressed | (doubles ? 1 << 4 : 0) | (reporting ? 1 << 5 : 0) | (remote ? 1 << 6 : 0);
    }

    private void setDefaults() {
        reporting = false;
        remote = false;
        doubles = false;
        resolution = USUAL_RESOLUTION;
        rate = USUAL_RATE;
        forgetMovement();
    }

    private void forgetMovement() {
        forgetReports();
        countsX = 0;
        countsY = 0;
        changed = false;
    }

    // ---- movement ----

    /** Moves it by counts, to the right and up. */
    void move(int x, int y) {
        countsX += x;
        countsY += y;
        changed |= x != 0 || y != 0;
        reportIfDue();
    }

    void button(int button, boolean down) {
        int now = down ? buttons | button : buttons & ~button;
        changed |= now != buttons;
        buttons = now;
        reportIfDue();
    }

    private void reportIfDue() {
        boolean streams = reporting && !remote && !wraps;
        if (!streams || !changed || waitsForSample || reportsWaiting() > 0) {
            return;
        }
        long nowNs = machine().nowNs();
        if (nowNs < nextSampleNs) {
            waitsForSample = true;
            machine().queue().set(sampleHandler, nextSampleNs, 0);
            return;
        }
        nextSampleNs = nowNs + SECOND_NS / rate;
        int[] packet = packet(scaled(countsX), scaled(countsY));
        countsX = 0;
        countsY = 0;
        changed = false;
        report(packet);
    }

    private void sample() {
        waitsForSample = false;
        reportIfDue();
    }

    @Override
    void drained() {
        reportIfDue();
    }

    /** Sends a packet that nothing gave rise to. */
    void reportNothing() {
        report(packet(0, 0));
    }

    private int scaled(int counts) {
        int size = Math.abs(counts);
        int scaled = !doubles ? size : size < DOUBLED.length ? DOUBLED[size] : 2 * size;
        return counts < 0 ? -scaled : scaled;
    }

    private int[] packet(int x, int y) {
        int clampedX = Math.clamp(x, COUNTS_MINIMUM, COUNTS_MAXIMUM);
        int clampedY = Math.clamp(y, COUNTS_MINIMUM, COUNTS_MAXIMUM);
        int first =
                buttons
                        | 1 << 3
                        | (clampedX < 0 ? 1 << 4 : 0)
                        | (clampedY < 0 ? 1 << 5 : 0)
                        | (clampedX != x ? 1 << 6 : 0)
                        | (clampedY != y ? 1 << 7 : 0);
        return new int[] {first, clampedX & 0xFF, clampedY & 0xFF};
    }

    // ---- moments ----

    @Override
    void save(StateWriter out) {
        super.save(out);
        out.value(reporting);
        out.value(remote);
        out.value(wraps);
        out.value(doubles);
        out.value(resolution);
        out.value(rate);
        out.value(buttons);
        out.value(countsX);
        out.value(countsY);
        out.value(changed);
        out.value(waitsForSample);
        out.timeFromNowOn(nextSampleNs);
    }

    @Override
    void restore(StateReader in) {
        super.restore(in);
        reporting = in.booleanValue();
        remote = in.booleanValue();
        wraps = in.booleanValue();
        doubles = in.booleanValue();
        resolution = in.intValue();
        rate = in.intValue();
        buttons = in.intValue();
        countsX = in.intValue();
        countsY = in.intValue();
        changed = in.booleanValue();
        waitsForSample = in.booleanValue();
        nextSampleNs = in.time();
    }
}
