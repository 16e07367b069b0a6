package dev.dirql.devices.register;

/**
 * Adjacent bits of a register with one meaning.
 *
 * @param mask the bits, in place
 */
public record Field(String name, long mask, Access access, String description) {
    public Field {
        if (mask == 0) {
            throw new IllegalArgumentException("field " + name + " has no bits");
        }
        long ones = mask >>> Long.numberOfTrailingZeros(mask);
        if ((ones & (ones + 1)) != 0) {
            throw new IllegalArgumentException(
                    "field %s: bits 0x%x are not adjacent".formatted(name, mask));
        }
    }

    /** Number of the lowest bit. */
    public int shift() {
        return Long.numberOfTrailingZeros(mask);
    }

    /** Whether it is one bit. */
    public boolean isFlag() {
        return Long.bitCount(mask) == 1;
    }
}
