/**
 * The registry: a tree of keys with values, which a scenario fills and drivers read and change.
 * Start with {@link dev.dirql.kernel.registry.Registry}.
 */
@NullMarked
package dev.dirql.kernel.registry;

import org.jspecify.annotations.NullMarked;
