/**
 * The C compiler of the scenario language: what a WDM routine is written in, translated to x86-64
 * machine code for the Windows x64 conventions. Start at {@link dev.dirql.scenario.c.CCompiler}.
 * The stages, in order: {@code Preprocessor} (text to tokens), {@code TypedefNames} (which
 * identifiers are types), the ANTLR grammar {@code C.g4}, {@code Checker} (types and meaning),
 * {@code FunctionCompiler} (instructions), {@code Encoder} (bytes) and {@code ImageBuilder}.
 */
@NullMarked
package dev.dirql.scenario.c;

import org.jspecify.annotations.NullMarked;
