/** Rules that a driver can break, one a file. Start with {@link dev.dirql.kernel.rules.Rules}. */
@NullMarked
package dev.dirql.kernel.rules;

import org.jspecify.annotations.NullMarked;
