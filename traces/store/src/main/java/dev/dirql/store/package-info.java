/**
 * The trace directory: a run's header, inputs, symbols and every record of it, written while the
 * run goes on and read back later. Start with {@link dev.dirql.store.TraceWriter} and {@link
 * dev.dirql.store.TraceReader}; the bytes are described in {@code docs/trace-format.md}. Only this
 * package knows Chronicle Queue, and in it only {@code QueueAppender}.
 */
@NullMarked
package dev.dirql.store;

import org.jspecify.annotations.NullMarked;
