package dev.dirql.kernel.structures;

import dev.dirql.machine.GuestMemory;

/**
 * An I/O request packet; its stack locations follow it. WDK, wdm.h.
 *
 * <pre>
 * +0x000  Type
 * +0x002  Size
 * +0x008  MdlAddress
 * +0x010  Flags
 * +0x018  AssociatedIrp.SystemBuffer
 * +0x020  ThreadListEntry
 * +0x030  IoStatus.Status
 * +0x038  IoStatus.Information
 * +0x040  RequestorMode
 * +0x041  PendingReturned
 * +0x042  StackCount
 * +0x043  CurrentLocation
 * +0x044  Cancel
 * +0x045  CancelIrql
 * +0x046  ApcEnvironment
 * +0x047  AllocationFlags
 * +0x048  UserIosb
 * +0x050  UserEvent
 * +0x058  Overlay.AsynchronousParameters.UserApcRoutine
 * +0x060  Overlay.AsynchronousParameters.UserApcContext
 * +0x068  CancelRoutine
 * +0x070  UserBuffer
 * +0x078  Tail.Overlay.DeviceQueueEntry
 * +0x098  Tail.Overlay.Thread
 * +0x0A0  Tail.Overlay.AuxiliaryBuffer
 * +0x0A8  Tail.Overlay.ListEntry
 * +0x0B8  Tail.Overlay.CurrentStackLocation
 * +0x0C0  Tail.Overlay.OriginalFileObject
 * </pre>
 */
@Layout(name = "IRP", size = Irp.BYTES)
public record Irp(GuestMemory memory, long address) {
    /** Bytes of the structure. */
    public static final int BYTES = 0xD0;

    /** What {@link #type} holds in every IRP. */
    public static final int IO_TYPE_IRP = 6;

    @Offset("Type")
    private static final int TYPE = 0x0;

    @Offset("Size")
    private static final int SIZE = 0x2;

    @Offset("MdlAddress")
    private static final int MDL_ADDRESS = 0x8;

    @Offset("Flags")
    private static final int FLAGS = 0x10;

    @Offset("AssociatedIrp.SystemBuffer")
    private static final int SYSTEM_BUFFER = 0x18;

    @Offset("ThreadListEntry")
    private static final int THREAD_LIST_ENTRY = 0x20;

    @Offset("IoStatus.Status")
    private static final int STATUS = 0x30;

    @Offset("IoStatus.Information")
    private static final int INFORMATION = 0x38;

    @Offset("RequestorMode")
    private static final int REQUESTOR_MODE = 0x40;

    @Offset("PendingReturned")
    private static final int PENDING_RETURNED = 0x41;

    @Offset("StackCount")
    private static final int STACK_COUNT = 0x42;

    @Offset("CurrentLocation")
    private static final int CURRENT_LOCATION = 0x43;

    @Offset("Cancel")
    private static final int CANCEL = 0x44;

    @Offset("CancelIrql")
    private static final int CANCEL_IRQL = 0x45;

    @Offset("ApcEnvironment")
    private static final int APC_ENVIRONMENT = 0x46;

    @Offset("AllocationFlags")
    private static final int ALLOCATION_FLAGS = 0x47;

    @Offset("UserIosb")
    private static final int USER_IOSB = 0x48;

    @Offset("UserEvent")
    private static final int USER_EVENT = 0x50;

    @Offset("Overlay.AsynchronousParameters.UserApcRoutine")
    private static final int USER_APC_ROUTINE = 0x58;

    @Offset("Overlay.AsynchronousParameters.UserApcContext")
    private static final int USER_APC_CONTEXT = 0x60;

    @Offset("Tail.Apc")
    private static final int APC = 0x78;

    @Offset("CancelRoutine")
    private static final int CANCEL_ROUTINE = 0x68;

    @Offset("UserBuffer")
    private static final int USER_BUFFER = 0x70;

    @Offset("Tail.Overlay.DeviceQueueEntry")
    private static final int DEVICE_QUEUE_ENTRY = 0x78;

