/** The images that are loaded, their symbols, and call stacks by unwind data. */
@NullMarked
package dev.dirql.kernel.images;

import org.jspecify.annotations.NullMarked;
