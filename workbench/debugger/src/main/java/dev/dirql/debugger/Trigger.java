package dev.dirql.debugger;

import java.util.List;

/** What a stop point waits for. */
public sealed interface Trigger {
    /**
     * A processor is about to execute one of these addresses: instructions of guest code, or steps
     * of services such as the entry of an export.
     */
    record Execute(List<Long> addresses) implements Trigger {
        public Execute {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * Memory is accessed: by an instruction, a service of the kernel or a device.
     *
     * @param address virtual address of the first byte, for whoever is shown it
     * @param size bytes
     * @param ranges where the bytes lie in physical memory: these are watched
     */
    record Memory(long address, int size, Access access, List<PhysicalRange> ranges)
            implements Trigger {
        public Memory {
            ranges = List.copyOf(ranges);
        }
    }

    /** An event happens. */
    record Happen(EventFilter filter) implements Trigger {}

    /**
     * Adjacent bytes of physical memory within one frame.
     *
     * @param start physical address
     */
    record PhysicalRange(long start, int size) {
        boolean overlaps(long physical, int length) {
            return physical < start + size && start < physical + length;
        }
    }
}
