package dev.dirql.kernel.io;

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
            };

    /** What is to be called when every DriverEntry has returned, if anything. */
    OptionalLong startRoutine(Processor processor);

    /**
     * What is to be called with the number of a driver before its DriverUnload, if anything; it
     * answers with a status, and a failure keeps the driver.
     */
    OptionalLong removeRoutine(Processor processor, int driver);
}
