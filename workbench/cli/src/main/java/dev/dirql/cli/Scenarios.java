package dev.dirql.cli;

import dev.dirql.scenario.source.Diagnostic;
import dev.dirql.simulation.CheckedScenario;
import dev.dirql.simulation.UserError;

/** Says what is wrong with scenarios. */
final class Scenarios {
    private static final int SHOWN_MAXIMUM = 20;

    private Scenarios() {}

    /** Prints the diagnostics. */
    static void show(Host host, CheckedScenario checked) {
        int shown = 0;
        for (Diagnostic diagnostic : checked.diagnostics()) {
            if (shown++ == SHOWN_MAXIMUM) {
                host.err()
                        .println(
                                "… and %d more"
                                        .formatted(checked.diagnostics().size() - SHOWN_MAXIMUM));
                break;
            }
            host.err().print(diagnostic.render());
        }
    }

    static CheckedScenario require(CheckedScenario checked) {
        if (!checked.isRight()) {
            throw new UserError(summary(checked) + "; nothing was run.");
        }
        return checked;
    }

    /** {@code scripts/a.scn: 2 errors}. */
    static String summary(CheckedScenario checked) {
        long errors = checked.count(Diagnostic.Kind.ERROR);
        return "%s: %d %s".formatted(checked.name(), errors, errors == 1 ? "error" : "errors");
    }
}
