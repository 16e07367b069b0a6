package dev.dirql.kernel.processors;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.threads.SystemTime;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;

/**
 * How many processors there are, and what they can do: one group, one node, and no processor comes
 * or goes. Source: WDK, the page of each routine.
 */
public final class ProcessorServices {
    /** Exported variable of the WDK's headers, a byte. */
    public static final String PROCESSOR_COUNT = "KeNumberProcessors";

    private static final int ALL_GROUPS = 0xFFFF;
    private static final int INVALID_INDEX = -1;
    private static final int CACHE_LINE = 64;
    private static final int GROUP_AFFINITY_BYTES = 0x10;
    private static final long FEATURES = SystemTime.SHARED_DATA + 0x274;
    private static final int FEATURE_COUNT = 64;

    /** PF_…_AVAILABLE, WDK: what CPUID says of every processor that this machine has. */
    private static final int[] AVAILABLE = {
        2, // PF_COMPARE_EXCHANGE_DOUBLE
        6, // PF_XMMI_INSTRUCTIONS_AVAILABLE
        8, // PF_RDTSC_INSTRUCTION_AVAILABLE
        9, // PF_PAE_ENABLED
        10, // PF_XMMI64_INSTRUCTIONS_AVAILABLE
        12, // PF_NX_ENABLED
        14 // PF_COMPARE_EXCHANGE128
    };

    private final Machine machine;

    public ProcessorServices(Machine machine) {
        this.machine = machine;
    }

    /** Tells programs, too, what the processors can do. */
    public static void storeFeatures(GuestMemory memory) {
        for (int feature : AVAILABLE) {
            memory.store8(FEATURES + feature, 1);
        }
    }

    private long all() {
        return (1L << (machine.processorCount() - 1) << 1) - 1;
    }

    @Ddi(
            value = "ExIsProcessorFeaturePresent",
            maximum = Irql.PASSIVE_LEVEL,
            rule = "IrqlExPassive")
    boolean isPresent(Processor processor, int feature) {
        return Integer.compareUnsigned(feature, FEATURE_COUNT) < 0
                && processor.memory().load8(FEATURES + feature) != 0;
    }

    @Ddi("KeQueryMaximumProcessorCount")
    int maximumCount(Processor processor) {
        return machine.processorCount();
    }

    @Ddi("KeQueryMaximumProcessorCountEx")
    int maximumCountOf(Processor processor, int group) {
        int number = group & 0xFFFF;
        return number == 0 || number == ALL_GROUPS ? machine.processorCount() : 0;
    }

    @Ddi("KeQueryActiveGroupCount")
    int activeGroups(Processor processor) {
        return 1;
    }

    @Ddi("KeQueryMaximumGroupCount")
    int maximumGroups(Processor processor) {
        return 1;
    }

    @Ddi("KeQueryGroupAffinity")
    long groupAffinity(Processor processor, int group) {
        return (group & 0xFFFF) == 0 ? all() : 0;
    }

    /** PROCESSOR_NUMBER: group, number, and a reserved byte. */
    @Ddi("KeGetProcessorNumberFromIndex")
    int numberOf(Processor processor, int index, long result) {
        if (Integer.compareUnsigned(index, machine.processorCount()) >= 0) {
            return NtStatus.INVALID_PARAMETER;
        }
        processor.memory().store32(result, (long) index << 16);
        return NtStatus.SUCCESS;
    }

    @Ddi("KeGetProcessorIndexFromNumber")
    int indexOf(Processor processor, long numberAddress) {
        long value = processor.memory().load32(numberAddress);
        int number = (int) (value >>> 16 & 0xFF);
        boolean valid =
                (value & 0xFFFF) == 0 && value >>> 24 == 0 && number < machine.processorCount();
        return valid ? number : INVALID_INDEX;
    }

    @Ddi("KeQueryHighestNodeNumber")
    int highestNode(Processor processor) {
        return 0;
    }

    @Ddi("KeGetCurrentNodeNumber")
    int currentNode(Processor processor) {
        return 0;
    }

    @Ddi("KeQueryNodeMaximumProcessorCount")
    int nodeMaximumCount(Processor processor, int node) {
        return (node & 0xFFFF) == 0 ? machine.processorCount() : 0;
    }

    /** GROUP_AFFINITY: mask, group and reserved words. */
    @Ddi("KeQueryNodeActiveAffinity")
    void nodeAffinity(Processor processor, int node, long affinity, long count) {
        ProcessorMemory memory = processor.memory();
        boolean exists = (node & 0xFFFF) == 0;
        if (affinity != 0) {
            memory.probe(affinity, GROUP_AFFINITY_BYTES, true);
        }
        if (count != 0) {
            memory.store16(count, exists ? machine.processorCount() : 0);
        }
        if (affinity != 0) {
            memory.store64(affinity, exists ? all() : 0);
            memory.store64(affinity + 8, 0);
        }
    }

    /** Bytes of a cache line. */
    @Ddi("KeGetRecommendedSharedDataAlignment")
    int sharedDataAlignment(Processor processor) {
        return CACHE_LINE;
    }
}
