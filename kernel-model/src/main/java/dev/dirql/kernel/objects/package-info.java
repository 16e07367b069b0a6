/** Kernel objects that have handles and are counted: threads, processes and named events. */
@NullMarked
package dev.dirql.kernel.objects;

import org.jspecify.annotations.NullMarked;
