/** Threads, events and waits: who runs where, and until when. */
@NullMarked
package dev.dirql.kernel.threads;

import org.jspecify.annotations.NullMarked;
