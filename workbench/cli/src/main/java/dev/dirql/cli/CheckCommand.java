package dev.dirql.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dirql.cli.json.Json;
import dev.dirql.scenario.language.Overrides;
import dev.dirql.scenario.source.Diagnostic;
import dev.dirql.simulation.CheckedScenario;
import dev.dirql.simulation.ScenarioFolder;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dirql check}: parses, checks and compiles, and runs nothing. */
@Command(
        name = "check",
        description = "Parses, checks and compiles a scenario without running it.",
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
    private final Host host;

    @Parameters(paramLabel = "SCENARIO", description = "Scenario file.")
    private String scenario = "";

    @Mixin private OverrideOptions overrides = new OverrideOptions();

    @Mixin private DeviceOptions deviceOptions = new DeviceOptions();

    @Option(names = "--json", description = "One JSON document.")
    private boolean json;

    CheckCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        Overrides said = overrides.overrides();
        CheckedScenario checked =
                CheckedScenario.check(
                        ScenarioFolder.open(host.directory(), scenario),
                        said,
                        deviceOptions.library(host));
        if (json) {
            Json.print(host.out(), document(checked));
        } else {
            Scenarios.show(host, checked);
            if (checked.isRight()) {
                host.out().println(checked.name() + ": right");
            } else {
                host.err().println("dirql: " + Scenarios.summary(checked));
            }
        }
        return checked.isRight() ? ExitCode.SUCCESS : ExitCode.USAGE;
    }

    private static ObjectNode document(CheckedScenario checked) {
        ObjectNode document = Json.document("check");
        document.put("right", checked.isRight());
        ArrayNode diagnostics = document.putArray("diagnostics");
        for (Diagnostic diagnostic : checked.diagnostics()) {
            ObjectNode out = diagnostics.addObject();
            out.put("kind", diagnostic.kind().name().toLowerCase(Locale.ROOT));
            out.put("file", diagnostic.position().file().name());
            out.put("line", diagnostic.position().line());
            out.put("column", diagnostic.position().column());
            out.put("message", diagnostic.message());
            out.put("cure", diagnostic.cure());
        }
        return document;
    }
}
