package dev.dirql.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.dirql.cli.json.Json;
import dev.dirql.cli.text.TextTable;
import dev.dirql.simulation.view.Texts;
import dev.dirql.store.TraceException;
import dev.dirql.store.TraceReader;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.concurrent.Callable;

/** {@code dirql trace list}: a row a trace. */
@Command(
        name = "list",
        description = "Lists the traces that were recorded here, the oldest first.",
        mixinStandardHelpOptions = true)
final class TraceListCommand implements Callable<Integer> {
    private final Host host;

    @Parameters(
            paramLabel = "DIR",
            arity = "0..1",
            defaultValue = TraceDirectories.DIRECTORY,
            description = "Where to look (default: ${DEFAULT-VALUE}).")
    private String directory = TraceDirectories.DIRECTORY;

    @Option(names = "--json", description = "One JSON document.")
    private boolean json;

    TraceListCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        TextTable table =
                new TextTable("trace", "scenario", ">seed", ">cpus", ">events", ">time", "end");
        ObjectNode document = Json.document("trace-list");
        ArrayNode traces = document.putArray("traces");
        for (Path trace : TraceDirectories.list(host.resolve(directory))) {
            String name = directory + "/" + trace.getFileName();
            ObjectNode object = traces.addObject().put("trace", name);
            try (TraceReader reader = TraceReader.open(trace)) {
                describe(reader, name, table, object);
            } catch (TraceException e) {
                table.row(name, "-", "-", "-", "-", "-", e.kind().name().replace('_', ' '));
                object.put("problem", e.kind().name());
            }
        }
        if (json) {
            Json.print(host.out(), document);
        } else {
            host.out().print(table.text(host.style()));
        }
        return ExitCode.SUCCESS;
    }

    private static void describe(
            TraceReader reader, String name, TextTable table, ObjectNode object) {
        var header = reader.header();
        String end =
                reader.summary()
                        .map(found -> found.runEnd().map(Enum::name).orElse("STOPPED RECORDING"))
                        .orElse("CUT OFF");
        long timeNs = reader.summary().map(found -> found.lastTimeNs()).orElse(0L);
        table.row(
                name,
                header.scenario(),
                Long.toString(header.seed()),
                Integer.toString(header.processors()),
                Texts.count(reader.lastSequence()),
                reader.isComplete() ? Texts.time(timeNs) : "-",
                end);
        object.put("scenario", header.scenario());
        object.put("seed", header.seed());
        object.put("processors", header.processors());
        object.put("events", reader.lastSequence());
        object.put("complete", reader.isComplete());
        object.put("end", end);
        object.put("time_ns", timeNs);
    }
}
