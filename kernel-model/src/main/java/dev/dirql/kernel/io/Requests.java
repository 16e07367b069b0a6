package dev.dirql.kernel.io;

import dev.dirql.events.Event;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.IoStackLocation;
import dev.dirql.kernel.structures.Irp;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The requests of the workload that are not done: their packets and buffers, from the making to the
 * copying back of results. WDK, "Methods for accessing data buffers".
 */
public final class Requests implements StatePart {
    private static final int TAG = 'I' | 'o' << 8 | 'R' << 16 | 'q' << 24;
    private static final int TAG_IRP = 'I' | 'r' << 8 | 'p' << 16 | ' ' << 24;

    /** IRP.Flags. */
    private static final int IRP_SYNCHRONOUS_API = 0x004;

    private static final int IRP_CREATE_OPERATION = 0x080;
    private static final int IRP_READ_OPERATION = 0x100;
    private static final int IRP_WRITE_OPERATION = 0x200;
    private static final int IRP_CLOSE_OPERATION = 0x400;
    private static final int IRP_DEFER_IO_COMPLETION = 0x800;

    static final int CREATE = 0x00;
    static final int CLOSE = 0x02;
    static final int READ = 0x03;
    static final int WRITE = 0x04;
    static final int DEVICE_CONTROL = 0x0E;
    static final int CLEANUP = 0x12;

    private static final int USER_MODE = 1;

    /** A KEVENT, and behind it the status block of the request. */
    private static final int EVENT_BLOCK = 0x30;

    private static final int EVENT_WORDS = 6;
    private static final int STATUS_BLOCK = 0x18;

    private final Pool pool;
    private final RequestBuffers buffers;
    private final RequestRules rules;
    private final TreeMap<Long, Request> requests = new TreeMap<>();
    private Consumer<Processor> listener = _ -> {};
    private long made;

    Requests(Pool pool, RequestBuffers buffers, RequestRules rules) {
        this.pool = pool;
        this.buffers = buffers;
        this.rules = rules;
    }

    // ---- making ----

    /** Makes a read or write; null if there is no memory. */
    @Nullable Request transfer(
            Processor processor,
            DeviceObject device,
            long file,
            int major,
            long length,
            long offset,
            boolean asynchronous) {
        Request request = begin(processor, device, file, major, asynchronous);
        if (request == null) {
            return null;
        }
        boolean read = major == READ;
        IoStackLocation location = first(processor, request);
        location.setReadLength(length);
        location.setReadByteOffset(offset);
        if (length != 0 && !buffers.forTransfer(processor, request, device, length, read)) {
            abandon(processor, request);
            return null;
        }
        Irp irp = new Irp(processor.memory(), request.irp);
        irp.setFlags(irp.flags() | (read ? IRP_READ_OPERATION : IRP_WRITE_OPERATION));
        return told(processor, request, length);
    }

    /** Makes a device control request; null if there is no memory. */
    @Nullable Request control(
            Processor processor,
            DeviceObject device,
            long file,
            int code,
            byte[] input,
            long outputLength,
            boolean asynchronous) {
        Request request = begin(processor, device, file, DEVICE_CONTROL, asynchronous);
        if (request == null) {
            return null;
        }
        IoStackLocation location = first(processor, request);
        location.setOutputBufferLength(outputLength);
        location.setInputBufferLength(input.length);
        location.setIoControlCode(code);
        if (!buffers.forControl(processor, request, code & 3, input, outputLength)) {
            abandon(processor, request);
            return null;
        }
        return told(processor, request, outputLength);
    }

    /** Makes a request without buffer: create, cleanup, close. Null if there is no memory. */
    @Nullable Request plain(Processor processor, DeviceObject device, long file, int major) {
        Request request = begin(processor, device, file, major, false);
        if (request == null) {
            return null;
        }
        Irp irp = new Irp(processor.memory(), request.irp);
        irp.setFlags(irp.flags() | (major == CREATE ? IRP_CREATE_OPERATION : IRP_CLOSE_OPERATION));
        return told(processor, request, 0);
    }

