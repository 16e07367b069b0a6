package dev.dirql.cli;

import dev.dirql.scenario.language.Overrides;
import dev.dirql.scenario.source.Diagnostic;
import dev.dirql.simulation.CheckedScenario;
import dev.dirql.simulation.DeviceLibrary;
import dev.dirql.simulation.ScenarioSource;
import dev.dirql.simulation.Simulation;
import dev.dirql.simulation.UserError;

/** Turns a scenario's text into a machine, or says what is wrong with it. */
final class Scenarios {
    private static final int SHOWN_MAXIMUM = 20;

    private Scenarios() {}

    /**
     * Prints what there is to say about a scenario, and builds the machine.
     *
     * @throws UserError if the scenario is wrong
     */
    static Simulation assemble(
            Host host, ScenarioSource source, Overrides overrides, DeviceLibrary library) {
        CheckedScenario checked = CheckedScenario.check(source, overrides, library);
        show(host, checked);
        return Simulation.of(require(checked));
    }

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
