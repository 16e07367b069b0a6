/** DPC objects and their queues. */
@NullMarked
package dev.dirql.kernel.dpcs;

import org.jspecify.annotations.NullMarked;
