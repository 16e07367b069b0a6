/** Watchdogs over processors, in virtual time. */
@NullMarked
package dev.dirql.kernel.watchdogs;

import org.jspecify.annotations.NullMarked;
