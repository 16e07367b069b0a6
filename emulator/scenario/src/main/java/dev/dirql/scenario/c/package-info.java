/**
 * The C compiler of the scenario language: what a WDM routine is written in, translated to x86-64
 * machine code for the Windows x64 conventions. Start at {@link dev.dirql.scenario.c.CCompiler}.
 * The stages, in order: {@code Preprocessor} (text to tokens), {@code TypedefNames} (which
 * identifiers are types), the ANTLR grammar {@code C.g4}, {@code Unit} with its checkers (types and
 * meaning), {@code FunctionCompiler} (instructions), {@code Encoder} (bytes) and {@code
 * ImageBuilder}.
 *
 * <p>{@code Unit} holds what the checkers share: scopes, messages, and the three that everything
 * recurs through, {@code DeclarationChecker}, {@code ExpressionChecker} and {@code
 * StatementChecker}. The first two give each declaration and expression to the checker of its kind.
 * Those know {@code Unit} and what they are constructed with, not each other.
 *
 * <p>Instructions are made in layers, each of which knows only those before it: {@code CodeBuffer}
 * (the list of them, and who has which register); {@code ValueCode}, {@code LoadCode}, {@code
 * BitFieldCode} and {@code MemoryCode} (sequences that know nothing of expressions); {@code
 * AddressCompiler}, {@code OperandCompiler} and the compilers of the kinds of expressions; {@code
 * ExpressionCompiler}, which gives each expression to the compiler of its kind. A compiler gets the
 * parts of its expression evaluated through {@code Evaluator}.
 */
@NullMarked
package dev.dirql.scenario.c;

import org.jspecify.annotations.NullMarked;