    @Offset("Tail.Overlay.DriverContext[3]")
    private static final int DRIVER_CONTEXT_3 = 0x90;

    @Offset("Tail.Overlay.Thread")
    private static final int THREAD = 0x98;

    @Offset("Tail.Overlay.AuxiliaryBuffer")
    private static final int AUXILIARY_BUFFER = 0xA0;

    @Offset("Tail.Overlay.ListEntry")
    private static final int LIST_ENTRY = 0xA8;

    @Offset("Tail.Overlay.CurrentStackLocation")
    private static final int CURRENT_STACK_LOCATION = 0xB8;

    @Offset("Tail.Overlay.OriginalFileObject")
    private static final int ORIGINAL_FILE_OBJECT = 0xC0;

    public int type() {
        return (short) memory.load16(address + TYPE);
    }

    public void setType(int value) {
        memory.store16(address + TYPE, value);
    }

    public int size() {
        return (int) memory.load16(address + SIZE);
    }

    public void setSize(int value) {
        memory.store16(address + SIZE, value);
    }

    public long mdlAddress() {
        return memory.load64(address + MDL_ADDRESS);
    }

    public void setMdlAddress(long value) {
        memory.store64(address + MDL_ADDRESS, value);
    }

    public int flags() {
        return (int) memory.load32(address + FLAGS);
    }

    public void setFlags(int value) {
        memory.store32(address + FLAGS, value);
    }

    /** Of a master packet: how many associated packets are not completed. */
    public int irpCount() {
        return (int) memory.load32(address + SYSTEM_BUFFER);
    }

    public void setIrpCount(int value) {
        memory.store32(address + SYSTEM_BUFFER, value);
    }

    public long systemBuffer() {
        return memory.load64(address + SYSTEM_BUFFER);
    }

    public void setSystemBuffer(long value) {
        memory.store64(address + SYSTEM_BUFFER, value);
    }

    public ListEntry threadListEntry() {
        return new ListEntry(memory, address + THREAD_LIST_ENTRY);
    }

    /** Address of the IO_STATUS_BLOCK. */
    public long ioStatus() {
        return address + STATUS;
    }

    public int status() {
        return (int) memory.load32(address + STATUS);
    }

    public void setStatus(int value) {
        memory.store32(address + STATUS, value);
    }

    public long information() {
        return memory.load64(address + INFORMATION);
    }

    public void setInformation(long value) {
        memory.store64(address + INFORMATION, value);
    }

    public int requestorMode() {
        return (byte) memory.load8(address + REQUESTOR_MODE);
    }

    public void setRequestorMode(int value) {
        memory.store8(address + REQUESTOR_MODE, value);
    }

    public boolean pendingReturned() {
        return memory.load8(address + PENDING_RETURNED) != 0;
    }

    public void setPendingReturned(boolean value) {
        memory.store8(address + PENDING_RETURNED, value ? 1 : 0);
    }

    public int stackCount() {
        return (byte) memory.load8(address + STACK_COUNT);
    }

    public void setStackCount(int value) {
        memory.store8(address + STACK_COUNT, value);
    }

    public int currentLocation() {
        return (byte) memory.load8(address + CURRENT_LOCATION);
    }

    public void setCurrentLocation(int value) {
        memory.store8(address + CURRENT_LOCATION, value);
    }

    public boolean cancel() {
        return memory.load8(address + CANCEL) != 0;
    }

    public void setCancel(boolean value) {
        memory.store8(address + CANCEL, value ? 1 : 0);
    }

    public int cancelIrql() {
        return (int) memory.load8(address + CANCEL_IRQL);
    }

    public void setCancelIrql(int value) {
        memory.store8(address + CANCEL_IRQL, value);
    }

    public int apcEnvironment() {
        return (byte) memory.load8(address + APC_ENVIRONMENT);
    }

    public void setApcEnvironment(int value) {
        memory.store8(address + APC_ENVIRONMENT, value);
    }

