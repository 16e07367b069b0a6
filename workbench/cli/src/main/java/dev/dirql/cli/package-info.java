/**
 * The command line: {@link dev.dirql.cli.Dirql} is the program, each command is a class of its own.
 * Commands take apart what was typed, let the simulation work, and hand results to {@code text} or
 * {@code json}.
 */
@NullMarked
package dev.dirql.cli;

import org.jspecify.annotations.NullMarked;
