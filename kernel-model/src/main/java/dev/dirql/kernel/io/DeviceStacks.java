package dev.dirql.kernel.io;

import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.machine.Processor;
import java.util.OptionalLong;

/** Adds and removes the devices of drivers. */
public interface DeviceStacks {
    /** Without Plug and Play. */
    DeviceStacks NONE =
            new DeviceStacks() {
                @Override
                public OptionalLong startRoutine(Processor processor) {
                    return OptionalLong.empty();
                }

                @Override
                public OptionalLong removeRoutine(Processor processor, int driver) {
                    return OptionalLong.empty();
                }

                @Override
                public void filesClosed(Processor processor) {}

                @Override
                public Outcome change(
                        Processor processor,
                        int action,
                        int device,
                        long nanoseconds,
                        Pending next) {
                    return Outcome.of(IoStatus.NO_SUCH_DEVICE);
                }
            };

    /** What is to be called when every DriverEntry has returned, if anything. */
    OptionalLong startRoutine(Processor processor);

    /**
     * What is to be called with the number of a driver before its DriverUnload, if anything; it
     * answers with a status, and a failure keeps the driver.
     */
    OptionalLong removeRoutine(Processor processor, int driver);

    /** A file was closed, which a stack may have waited for. */
    void filesClosed(Processor processor);

    /**
     * Stops (0), removes (1) or surprisingly removes (2) a device, in the running thread.
     *
     * @param nanoseconds how long a stop lasts
     * @param next gets the status
     */
    Outcome change(Processor processor, int action, int device, long nanoseconds, Pending next);
}
