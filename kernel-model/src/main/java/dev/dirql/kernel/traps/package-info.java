/** Trap frames, exceptions, page faults and bug checks. */
@NullMarked
package dev.dirql.kernel.traps;

import org.jspecify.annotations.NullMarked;
