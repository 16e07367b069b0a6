package dev.dirql.scenario.c;

import dev.dirql.scenario.c.grammar.CParser;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A declarator applied to a type.
 *
 * @param name null if it declares nothing
 * @param parameters those of a function that is declared here itself, else null
 */
record Declared(
        @Nullable CToken name, CType type, @Nullable List<CParser.ParameterContext> parameters) {}
