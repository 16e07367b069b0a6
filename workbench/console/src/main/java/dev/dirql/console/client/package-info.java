/**
 * The other end of the connection of a console. Start at {@link
 * dev.dirql.console.client.ConsoleClient}.
 */
@NullMarked
package dev.dirql.console.client;

import org.jspecify.annotations.NullMarked;
