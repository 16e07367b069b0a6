/**
 * What a run amounts to, counted from its events alone: locks, processors, requests, output,
 * findings. {@link dev.dirql.simulation.figures.RunFigures} listens; the records are what it tells.
 * The same code counts a run that is going on and a trace that is read.
 */
@NullMarked
package dev.dirql.simulation.figures;

import org.jspecify.annotations.NullMarked;
