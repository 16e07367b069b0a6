package dev.dirql.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dirql.cli.json.Json;
import dev.dirql.simulation.UserError;
import dev.dirql.simulation.view.Texts;
import dev.dirql.store.TraceDirectory;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dirql trace prune}: removes old traces. */
@Command(
        name = "prune",
        description = {
            "Removes old traces; the newest of each scenario stay, and so do those whose names"
                    + " were",
            "chosen with run --trace."
        },
        mixinStandardHelpOptions = true)
final class TracePruneCommand implements Callable<Integer> {
    private final Host host;

    @Parameters(
            paramLabel = "DIR",
            arity = "0..1",
            defaultValue = TraceDirectory.NAME,
            description = "Where to look (default: ${DEFAULT-VALUE}).")
    private String directory = TraceDirectory.NAME;

    @Option(
            names = "--keep",
            paramLabel = "N",
            defaultValue = "10",
            description = "How many traces of each scenario to keep (default: ${DEFAULT-VALUE}).")
    private int keep = 10;

    @Option(names = "--json", description = "One JSON document.")
    private boolean json;

    TracePruneCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        if (keep < 0) {
            throw new UserError("--keep %d: a number of traces is 0 or more.".formatted(keep));
        }
        List<String> removed = TraceDirectories.open(host, directory).prune(keep);
        ObjectNode document = Json.document("trace-prune");
        ArrayNode names = document.putArray("removed");
        for (String trace : removed) {
            String name = directory + "/" + trace;
            names.add(name);
            if (!json) {
                host.out().println("removed " + name);
            }
        }
        if (json) {
            Json.print(host.out(), document);
        } else {
            host.out().println("removed " + Texts.plural(removed.size(), "trace"));
        }
        return ExitCode.SUCCESS;
    }
}
