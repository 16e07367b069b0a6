/** Loads driver images, binds their imports, and names the data in them. */
@NullMarked
package dev.dirql.kernel.loader;

import org.jspecify.annotations.NullMarked;
