/**
 * The I/O manager: drivers, device objects and their names, I/O request packets from the request of
 * a workload to its completion, and StartIo. Start with {@link dev.dirql.kernel.io.IrpServices}.
 */
@NullMarked
package dev.dirql.kernel.io;

import org.jspecify.annotations.NullMarked;
