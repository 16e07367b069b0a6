package dev.dirql.devices.apic;

import dev.dirql.machine.InterruptLine;

/** A device's end of a wire into the I/O APIC. Several may share an input; they are OR-ed. */
final class Wire implements InterruptLine {
    private final IoApic ioApic;
    final String device;
    final int input;

    /** What the device says. */
    boolean driven;

    /** Whether a pulse is on the wire that the I/O APIC has not noticed yet. */
    boolean pulsed;

    Wire(IoApic ioApic, String device, int input) {
        this.ioApic = ioApic;
        this.device = device;
        this.input = input;
    }

    boolean isAsserted() {
        return driven || pulsed;
    }

    @Override
    public void set(boolean asserted) {
        ioApic.drive(this, asserted);
    }

    @Override
    public void pulse() {
        ioApic.pulse(this);
    }
}
