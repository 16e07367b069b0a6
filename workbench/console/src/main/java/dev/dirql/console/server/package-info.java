/**
 * The network side of the console. Only this and {@code gdb} know Netty. Start at {@link
 * dev.dirql.console.server.ConsoleServer}.
 */
@NullMarked
package dev.dirql.console.server;

import org.jspecify.annotations.NullMarked;
