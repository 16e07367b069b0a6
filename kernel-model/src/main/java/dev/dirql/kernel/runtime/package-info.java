/** The run-time library: memory and strings, debugger output, version, processors and time. */
@NullMarked
package dev.dirql.kernel.runtime;

import org.jspecify.annotations.NullMarked;
