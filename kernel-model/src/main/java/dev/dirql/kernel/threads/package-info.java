/**
 * Threads, their APCs, what they wait for, and the clock: who runs where, and until when. Start
 * with {@link dev.dirql.kernel.threads.Scheduler} and {@link dev.dirql.kernel.threads.Waits}.
 */
@NullMarked
package dev.dirql.kernel.threads;

import org.jspecify.annotations.NullMarked;
