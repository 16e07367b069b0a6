/**
 * The x86-64 processor in 64-bit mode at privilege level 0: decoder, instruction methods,
 * interpreter and disassembler. It knows no operating system.
 *
 * <p>Start with {@link dev.dirql.x86.Interpreter}. What an instruction does is one static method
 * ({@code Arithmetic}, {@code Shifts}, {@code Bits}, {@code Data}, {@code Stack}, ...); the {@link
 * dev.dirql.x86.Encoding} rows above it are what the decoder, the disassembler and the comparison
 * with a host processor work from. To add an instruction, write its method with its rows, name it
 * in {@code Code}, and let the dispatch in {@code Functions} or {@code MachineFunctions} call it.
 */
@NullMarked
package dev.dirql.x86;

import org.jspecify.annotations.NullMarked;
