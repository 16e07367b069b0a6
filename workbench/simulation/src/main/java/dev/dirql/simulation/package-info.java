/**
 * One machine, assembled from a scenario and run: {@link dev.dirql.simulation.Simulation} builds it
 * and records a run of it, {@link dev.dirql.simulation.Replay} repeats a recorded one and compares.
 */
@NullMarked
package dev.dirql.simulation;

import org.jspecify.annotations.NullMarked;
