/**
 * The NT kernel's side of the contract with drivers, on a bare machine. Each part has its package;
 * start with {@code services}, which turns Java methods into the exports that guest code calls.
 */
@NullMarked
package dev.dirql.kernel;

import org.jspecify.annotations.NullMarked;
