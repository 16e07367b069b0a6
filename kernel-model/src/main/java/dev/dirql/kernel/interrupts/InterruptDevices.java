package dev.dirql.kernel.interrupts;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The devices of the machine that interrupt, and which of them a device object stands for. */
public interface InterruptDevices {
    /** No device at all. */
    InterruptDevices NONE =
            new InterruptDevices() {
                @Override
                public List<InterruptDevice> all() {
                    return List.of();
                }

                @Override
                public @Nullable InterruptDevice of(long deviceObject) {
                    return null;
                }
            };

    /** All of them, always in the same order. */
    List<InterruptDevice> all();

    /** The device that a DEVICE_OBJECT stands for, or null. */
    @Nullable InterruptDevice of(long deviceObject);

    /** What stands behind each of their interrupts now, always in the same order. */
    default List<InterruptReason> reasons() {
        return List.of();
    }
}
