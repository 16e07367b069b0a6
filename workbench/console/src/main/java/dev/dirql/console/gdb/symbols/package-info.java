/**
 * The symbol file for gdb: what is known of loaded images as ELF and DWARF. System V ABI, "Object
 * Files"; DWARF Debugging Information Format, version 4.
 */
@NullMarked
package dev.dirql.console.gdb.symbols;

import org.jspecify.annotations.NullMarked;
