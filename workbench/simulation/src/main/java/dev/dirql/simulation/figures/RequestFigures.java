package dev.dirql.simulation.figures;

/**
 * What became of one I/O request.
 *
 * @param irp address of the IRP
 * @param major major function code
 * @param device device object it was sent to
 * @param length bytes asked for
 * @param thread thread that sent it, 0 if none
 * @param createdNs when it was made
 * @param completed whether IoCompleteRequest was called for it
 * @param completedNs when; meaningless while not completed
 * @param status its NTSTATUS; meaningless while not completed
 * @param information bytes transferred, or what the function defines; meaningless while not
 *     completed
 */
public record RequestFigures(
        long irp,
        int major,
        long device,
        long length,
        long thread,
        long createdNs,
        boolean completed,
        long completedNs,
        int status,
        long information) {
    RequestFigures completed(long timeNs, int newStatus, long newInformation) {
        return new RequestFigures(
                irp,
                major,
                device,
                length,
                thread,
                createdNs,
                true,
                timeNs,
                newStatus,
                newInformation);
    }

    /** Time from creation to completion. */
    public long latencyNs() {
        return completedNs - createdNs;
    }
}
