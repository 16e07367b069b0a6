package dev.dirql.kernel.io;

import dev.dirql.events.Event;
import dev.dirql.kernel.memory.AddressWindow;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.IoStackLocation;
import dev.dirql.kernel.structures.Irp;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.kernel.structures.Mdl;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The requests of the workload that are not done: their packets and buffers, from the making to the
 * copying back of results. WDK, "Methods for accessing data buffers".
 */
public final class Requests implements StatePart {
    private static final int TAG = 'I' | 'o' << 8 | 'R' << 16 | 'q' << 24;
    private static final int TAG_BUFFER = 'I' | 'o' << 8 | ' ' << 16 | ' ' << 24;
    private static final int TAG_MDL = 'M' | 'd' << 8 | 'l' << 16 | ' ' << 24;
    private static final int TAG_IRP = 'I' | 'r' << 8 | 'p' << 16 | ' ' << 24;

    /** DEVICE_OBJECT.Flags. */
    private static final int DO_BUFFERED_IO = 0x04;

    private static final int DO_DIRECT_IO = 0x10;

    /** IRP.Flags. */
    private static final int IRP_SYNCHRONOUS_API = 0x004;

    private static final int IRP_BUFFERED_IO = 0x010;
    private static final int IRP_DEALLOCATE_BUFFER = 0x020;
    private static final int IRP_INPUT_OPERATION = 0x040;
    private static final int IRP_CREATE_OPERATION = 0x080;
    private static final int IRP_READ_OPERATION = 0x100;
    private static final int IRP_WRITE_OPERATION = 0x200;
    private static final int IRP_CLOSE_OPERATION = 0x400;
    private static final int IRP_DEFER_IO_COMPLETION = 0x800;

    /** MDL.MdlFlags. */
    private static final int MDL_MAPPED_TO_SYSTEM_VA = 0x01;

    private static final int MDL_PAGES_LOCKED = 0x02;
    private static final int MDL_WRITE_OPERATION = 0x80;

    static final int CREATE = 0x00;
    static final int CLOSE = 0x02;
    static final int READ = 0x03;
    static final int WRITE = 0x04;
    static final int DEVICE_CONTROL = 0x0E;
    static final int CLEANUP = 0x12;

    private static final int METHOD_BUFFERED = 0;
    private static final int METHOD_IN_DIRECT = 1;
    private static final int METHOD_NEITHER = 3;
    private static final int USER_MODE = 1;

    /** A KEVENT, and behind it the status block of the request. */
    private static final int EVENT_BLOCK = 0x30;

    private static final int EVENT_WORDS = 6;
    private static final int STATUS_BLOCK = 0x18;

    /** One request. */
    static final class Request {
        final long number;
        final long thread;
        final int major;
        final long device;
        final boolean asynchronous;
        private long irp;
        private long event;
        private long systemBuffer;
        private long mdl;
        private long userBuffer;
        private long userBytes;
        private long inputBuffer;
        private long inputBytes;
        private boolean copyBack;
        private boolean deferred;
        private boolean completed;
        private int status;
        private long information;
        private long completer;
        private boolean packetLost;
        private boolean pendingReturned;

        private Request(long number, long thread, int major, long device, boolean asynchronous) {
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
    }

    private final Pool pool;
    private final AddressWindow lockedPages;
    private final UserMemory user;
    private final RequestRules rules;
    private final TreeMap<Long, Request> requests = new TreeMap<>();
    private long made;

    Requests(Pool pool, AddressWindow lockedPages, UserMemory user, RequestRules rules) {
        this.pool = pool;
        this.lockedPages = lockedPages;
        this.user = user;
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
        if (length != 0 && !transferBuffer(processor, request, device, length, read)) {
            abandon(processor, request);
            return null;
        }
        Irp irp = new Irp(processor.memory(), request.irp);
        irp.setFlags(irp.flags() | (read ? IRP_READ_OPERATION : IRP_WRITE_OPERATION));
        return told(processor, request, length);
    }

    private boolean transferBuffer(
            Processor processor, Request request, DeviceObject device, long length, boolean read) {
        if (!userBuffer(request, length)) {
            return false;
        }
        byte[] content = new byte[(int) length];
        if (!read) {
            for (int i = 0; i < content.length; i++) {
                content[i] = (byte) i;
            }
            user.write(request.userBuffer, content);
        }
        Irp irp = new Irp(processor.memory(), request.irp);
        if ((device.flags() & DO_BUFFERED_IO) != 0) {
            irp.setUserBuffer(request.userBuffer);
            return systemBuffer(processor, request, content, read);
        }
        if ((device.flags() & DO_DIRECT_IO) != 0) {
            return lock(processor, request, read);
        }
        irp.setUserBuffer(request.userBuffer);
        return true;
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
        if (!controlBuffers(processor, request, code & 3, input, outputLength)) {
            abandon(processor, request);
            return null;
        }
        return told(processor, request, outputLength);
    }

