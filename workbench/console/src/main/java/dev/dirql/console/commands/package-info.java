/** The commands, declared once each in {@link dev.dirql.console.commands.CommandTable}. */
@NullMarked
package dev.dirql.console.commands;

import org.jspecify.annotations.NullMarked;
