package dev.dirql.machine;

/** The interrupt controller of the machine, as devices and processors see it. */
public interface InterruptController {
    /** The unit of one processor. */
    InterruptUnit unit(int processor);

    /** A wire into the controller's numbered input; the device's name is for the trace. */
    InterruptLine line(String device, int input);

    /** Delivers a message-signaled interrupt: a write of {@code data} to {@code address}. */
    void message(String device, long address, int data);

    /** Requests a vector of another processor. */
    void sendToProcessor(int target, int vector, String source);

    /** Whether a level-sensitive input is asserted that requests a vector, masked or not. */
    boolean isAsserted(int vector);

    /** Stands where a machine is built without a controller. */
    static InterruptController none() {
        return NoInterruptController.INSTANCE;
    }
}
