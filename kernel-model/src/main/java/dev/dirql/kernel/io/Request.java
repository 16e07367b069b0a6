package dev.dirql.kernel.io;

import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;

/** One request of the workload: its packet, its buffers, and how far it is. */
final class Request {
    final long number;
    final long thread;
    final int major;
    final long device;
    final boolean asynchronous;
    long irp;
    long event;
    long systemBuffer;
    long mdl;
    long userBuffer;
    long userBytes;
    long inputBuffer;
    long inputBytes;
    boolean copyBack;
    boolean deferred;
    boolean completed;
    int status;
    long information;
    long completer;
    boolean packetLost;
    boolean packetKept;
    boolean pendingReturned;

    Request(long number, long thread, int major, long device, boolean asynchronous) {
        this.number = number;
        this.thread = thread;
        this.major = major;
        this.device = device;
        this.asynchronous = asynchronous;
    }

    long irp() {
        return irp;
    }

    /** Address of the event that is set when the request is done. */
    long event() {
        return event;
    }

    /** Somebody looks at the packet: it is not freed when the request is completed. */
    void keepPacket(boolean keep) {
        packetKept = keep;
    }

    /** A driver freed the packet: its address may become that of another. */
    void losePacket() {
        packetLost = true;
    }

    boolean isPacketLost() {
        return packetLost;
    }

    /**
     * The drivers are done with the packet.
     *
     * @param caller the code that completes it: whatever comes out wrong then is its doing
     * @param pending whether the top driver's stack location was marked pending
     */
    void completedBy(long caller, boolean pending) {
        completer = caller;
        pendingReturned = pending;
    }

    /** The drivers are done; the sending thread copies results and frees the packet. */
    void deferCompletion() {
        deferred = true;
    }

    boolean isDeferred() {
        return deferred;
    }

    boolean isCompleted() {
        return completed;
    }

    int status() {
        return status;
    }

    long information() {
        return information;
    }

    /**
     * @param made how many requests were made so far: numbers count down from it, so that equal
     *     moments look equal however many there were
     */
    void save(StateWriter out, long made) {
        out.value(number - made);
        out.value(thread);
        out.value(major);
        out.value(device);
        out.value(asynchronous);
        out.value(irp);
        out.value(event);
        out.value(systemBuffer);
        out.value(mdl);
        out.value(userBuffer);
        out.value(userBytes);
        out.value(inputBuffer);
        out.value(inputBytes);
        out.value(copyBack);
        out.value(deferred);
        out.value(completed);
        out.value(status);
        out.value(information);
        out.value(completer);
        out.value(packetLost);
        out.value(packetKept);
        out.value(pendingReturned);
    }

    static Request restore(StateReader in, long made) {
        Request request =
                new Request(
                        in.value() + made,
                        in.value(),
                        in.intValue(),
                        in.value(),
                        in.booleanValue());
        request.irp = in.value();
        request.event = in.value();
        request.systemBuffer = in.value();
        request.mdl = in.value();
        request.userBuffer = in.value();
        request.userBytes = in.value();
        request.inputBuffer = in.value();
        request.inputBytes = in.value();
        request.copyBack = in.booleanValue();
        request.deferred = in.booleanValue();
        request.completed = in.booleanValue();
        request.status = in.intValue();
        request.information = in.value();
        request.completer = in.value();
        request.packetLost = in.booleanValue();
        request.packetKept = in.booleanValue();
        request.pendingReturned = in.booleanValue();
        return request;
    }
}
