/**
 * Timers of all kinds and the routines that tell the time. Start with {@link
 * dev.dirql.kernel.timers.Timers}; the clock interrupt is {@link dev.dirql.kernel.threads.Clock}.
 */
@NullMarked
package dev.dirql.kernel.timers;

import org.jspecify.annotations.NullMarked;
