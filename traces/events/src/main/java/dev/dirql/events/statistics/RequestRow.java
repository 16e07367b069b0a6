package dev.dirql.events.statistics;

/**
 * What became of an IRP. Times are virtual nanoseconds, {@link #NOT_YET} for what did not happen.
 *
 * @param irp address of the IRP
 * @param major major function code
 * @param device device object it was made for
 * @param length bytes asked for
 * @param createdNs when it was made
 * @param dispatchedNs when a dispatch routine was first called with it
 * @param startedNs when StartIo was called with it
 * @param completedNs when it was completed
 * @param status the NTSTATUS it was completed with
 * @param information the IoStatus.Information it was completed with
 */
public record RequestRow(
        long irp,
        int major,
        long device,
        long length,
        long createdNs,
        long dispatchedNs,
        long startedNs,
        long completedNs,
        int status,
        long information) {
    /** Stands in a time for what did not happen. */
    public static final long NOT_YET = -1;

    public boolean isComplete() {
        return completedNs != NOT_YET;
    }
}
