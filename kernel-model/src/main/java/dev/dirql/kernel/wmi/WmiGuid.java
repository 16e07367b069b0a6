package dev.dirql.kernel.wmi;

import dev.dirql.machine.GuestMemory;

/** A GUID, by the eight bytes of each half. */
record WmiGuid(long low, long high) implements Comparable<WmiGuid> {
    static final int BYTES = 0x10;

    static WmiGuid load(GuestMemory memory, long address) {
        return new WmiGuid(memory.load64(address), memory.load64(address + 8));
    }

    void store(GuestMemory memory, long address) {
        memory.store64(address, low);
        memory.store64(address + 8, high);
    }

    @Override
    public int compareTo(WmiGuid other) {
        int first = Long.compareUnsigned(low, other.low);
        return first != 0 ? first : Long.compareUnsigned(high, other.high);
    }

    @Override
    public String toString() {
        return "{%08x-%04x-%04x-%04x-%012x}"
                .formatted(
                        low & 0xFFFF_FFFFL,
                        low >>> 32 & 0xFFFF,
                        low >>> 48,
                        Long.reverseBytes(high) >>> 48,
                        Long.reverseBytes(high) & 0xFFFF_FFFF_FFFFL);
    }
}
