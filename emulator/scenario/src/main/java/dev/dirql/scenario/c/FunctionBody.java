package dev.dirql.scenario.c;

import java.util.List;

/**
 * A checked function.
 *
 * @param locals its automatic variables
 */
record FunctionBody(
        Symbol symbol,
        List<Local> parameters,
        List<Local> locals,
        Statement statement,
        CToken end) {}
