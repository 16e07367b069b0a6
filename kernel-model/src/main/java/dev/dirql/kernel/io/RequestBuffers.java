package dev.dirql.kernel.io;

import dev.dirql.kernel.memory.AddressWindow;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.Irp;
import dev.dirql.kernel.structures.Mdl;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;

/**
 * The buffers of a request: that of the user, and what the I/O manager makes of it for the driver.
 * WDK, "Methods for accessing data buffers".
 */
final class RequestBuffers {
    private static final int TAG_BUFFER = 'I' | 'o' << 8 | ' ' << 16 | ' ' << 24;
    private static final int TAG_MDL = 'M' | 'd' << 8 | 'l' << 16 | ' ' << 24;

    /** DEVICE_OBJECT.Flags. */
    private static final int DO_BUFFERED_IO = 0x04;

    private static final int DO_DIRECT_IO = 0x10;

    /** IRP.Flags. */
    private static final int IRP_BUFFERED_IO = 0x010;

    private static final int IRP_DEALLOCATE_BUFFER = 0x020;
    private static final int IRP_INPUT_OPERATION = 0x040;

    /** MDL.MdlFlags. */
    private static final int MDL_MAPPED_TO_SYSTEM_VA = 0x01;

    private static final int MDL_PAGES_LOCKED = 0x02;
    private static final int MDL_WRITE_OPERATION = 0x80;

    private static final int METHOD_BUFFERED = 0;
    private static final int METHOD_IN_DIRECT = 1;
    private static final int METHOD_NEITHER = 3;

    private final Pool pool;
    private final AddressWindow lockedPages;
    private final UserMemory user;
    private final RequestRules rules;

    RequestBuffers(Pool pool, AddressWindow lockedPages, UserMemory user, RequestRules rules) {
        this.pool = pool;
        this.lockedPages = lockedPages;
        this.user = user;
        this.rules = rules;
    }

    /** Those of a read or write, as the device object asks for; false without memory. */
    boolean forTransfer(
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

    /** Those of a device control request, as its code asks for; false without memory. */
    boolean forControl(
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
            Requests.first(processor, request).setType3InputBuffer(request.inputBuffer);
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

    /** Copies what the driver put into the system buffer to the user's. */
    void copyBack(Processor processor, Request request, int status) {
        GuestMemory memory = processor.memory();
        if (request.copyBack && !IoStatus.isError(status)) {
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
    }

    /** Frees the kernel buffers and those of the user. */
    void release(Processor processor, Request request) {
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
        if (request.userBuffer != 0) {
            user.free(request.userBuffer, request.userBytes);
        }
        if (request.inputBuffer != 0) {
            user.free(request.inputBuffer, request.inputBytes);
        }
        request.mdl = 0;
        request.systemBuffer = 0;
        request.userBuffer = 0;
        request.inputBuffer = 0;
    }

    private void free(Processor processor, long address, long caller) {
        if (address != 0) {
            pool.free(processor, address, caller);
        }
    }
}
