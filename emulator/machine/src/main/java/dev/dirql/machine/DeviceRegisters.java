package dev.dirql.machine;

/** Registers behind a range of physical addresses or ports. */
public interface DeviceRegisters {
    /**
     * @param offset bytes from the start of the range
     * @param size 1, 2, 4 or 8
     * @return the value, zero-extended
     */
    long read(Processor processor, long offset, int size);

    void write(Processor processor, long offset, int size, long value);
}
