package dev.dirql.console.gdb;

/** What a client may take. */
final class GdbLimits {
    /** Bytes between {@code $} and {@code #} of a packet. */
    static final int PACKET_MAXIMUM = 0x4000;

    /** Bytes of memory or of a document in one answer. */
    static final int DATA_MAXIMUM = 0x1800;

    /** Packets that wait to be done; a client that sends more is let go. */
    static final int PENDING_MAXIMUM = 64;

    /** Packets in a row whose checksum is wrong. */
    static final int WRONG_MAXIMUM = 16;

    /** Breakpoints and watchpoints. */
    static final int POINTS_MAXIMUM = 256;

    /** Bytes that a watchpoint covers. */
    static final int WATCHED_MAXIMUM = 4096;

    /** Bytes of the text of an answer to a command that go in one packet. */
    static final int TEXT_MAXIMUM = 0x1000;

    private GdbLimits() {}
}
