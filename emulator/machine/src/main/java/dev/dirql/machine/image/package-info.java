/**
 * A driver image as a loader maps it, however it was made: read from a PE file or compiled from a
 * scenario.
 */
@NullMarked
package dev.dirql.machine.image;

import org.jspecify.annotations.NullMarked;
