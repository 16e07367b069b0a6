package dev.dirql.simulation.hardware;

import dev.dirql.devices.DeviceSetup;
import dev.dirql.devices.DeviceType;
import dev.dirql.devices.PciDevice;
import dev.dirql.devices.PropertyValues;
import dev.dirql.devices.StimulusType;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import dev.dirql.machine.image.Image;
import dev.dirql.scenario.language.HardwareDeclaration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A device of declared hardware that is a function on the PCI bus. Its messages are requested when
 * their conditions begin to hold, or by its C; its line follows the condition of its interrupt, or
 * those of its messages where it declares no interrupt.
 */
public final class HardwareFunction extends PciDevice {
    private static final String LINE = "";

    private final HardwareDeclaration hardware;
    private final HardwareRoutines routines;

    /** Of each message, whether there is a reason for it. */
    private final boolean[] held;

    private boolean heldLine;

    /**
     * @param program what it does; without, it only has registers
     * @throws IllegalArgumentException if it goes wrong at power-on; the message is for the user
     */
    HardwareFunction(
            DeviceType type,
            DeviceSetup setup,
            HardwareDeclaration hardware,
            Optional<Image> program) {
        super(type, setup);
        this.hardware = hardware;
        held = new boolean[Math.max(1, hardware.pci().orElseThrow().messages())];
        routines = new HardwareRoutines(hardware, program, setup, new Surroundings());
        install(routines.registers());
        routines.powerOn();
    }

    @Override
    protected int causes() {
        return held.length;
    }

    @Override
    protected boolean holds(int cause) {
        return held[cause];
    }

    @Override
    protected int messageOf(int cause) {
        return cause;
    }

    @Override
    protected boolean holdsLine(boolean any) {
        return hardware.interrupts().isEmpty() ? any : heldLine;
    }

    /** Asks the C for the line and each message whether there is a reason for it. */
    @Override
    protected void updateLine() {
        Arrays.fill(held, false);
        heldLine = routines.holds(LINE);
        if (hardware.messages().isEmpty()) {
            held[0] = heldLine;
        } else {
            routines.messages(held);
        }
        if (!machine().hasEnded()) {
            super.updateLine();
        }
    }

    @Override
    protected void raise(int message) {
        routines.raise(LINE, List.of((long) message));
    }

    @Override
    protected void stimulate(StimulusType stimulus, PropertyValues arguments) {
        routines.stimulate(stimulus, arguments);
    }

    @Override
    protected void saveDevice(StateWriter out) {
        routines.save(out);
    }

    @Override
    protected void restoreDevice(StateReader in) {
        routines.restore(in);
    }

    private final class Surroundings implements HardwareSurroundings {
        @Override
        public boolean isGone() {
            return HardwareFunction.this.isGone();
        }

        @Override
        public void reasonArose(String interrupt) {
            if (hardware.messages().isEmpty()) {
                causeArises(0);
            }
        }

        @Override
        public void messageReasonArose(int message) {
            causeArises(message);
        }

        @Override
        public void changed() {
            updateLine();
        }

        @Override
        public boolean readMemory(long from, byte[] target) {
            return function().readMemory(from, target);
        }

        @Override
        public boolean writeMemory(long to, byte[] source) {
            return function().writeMemory(to, source);
        }

        @Override
        public int enabledMessages() {
            return HardwareFunction.this.enabledMessages();
        }

        @Override
        public void sendMessage(int number) {
            send(number);
        }
    }
}
