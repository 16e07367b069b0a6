/**
 * The console: commands as WinDbg names them, over the debug engine, for people and programs that
 * connect. Start at {@link dev.dirql.console.ConsoleRoom}; the network is in {@code server}, the
 * commands are in {@code commands}.
 */
@NullMarked
package dev.dirql.console;

import org.jspecify.annotations.NullMarked;
