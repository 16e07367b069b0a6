package dev.dirql.devices.register;

/** What software can do to a field of a register. */
public enum Access {
    /** Reads give what was written. */
    READ_WRITE("read/write"),
    /** Writes change nothing. */
    READ_ONLY("read-only"),
    /** Writing ones clears those bits; writing zeroes changes nothing. */
    WRITE_ONE_TO_CLEAR("write 1 to clear"),
    /** Reads give 0. */
    WRITE_ONLY("write-only"),
    /** A read gives the bits and clears them; writes change nothing. */
    READ_TO_CLEAR("read to clear"),
    /** Writing ones sets those bits; writing zeroes changes nothing. */
    WRITE_ONE_TO_SET("write 1 to set"),
    /** Writing ones inverts those bits; writing zeroes changes nothing. */
    WRITE_ONE_TO_TOGGLE("write 1 to toggle"),
    /** Writing zeroes clears those bits; writing ones changes nothing. */
    WRITE_ZERO_TO_CLEAR("write 0 to clear"),
    /** A write clears the bits, whatever is written. */
    WRITE_TO_CLEAR("write to clear"),
    /** The first write counts, further ones change nothing until the register is reset. */
    WRITE_ONCE("write once");

    private final String text;

    Access(String text) {
        this.text = text;
    }

    /** The words a datasheet uses. */
    public String text() {
        return text;
    }
}
