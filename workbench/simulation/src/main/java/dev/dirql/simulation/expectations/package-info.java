/** Whether what a scenario expects held. */
@NullMarked
package dev.dirql.simulation.expectations;

import org.jspecify.annotations.NullMarked;
