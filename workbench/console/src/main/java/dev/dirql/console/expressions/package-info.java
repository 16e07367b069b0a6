/**
 * Expressions as the MASM evaluator of WinDbg reads them. Start at {@link
 * dev.dirql.console.expressions.ExpressionReader}.
 */
@NullMarked
package dev.dirql.console.expressions;

import org.jspecify.annotations.NullMarked;