    private @Nullable Request begin(
            Processor processor, DeviceObject device, long file, int major, boolean asynchronous) {
        int stack = device.stackSize();
        long packet = pool.allocate(PoolKind.NONPAGED, Irp.size(stack), TAG_IRP);
        long event = pool.allocate(PoolKind.NONPAGED, EVENT_BLOCK, TAG);
        if (packet == 0 || event == 0) {
            free(processor, packet, 0);
            free(processor, event, 0);
            return null;
        }
        GuestMemory memory = processor.memory();
        Irp irp = new Irp(memory, packet);
        IrpServices.initialize(irp, Irp.size(stack), stack);
        irp.setRequestorMode(USER_MODE);
        irp.setThread(processor.thread);
        irp.setOriginalFileObject(file);
        irp.setUserEvent(event);
        irp.setUserIosb(event + STATUS_BLOCK);
        irp.setFlags(IRP_DEFER_IO_COMPLETION | (asynchronous ? 0 : IRP_SYNCHRONOUS_API));
        memory.store32(event, (long) EVENT_WORDS << 16);
        memory.store32(event + 4, 0);
        new ListEntry(memory, event + 8).initializeHead();
        Request request =
                new Request(++made, processor.thread, major, device.address(), asynchronous);
        request.irp = packet;
        request.event = event;
        IoStackLocation location = irp.stackLocation(stack);
        location.setMajorFunction(major);
        location.setFileObject(file);
        requests.put(request.number, request);
        return request;
    }

    private Request told(Processor processor, Request request, long length) {
        processor
                .machine()
                .emit(
                        processor,
                        new Event.IrpCreated(request.irp, request.major, request.device, length));
        return request;
    }

    static IoStackLocation first(Processor processor, Request request) {
        Irp irp = new Irp(processor.memory(), request.irp);
        return irp.stackLocation(irp.stackCount());
    }

    // ---- finding ----

    /** The request that a packet carries, or null. */
    @Nullable Request ofIrp(long irp) {
        for (Request request : requests.values()) {
            if (request.irp == irp && !request.packetLost) {
                return request;
            }
        }
        return null;
    }

    /** A driver is about to free a block of pool, which should not be that of a request. */
    void freedByDriver(Processor processor, long address, long caller) {
        for (Request request : requests.values()) {
            if (request.irp == address && !request.packetLost) {
                rules.irpFreedAsPool(processor, address, caller);
                request.losePacket();
            } else if (request.systemBuffer == address) {
                rules.bufferFreed(processor, "system buffer", address, request.irp, caller);
            } else if (request.mdl == address) {
                rules.bufferFreed(processor, "MDL", address, request.irp, caller);
            }
        }
    }

    Request get(long number) {
        Request request = requests.get(number);
        if (request == null) {
            throw new IllegalStateException("request " + number + " is gone");
        }
        return request;
    }

    /**
     * The first asynchronous request of a thread that is not completed and was made after another,
     * or null.
     *
     * @param number that of the other, 0 for none
     */
    @Nullable Request outstanding(long thread, long number) {
        for (Request request : requests.tailMap(number, false).values()) {
            if (request.asynchronous && request.thread == thread && !request.completed) {
                return request;
            }
        }
        return null;
    }

    /** Whether a request to a device object is not completed. */
    boolean isOutstandingFor(long device) {
        return requests.values().stream()
                .anyMatch(request -> request.device == device && !request.completed);
    }

    /** Says who is told when a request is completed. */
    void onCompleted(Consumer<Processor> newListener) {
        listener = newListener;
    }

    /** Packets that were sent and not completed, for reports: addresses in order of sending. */
    public List<Long> outstandingIrps() {
        List<Long> irps = new ArrayList<>();
        for (Request request : requests.values()) {
            if (!request.completed) {
                irps.add(request.irp);
            }
        }
        return irps;
    }

