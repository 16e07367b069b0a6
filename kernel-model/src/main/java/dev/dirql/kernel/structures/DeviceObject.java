package dev.dirql.kernel.structures;

import dev.dirql.machine.GuestMemory;

/**
 * A DEVICE_OBJECT; its device extension follows it in nonpaged pool. WDK, wdm.h.
 *
 * <pre>
 * +0x000  Type
 * +0x002  Size
 * +0x004  ReferenceCount
 * +0x008  DriverObject
 * +0x010  NextDevice
 * +0x018  AttachedDevice
 * +0x020  CurrentIrp
 * +0x028  Timer
 * +0x030  Flags
 * +0x034  Characteristics
 * +0x038  Vpb
 * +0x040  DeviceExtension
 * +0x048  DeviceType
 * +0x04C  StackSize
 * +0x050  Queue
 * +0x098  AlignmentRequirement
 * +0x0A0  DeviceQueue
 * +0x0C8  Dpc
 * +0x108  ActiveThreadCount
 * +0x110  SecurityDescriptor
 * +0x118  DeviceLock
 * +0x130  SectorSize
 * +0x138  DeviceObjectExtension
 * +0x140  Reserved
 * </pre>
 */
@Layout(name = "DEVICE_OBJECT", size = DeviceObject.BYTES)
public record DeviceObject(GuestMemory memory, long address) {
    /** Bytes of the structure. */
    public static final int BYTES = 0x150;

    /** What {@link #type} holds in every device object. */
    public static final int IO_TYPE_DEVICE = 3;

    @Offset("Type")
    private static final int TYPE = 0x0;

    @Offset("Size")
    private static final int SIZE = 0x2;

    @Offset("ReferenceCount")
    private static final int REFERENCE_COUNT = 0x4;

    @Offset("DriverObject")
    private static final int DRIVER_OBJECT = 0x8;

    @Offset("NextDevice")
    private static final int NEXT_DEVICE = 0x10;

    @Offset("AttachedDevice")
    private static final int ATTACHED_DEVICE = 0x18;

    @Offset("CurrentIrp")
    private static final int CURRENT_IRP = 0x20;

    @Offset("Timer")
    private static final int TIMER = 0x28;

    @Offset("Flags")
    private static final int FLAGS = 0x30;

    @Offset("Characteristics")
    private static final int CHARACTERISTICS = 0x34;

    @Offset("Vpb")
    private static final int VPB = 0x38;

    @Offset("DeviceExtension")
    private static final int DEVICE_EXTENSION = 0x40;

    @Offset("DeviceType")
    private static final int DEVICE_TYPE = 0x48;

    @Offset("StackSize")
    private static final int STACK_SIZE = 0x4C;

    @Offset("Queue")
    private static final int QUEUE = 0x50;

    @Offset("AlignmentRequirement")
    private static final int ALIGNMENT_REQUIREMENT = 0x98;

    @Offset("DeviceQueue")
    private static final int DEVICE_QUEUE = 0xA0;

    @Offset("Dpc")
    private static final int DPC = 0xC8;

    @Offset("ActiveThreadCount")
    private static final int ACTIVE_THREAD_COUNT = 0x108;

    @Offset("SecurityDescriptor")
    private static final int SECURITY_DESCRIPTOR = 0x110;

    @Offset("DeviceLock")
    private static final int DEVICE_LOCK = 0x118;

    @Offset("SectorSize")
    private static final int SECTOR_SIZE = 0x130;

    @Offset("DeviceObjectExtension")
    private static final int DEVICE_OBJECT_EXTENSION = 0x138;

    @Offset("Reserved")
    private static final int RESERVED = 0x140;

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

    public int referenceCount() {
        return (int) memory.load32(address + REFERENCE_COUNT);
    }

    public void setReferenceCount(int value) {
        memory.store32(address + REFERENCE_COUNT, value);
    }

    public long driverObject() {
        return memory.load64(address + DRIVER_OBJECT);
    }

    public void setDriverObject(long value) {
        memory.store64(address + DRIVER_OBJECT, value);
    }

    public long nextDevice() {
        return memory.load64(address + NEXT_DEVICE);
    }

