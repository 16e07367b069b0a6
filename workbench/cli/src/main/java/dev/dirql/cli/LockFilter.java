package dev.dirql.cli;

import dev.dirql.events.Event;
import dev.dirql.simulation.UserError;

/** Picks the events of one lock, by name or by address. */
sealed interface LockFilter {
    record ByName(String name) implements LockFilter {}

    record ByAddress(long address) implements LockFilter {}

    /** An address begins with 0x; everything else is a name. */
    static LockFilter of(String text) {
        if (!text.startsWith("0x") && !text.startsWith("0X")) {
            return new ByName(text);
        }
        try {
            return new ByAddress(Long.parseUnsignedLong(text.substring(2).replace("`", ""), 16));
        } catch (NumberFormatException e) {
            throw new UserError(
                    "--lock %s: not an address. Write it as 0xffffb80000001000, or name the lock."
                            .formatted(text));
        }
    }

    /** Whether an event is about the lock. */
    default boolean concerns(Event event) {
        return switch (event) {
            case Event.LockDefined e -> is(e.lock(), e.lockName());
            case Event.LockContended e -> is(e.lock(), e.lockName());
            case Event.LockAcquired e -> is(e.lock(), e.lockName());
            case Event.LockReleased e -> is(e.lock(), e.lockName());
            case Event.LockTryFailed e -> is(e.lock(), e.lockName());
            default -> false;
        };
    }

    private boolean is(long lock, String lockName) {
        return switch (this) {
            case ByName(String name) -> name.equals(lockName);
            case ByAddress(long address) -> address == lock;
        };
    }
}
