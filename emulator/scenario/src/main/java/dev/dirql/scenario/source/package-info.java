/** Source texts and what is said about places in them. */
@NullMarked
package dev.dirql.scenario.source;

import org.jspecify.annotations.NullMarked;
