package dev.dirql.debugger;

/** What a person changes at a position of a run, which goes on from there as a branch. */
public sealed interface Edit {
    /**
     * Bytes of memory.
     *
     * @param processor number of the processor whose address space the address is of
     * @param address virtual address
     */
    record Memory(int processor, long address, byte[] bytes) implements Edit {
        public Memory {
            bytes = bytes.clone();
        }
    }

    /** Bytes of physical memory. */
    record PhysicalMemory(long address, byte[] bytes) implements Edit {
        public PhysicalMemory {
            bytes = bytes.clone();
        }
    }

    /** A register of a processor. */
    record Register(int processor, RegisterName register, long value) implements Edit {}

    /**
     * A decision that is asked behind the position.
     *
     * @param ahead how many decisions are asked before it, from the position on: 0 is the next one
     * @param choice the alternative to take; one that is not offered is not taken
     */
    record Decision(long ahead, int choice) implements Edit {}
}
