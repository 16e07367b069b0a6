package dev.dirql.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dirql.cli.json.Json;
import dev.dirql.cli.json.LockJson;
import dev.dirql.cli.text.LockTable;
import dev.dirql.simulation.TraceEvents;
import dev.dirql.simulation.figures.LockFigures;
import dev.dirql.simulation.figures.RunFigures;
import dev.dirql.store.TraceReader;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dirql trace locks}: a row a lock. */
@Command(
        name = "locks",
        description = "Prints a row for each lock: how often and how long it was held.",
        mixinStandardHelpOptions = true)
final class TraceLocksCommand implements Callable<Integer> {
    private final Host host;

    @Parameters(paramLabel = "TRACE", description = "Directory of the trace.")
    private String trace = "";

    @Option(names = "--json", description = "One JSON document.")
    private boolean json;

    TraceLocksCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        List<LockFigures> locks = read();
        if (json) {
            ObjectNode document = Json.document("trace-locks");
            document.set("locks", LockJson.array(locks));
            Json.print(host.out(), document);
        } else if (locks.isEmpty()) {
            host.out().println("No lock was acquired.");
        } else {
            host.out().print(LockTable.full(locks, host.style()));
        }
        return ExitCode.SUCCESS;
    }

    private List<LockFigures> read() {
        try (TraceReader reader = TraceReader.open(host.resolve(trace))) {
            RunFigures figures = new RunFigures(reader.header().processors());
            new TraceEvents(reader.records())
                    .forEachRemaining(event -> figures.accept(event.stamp(), event.event()));
            return figures.locks();
        }
    }
}
