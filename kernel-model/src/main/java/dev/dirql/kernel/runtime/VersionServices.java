package dev.dirql.kernel.runtime;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;

/** Questions about the version of Windows: 10, without a service pack, on a workstation. */
public final class VersionServices {
    private static final int REVISION_MISMATCH = 0xC000_0059;
    private static final int MAJOR = 10;
    private static final int MINOR = 0;
    private static final int PLATFORM_NT = 2;
    private static final int SUITE_SINGLE_USER_TS = 0x100;
    private static final int PRODUCT_WORKSTATION = 1;
    private static final int NTDDI_WIN10 = 0x0A00_0000;
    private static final int NTDDI_OS = 0xFFFF_0000;
    private static final int NTDDI_SERVICE_PACK = 0x0000_FF00;

    /** The bits of a TypeMask by their numbers; each has three bits in a ConditionMask. */
    private static final int VER_MINOR_VERSION = 0;

    private static final int VER_MAJOR_VERSION = 1;
    private static final int VER_BUILD_NUMBER = 2;
    private static final int VER_PLATFORM_ID = 3;
    private static final int VER_SERVICE_PACK_MINOR = 4;
    private static final int VER_SERVICE_PACK_MAJOR = 5;
    private static final int VER_SUITE_NAME = 6;
    private static final int VER_PRODUCT_TYPE = 7;
    private static final int TYPES = 8;
    private static final int[] VERSION_ORDER = {
        VER_MAJOR_VERSION, VER_MINOR_VERSION, VER_SERVICE_PACK_MAJOR, VER_SERVICE_PACK_MINOR
    };

    private static final int VER_EQUAL = 1;
    private static final int VER_GREATER = 2;
    private static final int VER_GREATER_EQUAL = 3;
    private static final int VER_LESS = 4;
    private static final int VER_LESS_EQUAL = 5;
    private static final int VER_AND = 6;

    private final int buildNumber;

    /**
     * @param buildNumber the Windows build
     */
    public VersionServices(int buildNumber) {
        this.buildNumber = buildNumber;
    }

    /** The condition is that of the highest of the types. */
    @Ddi("VerSetConditionMask")
    long setCondition(Processor processor, long mask, int types, byte condition) {
        int type = 31 - Integer.numberOfLeadingZeros(types & 0xFF);
        return type < 0 ? mask : mask | (condition & 7L) << (3 * type);
    }

    @Ddi(value = "RtlVerifyVersionInfo", maximum = Irql.PASSIVE_LEVEL)
    int verify(Processor processor, long required, int types, long conditions) {
        if (types == 0 || required == 0) {
            return NtStatus.INVALID_PARAMETER;
        }
        ProcessorMemory memory = processor.memory();
        for (int type = 0; type < TYPES; type++) {
            if ((types >>> type & 1) != 0 && condition(conditions, type) == 0) {
                return NtStatus.INVALID_PARAMETER;
            }
        }
        boolean holds =
                versionHolds(memory, required, types, conditions)
                        && holds(memory, required, types, conditions, VER_BUILD_NUMBER)
                        && holds(memory, required, types, conditions, VER_PLATFORM_ID)
                        && holds(memory, required, types, conditions, VER_SUITE_NAME)
                        && holds(memory, required, types, conditions, VER_PRODUCT_TYPE);
        return holds ? NtStatus.SUCCESS : REVISION_MISMATCH;
    }

    private static int condition(long conditions, int type) {
        return (int) (conditions >>> (3 * type) & 7);
    }

    /** The parts of a version count in their order: the first that differs decides. */
    private boolean versionHolds(
            ProcessorMemory memory, long required, int types, long conditions) {
        int last = VER_EQUAL;
        for (int type : VERSION_ORDER) {
            if ((types >>> type & 1) != 0) {
                last = condition(conditions, type);
                int order = Long.compare(current(type), required(memory, required, type));
                if (order != 0) {
                    return holds(last, order);
                }
            }
        }
        return holds(last, 0);
    }

    private boolean holds(
            ProcessorMemory memory, long required, int types, long conditions, int type) {
        if ((types >>> type & 1) == 0) {
            return true;
        }
        long wanted = required(memory, required, type);
        int condition = condition(conditions, type);
        if (type == VER_SUITE_NAME) {
            long common = current(type) & wanted;
            return condition == VER_AND ? common == wanted : common != 0;
        }
        return holds(condition, Long.compare(current(type), wanted));
    }

    private static boolean holds(int condition, int order) {
        return switch (condition) {
            case VER_GREATER -> order > 0;
            case VER_GREATER_EQUAL -> order >= 0;
            case VER_LESS -> order < 0;
            case VER_LESS_EQUAL -> order <= 0;
            default -> order == 0;
        };
    }

    private long current(int type) {
        return switch (type) {
            case VER_MAJOR_VERSION -> MAJOR;
            case VER_MINOR_VERSION -> MINOR;
            case VER_BUILD_NUMBER -> buildNumber;
            case VER_PLATFORM_ID -> PLATFORM_NT;
            case VER_SUITE_NAME -> SUITE_SINGLE_USER_TS;
            case VER_PRODUCT_TYPE -> PRODUCT_WORKSTATION;
            default -> 0;
        };
    }

    /** A member of RTL_OSVERSIONINFOEXW. */
    private static long required(ProcessorMemory memory, long information, int type) {
        return switch (type) {
            case VER_MAJOR_VERSION -> memory.load32(information + 0x04);
            case VER_MINOR_VERSION -> memory.load32(information + 0x08);
            case VER_BUILD_NUMBER -> memory.load32(information + 0x0C);
            case VER_PLATFORM_ID -> memory.load32(information + 0x10);
            case VER_SERVICE_PACK_MAJOR -> memory.load16(information + 0x114);
            case VER_SERVICE_PACK_MINOR -> memory.load16(information + 0x116);
            case VER_SUITE_NAME -> memory.load16(information + 0x118);
            default -> memory.load8(information + 0x11A);
        };
    }

    /** A version with a service pack is no version of this routine. */
    @Ddi(value = "RtlIsNtDdiVersionAvailable", maximum = Irql.PASSIVE_LEVEL)
    boolean isAvailable(Processor processor, int version) {
        return (version & ~NTDDI_OS) == 0 && Integer.compareUnsigned(version, NTDDI_WIN10) <= 0;
    }

    /** Only of the version that runs, which has none. */
    @Ddi(value = "RtlIsServicePackVersionInstalled", maximum = Irql.PASSIVE_LEVEL)
    boolean isServicePackInstalled(Processor processor, int version) {
        return (version & NTDDI_OS) == NTDDI_WIN10 && (version & NTDDI_SERVICE_PACK) == 0;
    }

    /** Whether the kernel is a checked build. */
    @Ddi(value = "PsGetVersion", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlPsPassive")
    boolean version(Processor processor, long major, long minor, long build, long servicePack) {
        ProcessorMemory memory = processor.memory();
        for (long pointer : new long[] {major, minor, build}) {
            if (pointer != 0) {
                memory.probe(pointer, 4, true);
            }
        }
        if (servicePack != 0) {
            memory.probe(servicePack, UnicodeString.BYTES, true);
            UnicodeString string = new UnicodeString(memory, servicePack);
            string.setLength(0);
            string.setMaximumLength(0);
            string.setBuffer(0);
        }
        store(memory, major, MAJOR);
        store(memory, minor, MINOR);
        store(memory, build, buildNumber);
        return false;
    }

    private static void store(ProcessorMemory memory, long pointer, int value) {
        if (pointer != 0) {
            memory.store32(pointer, value);
        }
    }
}
