/** What people read: reports, tables, messages. */
@NullMarked
package dev.dirql.cli.text;

import org.jspecify.annotations.NullMarked;
