/** Tests of the processor. */
@NullMarked
package dev.dirql.x86;

import org.jspecify.annotations.NullMarked;