    private boolean controlBuffers(
            Processor processor, Request request, int method, byte[] input, long outputLength) {
        Irp irp = new Irp(processor.memory(), request.irp);
        if (outputLength != 0 && !userBuffer(request, outputLength)) {
            return false;
        }
        if (method == METHOD_NEITHER) {
            irp.setUserBuffer(request.userBuffer);
            if (input.length == 0) {
                return true;
            }
            request.inputBuffer = user.allocate(input.length);
            request.inputBytes = input.length;
            if (request.inputBuffer == 0) {
                return false;
            }
            user.write(request.inputBuffer, input);
            first(processor, request).setType3InputBuffer(request.inputBuffer);
            return true;
        }
        if (method == METHOD_BUFFERED) {
            irp.setUserBuffer(request.userBuffer);
            int bytes = (int) Math.max(input.length, outputLength);
            byte[] content = new byte[bytes];
            System.arraycopy(input, 0, content, 0, input.length);
            return bytes == 0 || systemBuffer(processor, request, content, outputLength != 0);
        }
        return (input.length == 0 || systemBuffer(processor, request, input, false))
                && (outputLength == 0 || lock(processor, request, method != METHOD_IN_DIRECT));
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

    private static IoStackLocation first(Processor processor, Request request) {
        Irp irp = new Irp(processor.memory(), request.irp);
        return irp.stackLocation(irp.stackCount());
    }

    private boolean userBuffer(Request request, long bytes) {
        request.userBuffer = user.allocate(bytes);
        request.userBytes = bytes;
        return request.userBuffer != 0;
    }

    private boolean systemBuffer(
            Processor processor, Request request, byte[] content, boolean copyBack) {
        long buffer = pool.allocate(PoolKind.NONPAGED, content.length, TAG_BUFFER);
        if (buffer == 0) {
            return false;
        }
        processor.memory().storeBytes(buffer, content);
        request.systemBuffer = buffer;
        request.copyBack = copyBack;
        Irp irp = new Irp(processor.memory(), request.irp);
        irp.setSystemBuffer(buffer);
        irp.setFlags(
                irp.flags()
                        | IRP_BUFFERED_IO
                        | IRP_DEALLOCATE_BUFFER
                        | (copyBack ? IRP_INPUT_OPERATION : 0));
        return true;
    }

    /** Describes the user buffer with an MDL and locks its pages. */
    private boolean lock(Processor processor, Request request, boolean driverWrites) {
        int pages = Mdl.pages(request.userBuffer, request.userBytes);
        int size = Mdl.BYTES + 8 * pages;
        long address = pool.allocate(PoolKind.NONPAGED, size, TAG_MDL);
        if (address == 0) {
            return false;
        }
        Mdl mdl = new Mdl(processor.memory(), address);
        mdl.setSize(size);
        mdl.setMdlFlags(MDL_PAGES_LOCKED | (driverWrites ? MDL_WRITE_OPERATION : 0));
        mdl.setStartVa(request.userBuffer & -0x1000);
        mdl.setByteOffset(request.userBuffer & 0xFFF);
        mdl.setByteCount(request.userBytes);
        for (int i = 0; i < pages; i++) {
            processor
                    .memory()
                    .store64(mdl.frames() + 8L * i, user.frame(mdl.startVa() + 0x1000L * i));
        }
        user.lock(request.userBuffer, request.userBytes, true);
        request.mdl = address;
        new Irp(processor.memory(), request.irp).setMdlAddress(address);
        return true;
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

    /** The first asynchronous request of a thread that is not completed, or null. */
    @Nullable Request outstanding(long thread) {
        for (Request request : requests.values()) {
            if (request.asynchronous && request.thread == thread && !request.completed) {
                return request;
            }
        }
        return null;
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
        if (request.copyBack && !IoStatus.isError(request.status)) {
            if (Long.compareUnsigned(request.information, request.userBytes) > 0) {
                rules.informationTooLarge(
                        processor,
                        request.irp,
                        request.information,
                        request.userBytes,
                        request.completer);
            }
            // NT would copy what is beyond the buffer, too.
            long bytes = Math.max(0, Math.min(request.information, request.userBytes));
            user.write(request.userBuffer, memory.loadBytes(request.systemBuffer, (int) bytes));
        }
        release(processor, request);
    }

    private void release(Processor processor, Request request) {
        if (request.mdl != 0) {
            Mdl mdl = new Mdl(processor.memory(), request.mdl);
            AddressWindow.Mapping mapping = lockedPages.find(mdl.mappedSystemVa());
            if ((mdl.mdlFlags() & MDL_MAPPED_TO_SYSTEM_VA) != 0 && mapping != null) {
                lockedPages.unmap(mapping);
            }
            user.lock(request.userBuffer, request.userBytes, false);
            pool.free(processor, request.mdl, request.completer);
        }
        free(processor, request.systemBuffer, request.completer);
        free(processor, request.irp, request.completer);
        if (request.userBuffer != 0) {
            user.free(request.userBuffer, request.userBytes);
        }
        if (request.inputBuffer != 0) {
            user.free(request.inputBuffer, request.inputBytes);
        }
        request.mdl = 0;
        request.systemBuffer = 0;
        request.irp = 0;
        request.userBuffer = 0;
        request.inputBuffer = 0;
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
            out.value(request.number - made);
            out.value(request.thread);
            out.value(request.major);
            out.value(request.device);
            out.value(request.asynchronous);
            out.value(request.irp);
            out.value(request.event);
            out.value(request.systemBuffer);
            out.value(request.mdl);
            out.value(request.userBuffer);
            out.value(request.userBytes);
            out.value(request.inputBuffer);
            out.value(request.inputBytes);
            out.value(request.copyBack);
            out.value(request.deferred);
            out.value(request.completed);
            out.value(request.status);
            out.value(request.information);
            out.value(request.completer);
            out.value(request.packetLost);
            out.value(request.pendingReturned);
        }
    }

    @Override
    public void restore(StateReader in) {
        made = in.counter();
        requests.clear();
        int count = in.intValue();
        for (int i = 0; i < count; i++) {
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
            request.pendingReturned = in.booleanValue();
            requests.put(request.number, request);
        }
    }
}
