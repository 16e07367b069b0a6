package dev.dirql.devices.pci;

/**
 * What a function says it is.
 *
 * @param vendor vendor ID
 * @param device device ID
 * @param classCode base class, subclass and programming interface, a byte each from the highest
 * @param revision revision ID
 * @param subsystemVendor vendor ID of the subsystem
 * @param subsystem subsystem ID
 */
public record PciIdentity(
        int vendor, int device, int classCode, int revision, int subsystemVendor, int subsystem) {
    /** Of a function whose subsystem has the same vendor. */
    public PciIdentity(int vendor, int device, int classCode, int revision, int subsystem) {
        this(vendor, device, classCode, revision, vendor, subsystem);
    }

    /**
     * Vendor of the devices that exist only here. Other emulators use it too for devices that
     * nobody built.
     */
    public static final int VENDOR = 0x1234;
}
