package dev.dirql.console.gdb;

/** What a client sends. */
sealed interface Received {
    /** A packet, its body as Latin-1. */
    record Packet(String body) implements Received {}

    /** A packet whose checksum is wrong. */
    record Wrong() implements Received {}

    /** The last packet came through. */
    record Acknowledged() implements Received {}

    /** The last packet did not come through. */
    record Again() implements Received {}

    /** The machine is to stop: a byte 03 between packets. */
    record Interrupt() implements Received {}
}
