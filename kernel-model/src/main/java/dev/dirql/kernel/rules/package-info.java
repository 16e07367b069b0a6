/** How broken rules are told. Start with {@link dev.dirql.kernel.rules.Rules}. */
@NullMarked
package dev.dirql.kernel.rules;

import org.jspecify.annotations.NullMarked;
