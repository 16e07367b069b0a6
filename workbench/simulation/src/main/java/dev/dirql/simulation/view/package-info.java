/**
 * How events, addresses, times and places are written for people, and under which names for
 * programs.
 */
@NullMarked
package dev.dirql.simulation.view;

import org.jspecify.annotations.NullMarked;
