package dev.dirql.devices;

/**
 * A command as it stands in a submission queue. NVM Express Base Specification 1.4, 4.2.
 *
 * @param queue number of the submission queue
 * @param bytes its 64 bytes, not to be changed
 */
record NvmeCommand(int queue, byte[] bytes) {
    static final int SIZE = 64;

    int opcode() {
        return bytes[0] & 0xFF;
    }

    /** Whether it is one of a fused pair, or describes its data by SGLs. */
    boolean isFusedOrScattered() {
        return bytes[1] != 0;
    }

    int id() {
        return LittleEndian.get16(bytes, 2);
    }

    long namespace() {
        return LittleEndian.get32(bytes, 4);
    }

    long prp1() {
        return LittleEndian.get64(bytes, 24);
    }

    long prp2() {
        return LittleEndian.get64(bytes, 32);
    }

    /** Command Dword 10 to 15. */
    long word(int number) {
        return LittleEndian.get32(bytes, 4 * number);
    }

    /** The lower half of a command dword. */
    int low(int number) {
        return LittleEndian.get16(bytes, 4 * number);
    }

    /** The upper half of a command dword. */
    int high(int number) {
        return LittleEndian.get16(bytes, 4 * number + 2);
    }

    /** First block of a command that names some. */
    long firstBlock() {
        return LittleEndian.get64(bytes, 40);
    }
}
