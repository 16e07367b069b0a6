package dev.dirql.simulation;

import dev.dirql.scenario.language.ParameterDeclaration;
import dev.dirql.scenario.source.Diagnostic;
import java.util.List;

/**
 * A parameter of a scenario is a macro in the C of its drivers. Where C goes wrong at its name, it
 * may be that the driver meant something of its own by it.
 */
final class ParameterNames {
    private ParameterNames() {}

    /** Adds to what is wrong at the name of a parameter that it is one. */
    static Diagnostic explain(Diagnostic problem, List<ParameterDeclaration> parameters) {
        String name = nameAt(problem);
        for (ParameterDeclaration parameter : parameters) {
            boolean declared = parameter.position().equals(problem.position());
            if (parameter.name().equals(name) && !declared) {
                String cure = problem.cure().isEmpty() ? "" : problem.cure() + "; ";
                return new Diagnostic(
                        problem.kind(),
                        problem.position(),
                        problem.length(),
                        problem.message(),
                        cure
                                + ("%s is a parameter of the scenario (line %d), which is a macro"
                                                + " in C: it stands for %s here")
                                        .formatted(
                                                name,
                                                parameter.position().line(),
                                                parameter.cText()));
            }
        }
        return problem;
    }

    /** The name that stands where something is wrong, or empty. */
    private static String nameAt(Diagnostic problem) {
        String line = problem.position().file().line(problem.position().line());
        int begin = Math.min(problem.position().column() - 1, line.length());
        int end = begin;
        while (end < line.length() && Character.isJavaIdentifierPart(line.charAt(end))) {
            end++;
        }
        return line.substring(begin, end);
    }
}
