/**
 * The GDB remote serial protocol: gdb sees a machine with one thread a processor, and goes forwards
 * and backwards in it. GDB manual, appendix E. The protocol has no authentication, so only the
 * loopback address is listened at.
 */
@NullMarked
package dev.dirql.console.gdb;

import org.jspecify.annotations.NullMarked;
