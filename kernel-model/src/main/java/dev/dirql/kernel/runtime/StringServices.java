package dev.dirql.kernel.runtime;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;

/** Strings, and the version of Windows. */
public final class StringServices {
    private static final int SUCCESS = 0;
    private static final int INVALID_PARAMETER = 0xC000_000D;
    private static final int VERSION_SIZE = 0x114;
    private static final int EXTENDED_VERSION_SIZE = 0x11C;
    private static final int PLATFORM_NT = 2;
    private static final int SUITE_SINGLE_USER_TS = 0x100;
    private static final int PRODUCT_WORKSTATION = 1;
    private static final long STRING_MAXIMUM = 0xFFFE;

    private final int buildNumber;

    /**
     * @param buildNumber the Windows build
     */
    public StringServices(int buildNumber) {
        this.buildNumber = buildNumber;
    }

    @Ddi(value = "RtlGetVersion", maximum = Irql.PASSIVE_LEVEL)
    int getVersion(Processor processor, long information) {
        ProcessorMemory memory = processor.memory();
        long size = memory.load32(information);
        if (size != VERSION_SIZE && size != EXTENDED_VERSION_SIZE) {
            return INVALID_PARAMETER;
        }
        memory.probe(information, size, true);
        for (long i = 4; i < size; i += 4) {
            memory.store32(information + i, 0);
        }
        memory.store32(information + 0x04, 10);
        memory.store32(information + 0x0C, buildNumber);
        memory.store32(information + 0x10, PLATFORM_NT);
        if (size == EXTENDED_VERSION_SIZE) {
            memory.store16(information + 0x118, SUITE_SINGLE_USER_TS);
            memory.store8(information + 0x11A, PRODUCT_WORKSTATION);
        }
        return SUCCESS;
    }

    /** A string that is too long gets the greatest length there is. */
    @Ddi(value = "RtlInitUnicodeString", maximum = Irql.DISPATCH_LEVEL)
    void initUnicodeString(Processor processor, UnicodeString destination, long source) {
        ProcessorMemory memory = processor.memory();
        long length = 0;
        if (source != 0) {
            while (length < STRING_MAXIMUM - 2 && memory.load16(source + length) != 0) {
                length += 2;
            }
        }
        memory.probe(destination.address(), UnicodeString.BYTES, true);
        destination.setLength((int) length);
        destination.setMaximumLength(source == 0 ? 0 : (int) length + 2);
        destination.setBuffer(source);
    }
}