    // ---- the dispatch routine's word ----

    /** The dispatch routine of the top driver returned: its status must fit its packet. */
    void dispatched(Processor processor, Request request, long irp, long routine, int status) {
        if (request.packetLost) {
            return;
        }
        boolean done = request.deferred || request.completed;
        if (status == IoStatus.PENDING) {
            if (!(done ? request.pendingReturned : isMarkedByAny(processor, request))) {
                rules.pendingNotMarked(processor, routine, irp, done);
            }
        } else if (done ? request.pendingReturned : isMarked(first(processor, request))) {
            rules.markedNotPending(processor, routine, irp, status);
        } else if (!done) {
            rules.notProcessed(processor, routine, irp, status);
        } else if (request.deferred && new Irp(processor.memory(), irp).status() != status) {
            rules.statusDiffers(
                    processor, routine, irp, status, new Irp(processor.memory(), irp).status());
        }
    }

    /** A driver that passes on the status of a lower one passes on its mark when that completes. */
    private static boolean isMarkedByAny(Processor processor, Request request) {
        Irp irp = new Irp(processor.memory(), request.irp);
        boolean marked = irp.pendingReturned();
        for (int i = Math.max(1, irp.currentLocation()); i <= irp.stackCount(); i++) {
            marked |= isMarked(irp.stackLocation(i));
        }
        return marked;
    }

    private static boolean isMarked(IoStackLocation location) {
        return (location.control() & IoStackLocation.SL_PENDING_RETURNED) != 0;
    }

    // ---- ending ----

    /** Copies results to the user's buffer and frees packet and kernel buffers. */
    void complete(Processor processor, Request request) {
        GuestMemory memory = processor.memory();
        Irp irp = new Irp(memory, request.irp);
        request.status = irp.status();
        request.information = irp.information();
        request.completed = true;
        request.deferred = false;
        memory.store32(request.event + STATUS_BLOCK, request.status);
        memory.store64(request.event + STATUS_BLOCK + 8, request.information);
        buffers.copyBack(processor, request, request.status);
        release(processor, request);
        if (processor.machine().ended() == null) {
            listener.accept(processor);
        }
    }

    private void release(Processor processor, Request request) {
        buffers.release(processor, request);
        if (!request.packetKept) {
            free(processor, request.irp, request.completer);
            request.irp = 0;
        }
    }

    /** Who kept the packet is done with it: it goes if the request was completed meanwhile. */
    void packetNotNeeded(Processor processor, Request request) {
        request.keepPacket(false);
        if (request.completed) {
            free(processor, request.irp, request.completer);
            request.irp = 0;
        }
    }

    private void free(Processor processor, long address, long caller) {
        if (address != 0) {
            pool.free(processor, address, caller);
        }
    }

    private void abandon(Processor processor, Request request) {
        release(processor, request);
        forget(processor, request);
    }

    /** Nobody will ask for the outcome any more. */
    void forget(Processor processor, Request request) {
        free(processor, request.event, request.completer);
        requests.remove(request.number);
    }

    /** Forgets the completed asynchronous requests of the running thread. */
    void forgetCompleted(Processor processor) {
        for (Request request : List.copyOf(requests.values())) {
            if (request.asynchronous && request.completed && request.thread == processor.thread) {
                forget(processor, request);
            }
        }
    }

    @Override
    public void save(StateWriter out) {
        out.counter(made);
        out.value(requests.size());
        for (Request request : requests.values()) {
            request.save(out, made);
        }
    }

    @Override
    public void restore(StateReader in) {
        made = in.counter();
        requests.clear();
        int count = in.intValue();
        for (int i = 0; i < count; i++) {
            Request request = Request.restore(in, made);
            requests.put(request.number, request);
        }
    }
}
