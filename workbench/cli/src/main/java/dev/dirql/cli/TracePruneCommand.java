package dev.dirql.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.dirql.cli.json.Json;
import dev.dirql.simulation.UserError;
import dev.dirql.store.TraceFiles;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code dirql trace prune}: removes old traces. */
@Command(
        name = "prune",
        description = "Removes the oldest traces and keeps the newest.",
        mixinStandardHelpOptions = true)
final class TracePruneCommand implements Callable<Integer> {
    private final Host host;

    @Parameters(
            paramLabel = "DIR",
            arity = "0..1",
            defaultValue = TraceDirectories.DIRECTORY,
            description = "Where to look (default: ${DEFAULT-VALUE}).")
    private String directory = TraceDirectories.DIRECTORY;

    @Option(
            names = "--keep",
            paramLabel = "N",
            defaultValue = "10",
            description = "How many to keep (default: ${DEFAULT-VALUE}).")
    private int keep = 10;

    @Option(names = "--dry-run", description = "Only say what would be removed.")
    private boolean dryRun;

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
        List<Path> traces = TraceDirectories.list(host.resolve(directory));
        List<Path> old = traces.subList(0, Math.max(0, traces.size() - keep));
        ObjectNode document = Json.document("trace-prune");
        document.put("dry_run", dryRun);
        ArrayNode removed = document.putArray("removed");
        for (Path trace : old) {
            if (!dryRun) {
                TraceFiles.delete(trace);
            }
            String name = directory + "/" + trace.getFileName();
            removed.add(name);
            if (!json) {
                host.out().println((dryRun ? "would remove " : "removed ") + name);
            }
        }
        document.put("kept", traces.size() - old.size());
        if (json) {
            Json.print(host.out(), document);
        } else {
            host.out().println("kept " + (traces.size() - old.size()));
        }
        return ExitCode.SUCCESS;
    }
}
