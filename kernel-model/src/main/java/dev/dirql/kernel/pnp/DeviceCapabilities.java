package dev.dirql.kernel.pnp;

import dev.dirql.kernel.structures.Layout;
import dev.dirql.kernel.structures.Offset;
import dev.dirql.machine.GuestMemory;

/**
 * What a device can do, as its drivers say. WDK, wdm.h.
 *
 * <pre>
 * +0x000  Size
 * +0x002  Version
 * +0x004  DeviceD1 and other flags
 * +0x008  Address
 * +0x00C  UINumber
 * +0x010  DeviceState
 * +0x02C  SystemWake
 * +0x030  DeviceWake
 * +0x034  D1Latency
 * +0x038  D2Latency
 * +0x03C  D3Latency
 * </pre>
 */
@Layout(name = "DEVICE_CAPABILITIES", size = DeviceCapabilities.BYTES)
public record DeviceCapabilities(GuestMemory memory, long address) {
    /** Bytes of the structure. */
    public static final int BYTES = 0x40;

    private static final int VERSION_1 = 1;
    private static final int D0 = 1;
    private static final int D3 = 4;
    private static final int SYSTEM_WORKING = 1;
    private static final int SYSTEM_STATES = 7;

    @Offset("Size")
    private static final int SIZE = 0x0;

    @Offset("Version")
    private static final int VERSION = 0x2;

    private static final int FLAGS = 0x4;
    private static final int EJECT_SUPPORTED = 0x8;

    @Offset("Address")
    private static final int ADDRESS = 0x8;

    @Offset("UINumber")
    private static final int UI_NUMBER = 0xC;

    @Offset("DeviceState")
    private static final int DEVICE_STATE = 0x10;

    /** What a request comes with: nothing is known. */
    void initialize() {
        memory.store16(address + SIZE, BYTES);
        memory.store16(address + VERSION, VERSION_1);
        memory.store32(address + ADDRESS, -1);
        memory.store32(address + UI_NUMBER, -1);
    }

    /** EjectSupported: it can be ejected while the system runs. */
    boolean isEjectSupported() {
        return (memory.load32(address + FLAGS) & EJECT_SUPPORTED) != 0;
    }

    int version() {
        return (int) memory.load16(address + VERSION);
    }

    /** Fills in what a bus knows: where the device is, and that it is on while the system works. */
    void fill(int busAddress, int number) {
        memory.store32(address + ADDRESS, busAddress);
        memory.store32(address + UI_NUMBER, number);
        for (int state = 0; state < SYSTEM_STATES; state++) {
            int power = state == 0 ? 0 : state == SYSTEM_WORKING ? D0 : D3;
            memory.store32(address + DEVICE_STATE + 4L * state, power);
        }
    }
}
