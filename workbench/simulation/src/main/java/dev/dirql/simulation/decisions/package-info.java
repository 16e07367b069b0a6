/**
 * Who answers what hardware and Windows leave open: the default policy disturbed by a seed, the
 * recorded decisions of an earlier run, and the recorder that stands before either.
 */
@NullMarked
package dev.dirql.simulation.decisions;

import org.jspecify.annotations.NullMarked;
