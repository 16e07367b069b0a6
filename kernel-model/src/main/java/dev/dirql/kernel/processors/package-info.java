/** The control region of each processor, as gs: reaches it. */
@NullMarked
package dev.dirql.kernel.processors;

import org.jspecify.annotations.NullMarked;
