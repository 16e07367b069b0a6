package dev.dirql.devices;

import dev.dirql.devices.pci.PciIdentity;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What an NVMe controller tells of itself: the structures of Identify. NVM Express Base
 * Specification 1.4, 5.15. What is not set is 0: absent.
 */
final class NvmePages {
    static final int SIZE = 4096;

    /** The one namespace there is. */
    static final int NAMESPACE = 1;

    /** Version 1.4.0, as VS tells it too. */
    static final long VERSION = 0x0001_0400;

    /** Transfers have at most 2 to this power pages of the smallest size. */
    static final int TRANSFER_MAXIMUM_LOG = 6;

    /** As many asynchronous event requests may wait. */
    static final int EVENT_REQUESTS_MAXIMUM = 4;

    /** Entries of the error log. */
    static final int ERRORS_MAXIMUM = 16;

    /** Centigrade 27, in kelvin. */
    static final int TEMPERATURE = 300;

    private static final int EUI64_TYPE = 1;
    private static final byte[] EUI64 = {0x44, 0x51, 0x4C, 0, 0, 0, 0, 1};

    private NvmePages() {}

    /** Identify Controller, CNS 01h. */
    static byte[] controller(String name) {
        byte[] page = new byte[SIZE];
        LittleEndian.put16(page, 0, PciIdentity.VENDOR);
        LittleEndian.put16(page, 2, PciIdentity.VENDOR);
        text(page, 4, 20, name);
        text(page, 24, 40, "dirql NvmeDisk");
        text(page, 64, 8, "1");
        page[77] = TRANSFER_MAXIMUM_LOG;
        LittleEndian.put32(page, 80, VERSION);
        page[111] = 1; // CNTRLTYPE: an I/O controller.
        page[258] = 3; // ACL: four aborts at a time.
        page[259] = EVENT_REQUESTS_MAXIMUM - 1;
        page[260] = 0b0011; // FRMW: one firmware slot, read-only.
        page[262] = ERRORS_MAXIMUM - 1;
        LittleEndian.put16(page, 266, 343); // WCTEMP
        LittleEndian.put16(page, 268, 353); // CCTEMP
        page[512] = 0x66; // SQES: entries of 64 bytes.
        page[513] = 0x44; // CQES: entries of 16 bytes.
        LittleEndian.put32(page, 516, 1); // NN
        byte[] subsystem =
                ("nqn.2014-08.org.nvmexpress:dirql:" + name).getBytes(StandardCharsets.UTF_8);
        System.arraycopy(subsystem, 0, page, 768, Math.min(subsystem.length, 223));
        LittleEndian.put16(page, 2048, 500); // Power state 0: 5 W.
        return page;
    }

    /** Identify Namespace, CNS 00h. */
    static byte[] namespace(long blocks) {
        byte[] page = new byte[SIZE];
        LittleEndian.put64(page, 0, blocks);
        LittleEndian.put64(page, 8, blocks);
        LittleEndian.put64(page, 16, blocks);
        System.arraycopy(EUI64, 0, page, 120, EUI64.length);
        page[130] = 9; // LBAF0: blocks of 512 bytes.
        return page;
    }

    /** Active Namespace ID list, CNS 02h: those above a number. */
    static byte[] namespaces(long above) {
        byte[] page = new byte[SIZE];
        if (above < NAMESPACE) {
            LittleEndian.put32(page, 0, NAMESPACE);
        }
        return page;
    }

    /** Namespace Identification Descriptor list, CNS 03h. */
    static byte[] descriptors() {
        byte[] page = new byte[SIZE];
        page[0] = EUI64_TYPE;
        page[1] = (byte) EUI64.length;
        System.arraycopy(EUI64, 0, page, 4, EUI64.length);
        return page;
    }

    /** ASCII, padded with spaces. */
    static void text(byte[] page, int at, int length, String text) {
        Arrays.fill(page, at, at + length, (byte) ' ');
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, page, at, Math.min(bytes.length, length));
    }
}
