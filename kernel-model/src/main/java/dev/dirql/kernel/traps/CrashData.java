package dev.dirql.kernel.traps;

import dev.dirql.kernel.traps.BugChecks.BugCheck;
import dev.dirql.machine.GuestMemory;
import java.util.Arrays;

/**
 * The memory that the routines of a crash dump get, of which the first structure is that of the
 * routine's reason. Layouts of the WDK's wdm.h; the place of the parts is our own.
 *
 * <pre>
 * +0x000  KBUGCHECK_ADD_PAGES, KBUGCHECK_REMOVE_PAGES:
 *         +0x00 Context  +0x08 Flags  +0x0C BugCheckCode  +0x10 Address  +0x18 Count
 *         KBUGCHECK_TRIAGE_DUMP_DATA:
 *         +0x00 DataArray  +0x08 Flags  +0x0C MaxVirtMemSize  +0x10 BugCheckCode
 *         +0x18 BugCheckParameter1 to 4
 *         KBUGCHECK_SECONDARY_DUMP_DATA:
 *         +0x00 InBuffer  +0x08 InBufferLength  +0x0C MaximumAllowed  +0x10 Guid
 *         +0x20 OutBuffer  +0x28 OutBufferLength
 *         KBUGCHECK_SECONDARY_DUMP_DATA_EX, as that, and:
 *         +0x30 Context  +0x38 Flags  +0x3C DumpType  +0x40 BugCheckCode
 *         +0x48 BugCheckParameter1 to 4
 * +0x080  KBUGCHECK_DUMP_IO:
 *         +0x00 Offset  +0x08 Buffer  +0x10 BufferLength  +0x14 Type
 * +0x100  InBuffer
 * +0x1100 what is written to the dump
 * </pre>
 */
record CrashData(GuestMemory memory, long address) {
    static final int IO = 0x80;
    static final int IN_BUFFER = 0x100;
    static final int IN_BUFFER_BYTES = 0x1000;
    static final int DUMP = 0x1100;
    static final int BYTES = 0x3100;

    /** Bytes of secondary data that a routine may give; the WDK names no number. */
    static final int SECONDARY_MAXIMUM = 1 << 24;

    /** Bytes that a routine may want in a small dump; the WDK names no number. */
    static final int TRIAGE_MAXIMUM = 1 << 20;

    /** KBUGCHECK_DUMP_IO_TYPE. */
    static final int IO_HEADER = 1;

    static final int IO_BODY = 2;
    static final int IO_SECONDARY = 3;
    static final int IO_COMPLETE = 4;

    private static final int PAGES_FLAGS = 0x08;
    private static final int PAGES_CODE = 0x0C;
    private static final int PAGES_ADDRESS = 0x10;
    private static final int PAGES_COUNT = 0x18;

    private static final int TRIAGE_FLAGS = 0x08;
    private static final int TRIAGE_SIZE = 0x0C;
    private static final int TRIAGE_CODE = 0x10;
    private static final int TRIAGE_PARAMETERS = 0x18;

    private static final int IN_BUFFER_LENGTH = 0x08;
    private static final int MAXIMUM_ALLOWED = 0x0C;
    private static final int OUT_BUFFER = 0x20;
    private static final int OUT_BUFFER_LENGTH = 0x28;
    private static final int SECONDARY_FLAGS = 0x38;
    private static final int DUMP_TYPE = 0x3C;
    private static final int SECONDARY_CODE = 0x40;
    private static final int SECONDARY_PARAMETERS = 0x48;
    private static final int BITMAP_KERNEL = 6;

    private static final int HEADER_BYTES = 0x2000;

    /** Bytes of the structure of a KBUGCHECK_CALLBACK_REASON. */
    static int bytes(int reason) {
        return switch (reason) {
            case 2 -> 0x30;
            case 3 -> 0x18;
            case 4, 6 -> 0x20;
            case 5 -> 0x68;
            default -> 0x38;
        };
    }

    private void clear() {
        memory.storeBytes(address, new byte[IO]);
    }

    private void store(int code, int parameters, BugCheck bugCheck) {
        memory.store32(address + code, bugCheck.code());
        memory.store64(address + parameters, bugCheck.parameter1());
        memory.store64(address + parameters + 8, bugCheck.parameter2());
        memory.store64(address + parameters + 16, bugCheck.parameter3());
        memory.store64(address + parameters + 24, bugCheck.parameter4());
    }

