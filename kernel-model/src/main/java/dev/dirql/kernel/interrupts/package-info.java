/** Interrupt objects, from the vector to the ISR, and KeSynchronizeExecution. */
@NullMarked
package dev.dirql.kernel.interrupts;

import org.jspecify.annotations.NullMarked;
