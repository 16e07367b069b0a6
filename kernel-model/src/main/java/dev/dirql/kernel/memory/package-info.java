/**
 * Kernel memory: where things are, pool and lookaside lists, MDLs, contiguous memory, sections of
 * images, device registers, and when a pageable page is absent. Start with {@link
 * dev.dirql.kernel.memory.KernelLayout}.
 */
@NullMarked
package dev.dirql.kernel.memory;

import org.jspecify.annotations.NullMarked;
