/**
 * The control region of each processor, as gs: reaches it, what drivers ask about processors, and
 * calls of a routine on all of them.
 */
@NullMarked
package dev.dirql.kernel.processors;

import org.jspecify.annotations.NullMarked;
