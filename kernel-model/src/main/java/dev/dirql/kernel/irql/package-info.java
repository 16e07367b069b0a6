/** Interrupt request levels: raising and lowering, their services and rules. */
@NullMarked
package dev.dirql.kernel.irql;

import org.jspecify.annotations.NullMarked;