    public int allocationFlags() {
        return (int) memory.load8(address + ALLOCATION_FLAGS);
    }

    public void setAllocationFlags(int value) {
        memory.store8(address + ALLOCATION_FLAGS, value);
    }

    public long userIosb() {
        return memory.load64(address + USER_IOSB);
    }

    public void setUserIosb(long value) {
        memory.store64(address + USER_IOSB, value);
    }

    public long userEvent() {
        return memory.load64(address + USER_EVENT);
    }

    public void setUserEvent(long value) {
        memory.store64(address + USER_EVENT, value);
    }

    public long userApcRoutine() {
        return memory.load64(address + USER_APC_ROUTINE);
    }

    public void setUserApcRoutine(long value) {
        memory.store64(address + USER_APC_ROUTINE, value);
    }

    public long userApcContext() {
        return memory.load64(address + USER_APC_CONTEXT);
    }

    public void setUserApcContext(long value) {
        memory.store64(address + USER_APC_CONTEXT, value);
    }

    public long cancelRoutine() {
        return memory.load64(address + CANCEL_ROUTINE);
    }

    public void setCancelRoutine(long value) {
        memory.store64(address + CANCEL_ROUTINE, value);
    }

    public long userBuffer() {
        return memory.load64(address + USER_BUFFER);
    }

    public void setUserBuffer(long value) {
        memory.store64(address + USER_BUFFER, value);
    }

    public KDeviceQueueEntry deviceQueueEntry() {
        return new KDeviceQueueEntry(memory, address + DEVICE_QUEUE_ENTRY);
    }

    /** What a cancel-safe queue keeps in the packet. */
    public long driverContext3() {
        return memory.load64(address + DRIVER_CONTEXT_3);
    }

    public void setDriverContext3(long value) {
        memory.store64(address + DRIVER_CONTEXT_3, value);
    }

    public long thread() {
        return memory.load64(address + THREAD);
    }

    public void setThread(long value) {
        memory.store64(address + THREAD, value);
    }

    public long auxiliaryBuffer() {
        return memory.load64(address + AUXILIARY_BUFFER);
    }

    public void setAuxiliaryBuffer(long value) {
        memory.store64(address + AUXILIARY_BUFFER, value);
    }

    public ListEntry listEntry() {
        return new ListEntry(memory, address + LIST_ENTRY);
    }

    public long currentStackLocation() {
        return memory.load64(address + CURRENT_STACK_LOCATION);
    }

    public void setCurrentStackLocation(long value) {
        memory.store64(address + CURRENT_STACK_LOCATION, value);
    }

    public long originalFileObject() {
        return memory.load64(address + ORIGINAL_FILE_OBJECT);
    }

    public void setOriginalFileObject(long value) {
        memory.store64(address + ORIGINAL_FILE_OBJECT, value);
    }

    /** Bytes of an IRP with so many stack locations. */
    public static int size(int stackCount) {
        return BYTES + stackCount * IoStackLocation.BYTES;
    }

    /** The IRP whose device queue entry is at an address. */
    public static Irp ofDeviceQueueEntry(GuestMemory memory, long entry) {
        return new Irp(memory, entry - DEVICE_QUEUE_ENTRY);
    }

    /** Stack location 1 is the lowest, at the end of the chain of drivers. */
    public IoStackLocation stackLocation(int number) {
        return new IoStackLocation(memory, address + BYTES + (number - 1L) * IoStackLocation.BYTES);
    }

    /** The stack location that {@link #currentStackLocation} points to. */
    public IoStackLocation current() {
        return new IoStackLocation(memory, currentStackLocation());
    }

    /** Address of the APC by which it is completed in its thread, Tail.Apc, and where it lies. */
    public long apc() {
        return address + APC;
    }

    /** The packet whose Tail.Apc lies at an address. */
    public static Irp ofApc(GuestMemory memory, long apc) {
        return new Irp(memory, apc - APC);
    }
}
