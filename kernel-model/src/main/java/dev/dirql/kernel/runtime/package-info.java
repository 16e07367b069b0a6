/**
 * The run-time library: memory, strings, numbers, bit maps, tables, sorting, formatted text and
 * debugger output, the version, calendar time. Start with {@link
 * dev.dirql.kernel.runtime.RuntimeLibrary}.
 */
@NullMarked
package dev.dirql.kernel.runtime;

import org.jspecify.annotations.NullMarked;
