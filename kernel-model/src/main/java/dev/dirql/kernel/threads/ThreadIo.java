package dev.dirql.kernel.threads;

import java.util.OptionalLong;

/** What the I/O manager does for a thread that ends. */
@FunctionalInterface
public interface ThreadIo {
    /** Without I/O manager. */
    ThreadIo NONE = _ -> OptionalLong.empty();

    /** What a thread is to call before it ends, if anything; asked again when that has returned. */
    OptionalLong endRoutine(long thread);
}
