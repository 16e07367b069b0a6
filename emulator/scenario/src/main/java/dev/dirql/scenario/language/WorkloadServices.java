package dev.dirql.scenario.language;

import java.util.List;

/**
 * The routines that a compiled workload calls and that are no part of Windows: the kernel model
 * provides them to the workload's module alone. All but one are called at PASSIVE_LEVEL in a thread
 * of the workload, with the x64 convention.
 *
 * <p>Drivers and their device objects are counted from 0: drivers as they stand in the scenario,
 * device objects as their driver created them. A request goes to the top of the device object's
 * stack, on a file object of the calling thread and that device object, which exists from the
 * thread's first request on, whether or not the thread opened it.
 */
public final class WorkloadServices {
    /** Name of the module they are imported from. */
    public static final String MODULE = "dirql.workload";

    /**
     * The device object that is meant where a driver is named: the first that the driver created.
     */
    public static final int FIRST_DEVICE = 0;

    /**
     * A service.
     *
     * @param prototype its declaration in C, without storage class, in built-in types of the
     *     Windows x64 data model
     * @param meaning what it does
     */
    public record Service(String name, String prototype, String meaning) {}

    /** All of them. */
    public static final List<Service> ALL =
            List.of(
                    new Service(
                            "WorkloadTransfer",
                            "long WorkloadTransfer(unsigned long Driver, unsigned long Device,"
                                    + " unsigned long Major, unsigned long Length,"
                                    + " long long Offset, unsigned char Asynchronous)",
                            "Sends IRP_MJ_READ (3) or IRP_MJ_WRITE (4) with a buffer of Length"
                                    + " bytes. Waits until the request completed and returns its"
                                    + " status; asynchronous, returns what the dispatch routine"
                                    + " returned."),
                    new Service(
                            "WorkloadControl",
                            "long WorkloadControl(unsigned long Driver, unsigned long Device,"
                                    + " unsigned long ControlCode, unsigned long InputLength,"
                                    + " unsigned long long InputValue, unsigned long OutputLength,"
                                    + " unsigned char Asynchronous)",
                            "Sends IRP_MJ_DEVICE_CONTROL. The input buffer begins with InputValue,"
                                    + " little-endian, as far as InputLength reaches; the rest of"
                                    + " it is zero. Waits and returns as WorkloadTransfer does."),
                    new Service(
                            "WorkloadOpen",
                            "long WorkloadOpen(unsigned long Driver, unsigned long Device)",
                            "Sends IRP_MJ_CREATE for the thread's file object, waits and returns"
                                    + " the status."),
                    new Service(
                            "WorkloadClose",
                            "void WorkloadClose(unsigned long Driver, unsigned long Device)",
                            "Sends IRP_MJ_CLEANUP and then IRP_MJ_CLOSE for the thread's file"
                                    + " object, and waits for both. The thread's next request gets"
                                    + " a new file object."),
                    new Service(
                            "WorkloadWait",
                            "void WorkloadWait(void)",
                            "Waits until every asynchronous request of the calling thread"
                                    + " completed."),
                    new Service(
                            "WorkloadCancel",
                            "void WorkloadCancel(void)",
                            "Calls IoCancelIrp for every asynchronous request of the calling thread"
                                    + " that is not completed. Does not wait."),
                    new Service(
                            "WorkloadUnload",
                            "long WorkloadUnload(unsigned long Driver)",
                            "Unloads a driver as NtUnloadDriver does, and waits until it is"
                                    + " unloaded, unless open files or requests delay that."
                                    + " Returns the status."),
                    new Service(
                            "WorkloadPlug",
                            "long WorkloadPlug(unsigned long Action, unsigned long Device,"
                                    + " unsigned long long Nanoseconds)",
                            "Does to the device of that number what a PlugAction says, as the Plug"
                                    + " and Play manager does, and waits for it; a stop lasts so"
                                    + " long. Returns the status."),
                    new Service(
                            "WorkloadManage",
                            "long WorkloadManage(unsigned long Driver, unsigned long Device,"
                                    + " unsigned long Action, unsigned long Block, long long"
                                    + " Instance, unsigned long Id, unsigned long long Value)",
                            "Asks a provider of WMI for what a ManageAction says, of the block of"
                                    + " that place among those that it registered, and waits for it;"
                                    + " instance -1 stands for all. Returns the status."),
                    new Service(
                            "WorkloadDelay",
                            "void WorkloadDelay(long long Nanoseconds)",
                            "Blocks the calling thread for exactly that virtual time. Clock ticks"
                                    + " do not round it, as they would KeDelayExecutionThread: it"
                                    + " stands for a program's time, not for a driver's."),
                    new Service(
                            "WorkloadReturned",
                            "void WorkloadReturned(unsigned long long Routine)",
                            "Says that the workload itself called the routine of a driver at that"
                                    + " address, which has returned. May be called at any IRQL: it"
                                    + " tells the one that the routine left behind, and goes back"
                                    + " to PASSIVE_LEVEL."),
                    new Service(
                            "WorkloadFinished",
                            "void WorkloadFinished(unsigned long Thread)",
                            "Says that a thread, counted from 0, is done, and ends it. Does not"
                                    + " return. Asynchronous requests are cancelled and"
                                    + " waited for first."));

    private WorkloadServices() {}
}
