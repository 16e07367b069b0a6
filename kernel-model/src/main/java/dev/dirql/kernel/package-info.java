/**
 * The NT kernel's side of the contract with drivers, on a bare machine. Each part has its package;
 * the assemblies here make the parts of a family and tie them to each other, each on the ones
 * before it, and {@code KernelModel} is all of them. Start with {@code services}, which turns Java
 * methods into the exports that guest code calls.
 */
@NullMarked
package dev.dirql.kernel;

import org.jspecify.annotations.NullMarked;
