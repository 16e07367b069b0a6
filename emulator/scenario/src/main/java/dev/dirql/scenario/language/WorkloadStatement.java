package dev.dirql.scenario.language;

import dev.dirql.scenario.source.Position;
import java.util.List;

/** One thing a thread of the workload does. */
public sealed interface WorkloadStatement {
    Position position();

    /** Does the body a number of times. */
    record Repeat(Position position, long count, List<WorkloadStatement> body)
            implements WorkloadStatement {
        public Repeat {
            body = List.copyOf(body);
        }
    }

    /**
     * IRP_MJ_READ or IRP_MJ_WRITE.
     *
     * @param offset byte offset in the file
     * @param asynchronous the thread does not wait for it to complete
     */
    record Transfer(
            Position position,
            boolean write,
            Target target,
            int length,
            long offset,
            boolean asynchronous)
            implements WorkloadStatement {}

    /**
     * IRP_MJ_DEVICE_CONTROL.
     *
     * @param inputLength bytes of the input buffer
     * @param inputValue what its first eight bytes hold, little-endian, as far as it reaches; the
     *     others are zero
     * @param outputLength bytes of the output buffer
     */
    record Control(
            Position position,
            Target target,
            int code,
            int inputLength,
            long inputValue,
            int outputLength,
            boolean asynchronous)
            implements WorkloadStatement {}

    /** IRP_MJ_CREATE. */
    record Open(Position position, Target target) implements WorkloadStatement {}

    /** IRP_MJ_CLEANUP and IRP_MJ_CLOSE. */
    record Close(Position position, Target target) implements WorkloadStatement {}

    /** Lets virtual time pass: exactly that long, not rounded to clock ticks. */
    record Delay(Position position, long nanoseconds) implements WorkloadStatement {}

    /** Waits until every asynchronous request of the thread completed. */
    record Wait(Position position) implements WorkloadStatement {}

    /** Asks for the cancellation of the asynchronous requests of the thread. */
    record Cancel(Position position) implements WorkloadStatement {}

    /** Unloads a driver. */
    record Unload(Position position, String driver, int driverNumber)
            implements WorkloadStatement {}

    /**
     * Something happens to a device by Plug and Play, and is waited for.
     *
     * @param deviceNumber place of the device in the scenario, from 0
     * @param nanoseconds how long a stop lasts
     */
    record Plug(
            Position position, String device, int deviceNumber, PlugAction action, long nanoseconds)
            implements WorkloadStatement {}

    /**
     * A request of IRP_MJ_SYSTEM_CONTROL is sent and waited for.
     *
     * @param block place of the block among those that the driver provides, from 0
     * @param instance which of its instances, or {@link #ALL_INSTANCES}
     * @param id number of an item or method
     */
    record Manage(
            Position position,
            Target target,
            ManageAction action,
            long block,
            long instance,
            long id,
            long value)
            implements WorkloadStatement {
        public static final long ALL_INSTANCES = -1;
    }

    /** Calls a routine of a driver at PASSIVE_LEVEL. */
    record Call(
            Position position,
            String driver,
            int driverNumber,
            String routine,
            List<Long> arguments)
            implements WorkloadStatement {
        public Call {
            arguments = List.copyOf(arguments);
        }
    }
}
