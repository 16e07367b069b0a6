package dev.dirql.kernel.structures;

import dev.dirql.machine.GuestMemory;

/**
 * What the I/O manager keeps of a device object: DEVOBJ_EXTENSION, private to NT.
 *
 * <pre>
 * +0x000  Type
 * +0x002  Size
 * +0x008  DeviceObject
 * +0x010  PowerFlags
 * +0x020  ExtensionFlags
 * +0x030  AttachedTo
 * +0x038  StartIoCount
 * +0x03C  StartIoKey
 * +0x040  StartIoFlags
 * +0x048  Vpb
 * </pre>
 */
@Layout(name = "DEVOBJ_EXTENSION", size = DevobjExtension.BYTES)
public record DevobjExtension(GuestMemory memory, long address) {
    /** Bytes of the structure. */
    public static final int BYTES = 0x70;

    @Offset("Type")
    private static final int TYPE = 0x0;

    @Offset("Size")
    private static final int SIZE = 0x2;

    @Offset("DeviceObject")
    private static final int DEVICE_OBJECT = 0x8;

    @Offset("PowerFlags")
    private static final int POWER_FLAGS = 0x10;

    @Offset("ExtensionFlags")
    private static final int EXTENSION_FLAGS = 0x20;

    @Offset("AttachedTo")
    private static final int ATTACHED_TO = 0x30;

    @Offset("StartIoCount")
    private static final int START_IO_COUNT = 0x38;

    @Offset("StartIoKey")
    private static final int START_IO_KEY = 0x3C;

    @Offset("StartIoFlags")
    private static final int START_IO_FLAGS = 0x40;

    @Offset("Vpb")
    private static final int VPB = 0x48;

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

    public long deviceObject() {
        return memory.load64(address + DEVICE_OBJECT);
    }

    public void setDeviceObject(long value) {
        memory.store64(address + DEVICE_OBJECT, value);
    }

    public int powerFlags() {
        return (int) memory.load32(address + POWER_FLAGS);
    }

    public void setPowerFlags(int value) {
        memory.store32(address + POWER_FLAGS, value);
    }

    public int extensionFlags() {
        return (int) memory.load32(address + EXTENSION_FLAGS);
    }

    public void setExtensionFlags(int value) {
        memory.store32(address + EXTENSION_FLAGS, value);
    }

    public long attachedTo() {
        return memory.load64(address + ATTACHED_TO);
    }

    public void setAttachedTo(long value) {
        memory.store64(address + ATTACHED_TO, value);
    }

    public int startIoCount() {
        return (int) memory.load32(address + START_IO_COUNT);
    }

    public void setStartIoCount(int value) {
        memory.store32(address + START_IO_COUNT, value);
    }

    public int startIoKey() {
        return (int) memory.load32(address + START_IO_KEY);
    }

    public void setStartIoKey(int value) {
        memory.store32(address + START_IO_KEY, value);
    }

    public int startIoFlags() {
        return (int) memory.load32(address + START_IO_FLAGS);
    }

    public void setStartIoFlags(int value) {
        memory.store32(address + START_IO_FLAGS, value);
    }

    public long vpb() {
        return memory.load64(address + VPB);
    }

    public void setVpb(long value) {
        memory.store64(address + VPB, value);
    }
}
