package dev.dirql.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dirql.cli.json.Json;
import dev.dirql.cli.text.DifferenceText;
import dev.dirql.simulation.view.EventJson;
import dev.dirql.simulation.view.EventText;
import dev.dirql.simulation.view.Texts;
import dev.dirql.store.TraceComparison;
import dev.dirql.store.TraceReader;
import dev.dirql.store.TraceRecord.EventRecord;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dirql trace diff}: the first event in which two traces differ. */
@Command(
        name = "diff",
        description = "Compares the events of two traces and shows where they part.",
        mixinStandardHelpOptions = true)
final class TraceDiffCommand implements Callable<Integer> {
    /** How many equal events before the difference are shown. */
    private static final int CONTEXT = 5;

    private final Host host;

    @Parameters(index = "0", paramLabel = "TRACE", description = "Directory of one trace.")
    private String left = "";

    @Parameters(index = "1", paramLabel = "TRACE", description = "Directory of the other.")
    private String right = "";

    @Option(names = "--json", description = "One JSON document.")
    private boolean json;

    TraceDiffCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        try (TraceReader one = TraceReader.open(host.resolve(left));
                TraceReader other = TraceReader.open(host.resolve(right))) {
            TraceComparison comparison = TraceComparison.of(one, other, CONTEXT);
            if (json) {
                Json.print(host.out(), document(one, other, comparison));
            } else if (comparison.isSameRun()) {
                host.out().println("Equal: " + Texts.plural(one.lastSequence(), "event") + ".");
            } else {
                print(one, other, comparison);
            }
            return comparison.isSameRun() ? ExitCode.SUCCESS : ExitCode.DIFFERENCE;
        }
    }

    private void print(TraceReader one, TraceReader other, TraceComparison comparison) {
        comparison
                .header()
                .forEach((name, sides) ->
                        host.out()
                                .println(
                                        "%s: %s, %s".formatted(name, sides.left(), sides.right())));
        if (comparison.events().isPresent()) {
            host.out()
                    .print(
                            DifferenceText.of(
                                    comparison.events().get(),
                                    left,
                                    new EventText(one.symbols()),
                                    right,
                                    new EventText(other.symbols())));
        } else {
            host.out().println("The events are equal, the decisions are not.");
        }
    }

    private static ObjectNode document(
            TraceReader one, TraceReader other, TraceComparison comparison) {
        ObjectNode document = Json.document("trace-diff");
        document.put("equal", comparison.isSameRun());
        document.put("events_left", one.lastSequence());
        document.put("events_right", other.lastSequence());
        document.putNull("left");
        document.putNull("right");
        comparison
                .events()
                .ifPresent(difference -> {
                    put(document, "left", one, difference.left());
                    put(document, "right", other, difference.right());
                });
        return document;
    }

    private static void put(
            ObjectNode document, String side, TraceReader trace, Optional<EventRecord> event) {
        event.ifPresent(found ->
                document.set(
                        side, new EventJson(trace.symbols()).object(found.stamp(), found.event())));
    }
}
