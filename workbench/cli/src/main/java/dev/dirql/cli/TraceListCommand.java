package dev.dirql.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dirql.cli.json.Json;
import dev.dirql.cli.text.TextTable;
import dev.dirql.simulation.view.Texts;
import dev.dirql.store.TraceDirectory;
import dev.dirql.store.TraceDirectory.Content;
import dev.dirql.store.TraceSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dirql trace list}: a row a trace. */
@Command(
        name = "list",
        description = "Lists the traces that were recorded here.",
        mixinStandardHelpOptions = true)
final class TraceListCommand implements Callable<Integer> {
    private final Host host;

    @Parameters(
            paramLabel = "DIR",
            arity = "0..1",
            defaultValue = TraceDirectory.NAME,
            description = "Where to look (default: ${DEFAULT-VALUE}).")
    private String directory = TraceDirectory.NAME;

    @Option(names = "--json", description = "One JSON document.")
    private boolean json;

    TraceListCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        TextTable table =
                new TextTable(
                        "trace", "scenario", ">seed", ">cpus", ">events", ">time", ">bytes", "end");
        ObjectNode document = Json.document("trace-list");
        ArrayNode traces = document.putArray("traces");
        List<String> problems = new ArrayList<>();
        for (TraceDirectory.Entry entry : TraceDirectories.open(host, directory).list()) {
            String name = directory + "/" + entry.name();
            ObjectNode object = traces.addObject();
            object.put("trace", name);
            object.put("bytes", entry.bytes());
            object.put("problem", entry.problem());
            if (entry.content().isPresent()) {
                describe(entry.content().get(), name, entry.bytes(), table, object);
            } else {
                problems.add(entry.problem());
                table.row(name, "-", "-", "-", "-", "-", Texts.count(entry.bytes()), "unreadable");
            }
        }
        if (json) {
            Json.print(host.out(), document);
        } else if (table.isEmpty()) {
            host.out()
                    .println(
                            "%s: no traces. Record one with: %s run SCENARIO"
                                    .formatted(directory, host.command()));
        } else {
            host.out().print(table.text(host.style()));
            problems.forEach(host.out()::println);
        }
        return ExitCode.SUCCESS;
    }

    private static void describe(
            Content content, String name, long bytes, TextTable table, ObjectNode object) {
        String end =
                content.summary()
                        .map(summary ->
                                summary.runEnd().map(Enum::name).orElse(summary.closing().name()))
                        .orElse("CUT_OFF");
        long timeNs = content.summary().map(TraceSummary::lastTimeNs).orElse(0L);
        table.row(
                name,
                content.header().scenario(),
                Long.toString(content.header().seed()),
                Integer.toString(content.header().processors()),
                Texts.count(content.events()),
                content.summary().isPresent() ? Texts.time(timeNs) : "-",
                Texts.count(bytes),
                end);
        object.put("scenario", content.header().scenario());
        object.put("seed", content.header().seed());
        object.put("processors", content.header().processors());
        object.put("events", content.events());
        object.put("time_ns", timeNs);
        object.put("end", end);
    }
}
