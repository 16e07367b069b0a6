/**
 * The debug engine: stops a run anywhere, looks at it, and takes it forwards and backwards. It
 * knows no client and no text. {@link dev.dirql.debugger.DebugSession} is the door for clients: one
 * thread that owns the machine; {@link dev.dirql.debugger.Debugger} is what it does, and {@link
 * dev.dirql.debugger.TimeTravel} below it goes from one position of the run to any other.
 */
@NullMarked
package dev.dirql.debugger;

import org.jspecify.annotations.NullMarked;
