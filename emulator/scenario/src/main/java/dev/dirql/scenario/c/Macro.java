package dev.dirql.scenario.c;

import java.util.List;

/**
 * A macro.
 *
 * @param parameters names of its parameters; the last one is {@code __VA_ARGS__} if it is variadic
 */
record Macro(
        String name,
        boolean functionLike,
        List<String> parameters,
        boolean variadic,
        List<CToken> body) {
    /** Whether defining it again like that changes nothing. */
    boolean same(Macro other) {
        if (functionLike != other.functionLike
                || variadic != other.variadic
                || !parameters.equals(other.parameters)
                || body.size() != other.body.size()) {
            return false;
        }
        for (int i = 0; i < body.size(); i++) {
            if (!body.get(i).getText().equals(other.body.get(i).getText())) {
                return false;
            }
        }
        return true;
    }
}
