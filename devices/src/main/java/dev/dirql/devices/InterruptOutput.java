package dev.dirql.devices;

import dev.dirql.devices.pci.PciFunction;
import dev.dirql.machine.InterruptController;
import dev.dirql.machine.InterruptLine;

/** How a device's interrupt leaves the device. */
sealed interface InterruptOutput {
    /** The condition for an interrupt began or ended. */
    void set(boolean asserted);

    /** Requests an interrupt once, whatever the condition is. */
    void requestOnce();

    /** How it reaches the controller. */
    InterruptCondition.Way way();

    /** Whether a request happens once when the condition begins, rather than while it lasts. */
    default boolean isLatched() {
        return way() != InterruptCondition.Way.LEVEL_SENSITIVE;
    }

    /** A wire that follows the condition. */
    record Wire(InterruptLine line, Trigger trigger) implements InterruptOutput {
        @Override
        public void set(boolean asserted) {
            line.set(asserted);
        }

        @Override
        public void requestOnce() {
            line.pulse();
        }

        @Override
        public InterruptCondition.Way way() {
            return trigger == Trigger.LATCHED
                    ? InterruptCondition.Way.LATCHED
                    : InterruptCondition.Way.LEVEL_SENSITIVE;
        }
    }

    /** A message of a PCI function, which may be masked; it is forgotten if the condition ends. */
    record Message(PciFunction function, int number) implements InterruptOutput {
        @Override
        public void set(boolean asserted) {
            if (asserted) {
                requestOnce();
            } else {
                function.withdraw(number);
            }
        }

        @Override
        public void requestOnce() {
            function.request(number);
        }

        @Override
        public InterruptCondition.Way way() {
            return InterruptCondition.Way.MESSAGE;
        }
    }

    /** A message to a fixed place each time the condition begins. */
    record FixedMessage(InterruptController controller, String device, long address, int data)
            implements InterruptOutput {
        @Override
        public void set(boolean asserted) {
            if (asserted) {
                requestOnce();
            }
        }

        @Override
        public void requestOnce() {
            controller.message(device, address, data);
        }

        @Override
        public InterruptCondition.Way way() {
            return InterruptCondition.Way.MESSAGE;
        }
    }

    /** Nothing: the driver polls. */
    record None() implements InterruptOutput {
        @Override
        public void set(boolean asserted) {}

        @Override
        public void requestOnce() {}

        @Override
        public InterruptCondition.Way way() {
            return InterruptCondition.Way.MESSAGE;
        }
    }
}
