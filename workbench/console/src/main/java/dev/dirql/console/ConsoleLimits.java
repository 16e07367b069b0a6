package dev.dirql.console;

import java.time.Duration;

/**
 * What clients may take.
 *
 * @param clients connections at the same time, those that have not shown the token included
 * @param lineLength bytes of a line
 * @param pendingLines lines of one client that wait to be done; no more are read meanwhile
 * @param unsentBytes bytes that one client did not fetch: beyond that it gets no news, and at four
 *     times as many it is let go
 * @param token how long a client has to show the token
 * @param idle how long a client may say nothing
 * @param stuck how long a client may fetch nothing of what is sent
 */
public record ConsoleLimits(
        int clients,
        int lineLength,
        int pendingLines,
        int unsentBytes,
        Duration token,
        Duration idle,
        Duration stuck) {
    /** Enough for people and their scripts. */
    public static ConsoleLimits standard() {
        return new ConsoleLimits(
                16,
                8192,
                64,
                4 << 20,
                Duration.ofSeconds(10),
                Duration.ofHours(12),
                Duration.ofSeconds(30));
    }
}
