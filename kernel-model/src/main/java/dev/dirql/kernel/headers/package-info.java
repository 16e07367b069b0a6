/**
 * The C headers taken apart, and what is made of them for other tools: start with {@link
 * dev.dirql.kernel.headers.DdkSupplement}.
 */
@NullMarked
package dev.dirql.kernel.headers;

import org.jspecify.annotations.NullMarked;
