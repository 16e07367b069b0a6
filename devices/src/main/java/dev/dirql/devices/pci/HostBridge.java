package dev.dirql.devices.pci;

/** The function at 0:0.0: only its header, so that whoever looks for devices finds a bus. */
final class HostBridge {
    private static final int DEVICE = 0x0000;
    private static final int HOST_BRIDGE = 0x06_00_00;

    private HostBridge() {}

    static void on(PciBus bus) {
        new PciFunction(bus, "pci", new PciIdentity(PciIdentity.VENDOR, DEVICE, HOST_BRIDGE, 0, 0))
                .complete(() -> {});
    }
}
