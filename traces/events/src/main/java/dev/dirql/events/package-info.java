/**
 * What can happen in a machine, and what can be decided about it. Start with {@link
 * dev.dirql.events.Event}; each event comes with a {@link dev.dirql.events.Stamp}. Nothing here
 * depends on any other part of dirql.
 */
@NullMarked
package dev.dirql.events;

import org.jspecify.annotations.NullMarked;
