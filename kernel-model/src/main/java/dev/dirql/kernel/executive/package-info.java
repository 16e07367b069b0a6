/** Parts of the executive that stand alone: callback objects, and questions of drivers about it. */
@NullMarked
package dev.dirql.kernel.executive;

import org.jspecify.annotations.NullMarked;
