/**
 * Figures of a run, gathered from its events alone: while it goes on, or later from its trace.
 * Start with {@link dev.dirql.events.statistics.LockStatistics}. Rows come in the order in which
 * their subjects were first seen.
 */
@NullMarked
package dev.dirql.events.statistics;

import org.jspecify.annotations.NullMarked;
