package dev.dirql.simulation.hardware;

import dev.dirql.devices.Device;
import dev.dirql.devices.DeviceSetup;
import dev.dirql.devices.DeviceType;
import dev.dirql.devices.PropertyValues;
import dev.dirql.devices.StimulusType;
import dev.dirql.events.Event;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import dev.dirql.machine.image.Image;
import dev.dirql.scenario.language.HardwareDeclaration;
import java.util.List;
import java.util.Optional;

/** A device of declared hardware that is on no bus. */
public final class HardwareDevice extends Device {
    private final HardwareDeclaration hardware;
    private final HardwareRoutines routines;

    /**
     * @param program what it does; without, it only has registers
     * @throws IllegalArgumentException if it goes wrong at power-on; the message is for the user
     */
    HardwareDevice(
            DeviceType type,
            DeviceSetup setup,
            HardwareDeclaration hardware,
            Optional<Image> program) {
        super(type, setup);
        this.hardware = hardware;
        routines = new HardwareRoutines(hardware, program, setup, new Surroundings());
        install(routines.registers());
        routines.powerOn();
    }

    @Override
    protected void raise() {
        routines.raise("", List.of());
    }

    @Override
    protected void raise(String further) {
        routines.raise(further, List.of());
    }

    @Override
    protected void stimulate(StimulusType stimulus, PropertyValues arguments) {
        routines.stimulate(stimulus, arguments);
    }

    /** Asks the C for each interrupt whether there is a reason for it. */
    @Override
    protected void updateLine() {
        for (HardwareDeclaration.Interrupt interrupt : hardware.interrupts()) {
            boolean holds = routines.holds(interrupt.name());
            if (machine().hasEnded()) {
                return;
            }
            if (interrupt.name().isEmpty()) {
                interruptWhile(holds);
            } else {
                interruptWhile(interrupt.name(), holds);
            }
        }
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
            return HardwareDevice.this.isGone();
        }

        @Override
        public void reasonArose(String interrupt) {
            if (interrupt.isEmpty()) {
                reasonArises();
            } else {
                reasonArises(interrupt);
            }
        }

        @Override
        public void messageReasonArose(int message) {
            throw new IllegalStateException(name() + " has no numbered messages");
        }

        @Override
        public void changed() {
            updateLine();
        }

        @Override
        public boolean readMemory(long from, byte[] target) {
            if (!reaches(from, target.length, false)) {
                return false;
            }
            machine().readPhysical(from, target);
            machine().emit(new Event.DmaTransferred(name(), from, target.length, false));
            return true;
        }

        @Override
        public boolean writeMemory(long to, byte[] source) {
            if (!reaches(to, source.length, true)) {
                return false;
            }
            machine().writePhysical(to, source);
            machine().emit(new Event.DmaTransferred(name(), to, source.length, true));
            return true;
        }

        private boolean reaches(long address, long length, boolean toMemory) {
            boolean there = routines.dmaReaches(address, length);
            if (!there && !isGone()) {
                machine()
                        .emit(
                                new Event.DmaRefused(
                                        name(), address, length, toMemory, "no memory is there"));
            }
            return there;
        }

        @Override
        public int enabledMessages() {
            return 0;
        }

        @Override
        public void sendMessage(int number) {
            throw new IllegalStateException(name() + " has no numbered messages");
        }
    }
}
