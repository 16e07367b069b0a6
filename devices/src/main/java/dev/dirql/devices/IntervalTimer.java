package dev.dirql.devices;

import dev.dirql.devices.register.Access;
import dev.dirql.devices.register.Register;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.List;

/**
 * A timer that counts down nanoseconds and interrupts when it reaches 0, once or again and again.
 *
 * <table>
 * <caption>Registers, 32 bits each</caption>
 * <tr><th>offset</th><th>name</th><th>bits</th></tr>
 * <tr><td>0x00</td><td>CONTROL</td><td>0 ENABLE, 1 PERIODIC, 2 INTERRUPT_ENABLE: read/write</td></tr>
 * <tr><td>0x04</td><td>STATUS</td><td>0 EXPIRED, 1 OVERRUN: write 1 to clear</td></tr>
 * <tr><td>0x08</td><td>RELOAD</td><td>nanoseconds, read/write</td></tr>
 * <tr><td>0x0C</td><td>COUNT</td><td>nanoseconds left, read-only</td></tr>
 * </table>
 *
 * <p>Setting ENABLE loads COUNT from RELOAD and starts it; with RELOAD 0 it clears ENABLE again.
 * Writing ENABLE while it is set changes nothing, clearing it stops COUNT where it is. When COUNT
 * reaches 0, EXPIRED is set, or OVERRUN too if EXPIRED was still set. A periodic timer then loads
 * RELOAD, as it is at that moment, and goes on; any other clears ENABLE.
 *
 * <p>The interrupt is requested while EXPIRED and INTERRUPT_ENABLE are set: until a driver writes
 * EXPIRED. {@code raise} sets EXPIRED (and OVERRUN) without touching COUNT.
 *
 * <p>A timer that runs is work: the run goes on at least until it expires, and with a periodic one
 * until software stops it or the run is ended.
 */
public final class IntervalTimer extends Device {
    public static final DeviceType TYPE =
            new DeviceType(
                    "IntervalTimer",
                    "A timer that counts down nanoseconds and interrupts, once or periodically.",
                    InterruptProperties.with(PortProperty.PORTS),
                    List.of(),
                    IntervalTimer::new);

    private static final long ENABLE = 1;
    private static final long PERIODIC = 1 << 1;
    private static final long INTERRUPT_ENABLE = 1 << 2;
    private static final long EXPIRED = 1;
    private static final long OVERRUN = 1 << 1;
    private static final long NEVER = Long.MAX_VALUE;

    // spotless:off
    private final Register control =
            Register.named("CONTROL").at(0x00).describedAs("Starts and stops the timer.")
                    .flag(ENABLE, "ENABLE", Access.READ_WRITE, "COUNT runs.")
                    .flag(PERIODIC, "PERIODIC", Access.READ_WRITE, "COUNT starts again by itself.")
                    .flag(INTERRUPT_ENABLE, "INTERRUPT_ENABLE", Access.READ_WRITE,
                            "EXPIRED requests an interrupt.")
                    .afterWrite(_ -> controlWritten());
    private final Register status =
            Register.named("STATUS").at(0x04).describedAs("What happened.")
                    .flag(EXPIRED, "EXPIRED", Access.WRITE_ONE_TO_CLEAR, "COUNT reached 0.")
                    .flag(OVERRUN, "OVERRUN", Access.WRITE_ONE_TO_CLEAR,
                            "COUNT reached 0 while EXPIRED was set.")
                    .afterWrite(_ -> updateLine());
    private final Register reload =
            Register.named("RELOAD").at(0x08).describedAs("Nanoseconds of a period.");
    private final Register count =
            Register.named("COUNT").at(0x0C).describedAs("Nanoseconds left.")
                    .access(Access.READ_ONLY)
                    .reads(this::countNs);
    // spotless:on

    private final int handler;
    private long expiresNs = NEVER;
    private long stoppedAtNs;

    private IntervalTimer(DeviceSetup setup) {
        super(TYPE, setup);
        handler = machine().queue().register((timeNs, _) -> expire(timeNs));
        install(control, status, reload, count);
    }

    private boolean isRunning() {
        return expiresNs != NEVER;
    }

    private long countNs() {
        return isRunning() ? Math.max(expiresNs - machine().nowNs(), 0) : stoppedAtNs;
    }

    private void controlWritten() {
        boolean enabled = control.isSet(ENABLE);
        if (enabled && !isRunning()) {
            start(machine().nowNs());
        } else if (!enabled && isRunning()) {
            stoppedAtNs = countNs();
            machine().queue().cancel(handler, 0);
            expiresNs = NEVER;
        }
        updateLine();
    }

    private void start(long nowNs) {
        stoppedAtNs = 0;
        if (reload.value() == 0) {
            control.clear(ENABLE);
            return;
        }
        expiresNs = nowNs + reload.value();
        machine().queue().set(handler, expiresNs, 0);
    }

    private void expire(long timeNs) {
        expiresNs = NEVER;
        raise();
        if (control.isSet(PERIODIC)) {
            start(timeNs);
        } else {
            control.clear(ENABLE);
        }
        updateLine();
    }

    @Override
    protected void raise() {
        reasonArises();
        status.raise(status.isSet(EXPIRED) ? OVERRUN : EXPIRED);
    }

    @Override
    protected void updateLine() {
        interruptWhile(status.isSet(EXPIRED) && control.isSet(INTERRUPT_ENABLE));
    }

    @Override
    protected void saveDevice(StateWriter out) {
        out.time(expiresNs);
        out.value(stoppedAtNs);
    }

    @Override
    protected void restoreDevice(StateReader in) {
        expiresNs = in.time();
        stoppedAtNs = in.value();
    }
}