    // ---- pages ----

    void startPages(BugCheck bugCheck) {
        clear();
        memory.store32(address + PAGES_CODE, bugCheck.code());
    }

    /** Before another call: the context stays, and so does the code. */
    void clearPages() {
        memory.store32(address + PAGES_FLAGS, 0);
        memory.store64(address + PAGES_ADDRESS, 0);
        memory.store64(address + PAGES_COUNT, 0);
    }

    int pagesFlags() {
        return (int) memory.load32(address + PAGES_FLAGS);
    }

    long pagesAddress() {
        return memory.load64(address + PAGES_ADDRESS);
    }

    long pagesCount() {
        return memory.load64(address + PAGES_COUNT);
    }

    // ---- small dumps ----

    void startTriage(BugCheck bugCheck) {
        clear();
        memory.store32(address + TRIAGE_FLAGS, 1);
        memory.store32(address + TRIAGE_SIZE, TRIAGE_MAXIMUM);
        store(TRIAGE_CODE, TRIAGE_PARAMETERS, bugCheck);
    }

    long triageArray() {
        return memory.load64(address);
    }

    // ---- secondary data ----

    /** Asks for the size. */
    void startSecondary(BugCheck bugCheck, boolean multiPart) {
        clear();
        memory.store64(address, address + IN_BUFFER);
        memory.store32(address + IN_BUFFER_LENGTH, IN_BUFFER_BYTES);
        memory.store32(address + MAXIMUM_ALLOWED, SECONDARY_MAXIMUM);
        if (multiPart) {
            memory.store32(address + DUMP_TYPE, BITMAP_KERNEL);
            store(SECONDARY_CODE, SECONDARY_PARAMETERS, bugCheck);
        }
    }

    /** Asks for the data. */
    void askForSecondaryData() {
        memory.store64(address + OUT_BUFFER, address + IN_BUFFER);
        memory.store32(address + SECONDARY_FLAGS, 0);
    }

    /** Asks for the size of the next part, with the context of the one before. */
    void continueSecondary() {
        memory.store64(address + OUT_BUFFER, 0);
        memory.store32(address + OUT_BUFFER_LENGTH, 0);
        memory.store32(address + SECONDARY_FLAGS, 0);
    }

    int secondaryFlags() {
        return (int) memory.load32(address + SECONDARY_FLAGS);
    }

    long outBuffer() {
        return memory.load64(address + OUT_BUFFER);
    }

    int outBufferLength() {
        return (int) memory.load32(address + OUT_BUFFER_LENGTH);
    }

    // ---- writing ----

    void writeIo(int type, long buffer, int length) {
        memory.store64(address + IO, -1);
        memory.store64(address + IO + 0x08, buffer);
        memory.store32(address + IO + 0x10, length);
        memory.store32(address + IO + 0x14, type);
    }

    /**
     * The beginning of a dump file of a 64-bit system: signatures, machine, processors, and the bug
     * check. What else is there is filled with the signature.
     */
    void writeHeader(BugCheck bugCheck, int processors) {
        byte[] signatures = new byte[HEADER_BYTES];
        for (int i = 0; i < signatures.length; i++) {
            signatures[i] = (byte) "PAGE".charAt(i % 4);
        }
        Arrays.fill(signatures, 0x08, 0x30, (byte) 0);
        memory.storeBytes(address + DUMP, signatures);
        memory.store32(address + DUMP + 0x04, 'D' | 'U' << 8 | '6' << 16 | '4' << 24);
        memory.store32(address + DUMP + 0x08, 15);
        memory.store32(address + DUMP + 0x0C, 19045);
        memory.store32(address + DUMP + 0x30, 0x8664);
        memory.store32(address + DUMP + 0x34, processors);
        memory.store32(address + DUMP + 0x38, bugCheck.code());
        memory.store64(address + DUMP + 0x40, bugCheck.parameter1());
        memory.store64(address + DUMP + 0x48, bugCheck.parameter2());
        memory.store64(address + DUMP + 0x50, bugCheck.parameter3());
        memory.store64(address + DUMP + 0x58, bugCheck.parameter4());
    }
}