    public void setNextDevice(long value) {
        memory.store64(address + NEXT_DEVICE, value);
    }

    public long attachedDevice() {
        return memory.load64(address + ATTACHED_DEVICE);
    }

    public void setAttachedDevice(long value) {
        memory.store64(address + ATTACHED_DEVICE, value);
    }

    public long currentIrp() {
        return memory.load64(address + CURRENT_IRP);
    }

    public void setCurrentIrp(long value) {
        memory.store64(address + CURRENT_IRP, value);
    }

    public long timer() {
        return memory.load64(address + TIMER);
    }

    public void setTimer(long value) {
        memory.store64(address + TIMER, value);
    }

    public int flags() {
        return (int) memory.load32(address + FLAGS);
    }

    public void setFlags(int value) {
        memory.store32(address + FLAGS, value);
    }

    public int characteristics() {
        return (int) memory.load32(address + CHARACTERISTICS);
    }

    public void setCharacteristics(int value) {
        memory.store32(address + CHARACTERISTICS, value);
    }

    public long vpb() {
        return memory.load64(address + VPB);
    }

    public void setVpb(long value) {
        memory.store64(address + VPB, value);
    }

    public long deviceExtension() {
        return memory.load64(address + DEVICE_EXTENSION);
    }

    public void setDeviceExtension(long value) {
        memory.store64(address + DEVICE_EXTENSION, value);
    }

    public long deviceType() {
        return memory.load32(address + DEVICE_TYPE);
    }

    public void setDeviceType(long value) {
        memory.store32(address + DEVICE_TYPE, value);
    }

    public int stackSize() {
        return (byte) memory.load8(address + STACK_SIZE);
    }

    public void setStackSize(int value) {
        memory.store8(address + STACK_SIZE, value);
    }

    /** The device object whose wait context block is at an address. */
    public static DeviceObject ofQueue(GuestMemory memory, long queue) {
        return new DeviceObject(memory, queue - QUEUE);
    }

    /** Address of the embedded structure. */
    public long queue() {
        return address + QUEUE;
    }

    public long alignmentRequirement() {
        return memory.load32(address + ALIGNMENT_REQUIREMENT);
    }

    public void setAlignmentRequirement(long value) {
        memory.store32(address + ALIGNMENT_REQUIREMENT, value);
    }

    /** Whether the lock of the device queue is at an offset. */
    public static boolean isQueueLock(long offset) {
        return offset == DEVICE_QUEUE + KDeviceQueue.LOCK;
    }

    public KDeviceQueue deviceQueue() {
        return new KDeviceQueue(memory, address + DEVICE_QUEUE);
    }

    /** The device object whose device queue is at an address. */
    public static DeviceObject ofDeviceQueue(GuestMemory memory, long queue) {
        return new DeviceObject(memory, queue - DEVICE_QUEUE);
    }

    /** Address of the embedded structure. */
    public long dpc() {
        return address + DPC;
    }

    public long activeThreadCount() {
        return memory.load32(address + ACTIVE_THREAD_COUNT);
    }

    public void setActiveThreadCount(long value) {
        memory.store32(address + ACTIVE_THREAD_COUNT, value);
    }

    public long securityDescriptor() {
        return memory.load64(address + SECURITY_DESCRIPTOR);
    }

    public void setSecurityDescriptor(long value) {
        memory.store64(address + SECURITY_DESCRIPTOR, value);
    }

    /** Address of the embedded structure. */
    public long deviceLock() {
        return address + DEVICE_LOCK;
    }

    public int sectorSize() {
        return (int) memory.load16(address + SECTOR_SIZE);
    }

    public void setSectorSize(int value) {
        memory.store16(address + SECTOR_SIZE, value);
    }

    public long deviceObjectExtension() {
        return memory.load64(address + DEVICE_OBJECT_EXTENSION);
    }

    public void setDeviceObjectExtension(long value) {
        memory.store64(address + DEVICE_OBJECT_EXTENSION, value);
    }

    public long reserved() {
        return memory.load64(address + RESERVED);
    }

    public void setReserved(long value) {
        memory.store64(address + RESERVED, value);
    }
}
