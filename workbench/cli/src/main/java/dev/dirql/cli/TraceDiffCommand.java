package dev.dirql.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.dirql.cli.json.Json;
import dev.dirql.cli.text.DifferenceText;
import dev.dirql.simulation.TraceDifference;
import dev.dirql.simulation.view.EventJson;
import dev.dirql.simulation.view.EventText;
import dev.dirql.store.TraceReader;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code dirql trace diff}: the first event in which two traces differ. */
@Command(
        name = "diff",
        description = "Compares the events of two traces and shows where they part.",
        mixinStandardHelpOptions = true)
final class TraceDiffCommand implements Callable<Integer> {
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
            Optional<TraceDifference> difference = TraceDifference.between(one, other);
            if (json) {
                Json.print(host.out(), document(one, other, difference));
            } else if (difference.isEmpty()) {
                host.out().println("Equal: %,d events.".formatted(one.lastSequence()));
            } else {
                host.out()
                        .print(
                                DifferenceText.of(
                                        difference.get(),
                                        left,
                                        new EventText(one.symbols()),
                                        right,
                                        new EventText(other.symbols())));
            }
            return difference.isEmpty() ? ExitCode.SUCCESS : ExitCode.DIFFERENCE;
        }
    }

    private static ObjectNode document(
            TraceReader one, TraceReader other, Optional<TraceDifference> difference) {
        ObjectNode document = Json.document("trace-diff");
        document.put("equal", difference.isEmpty());
        document.put("events_left", one.lastSequence());
        document.put("events_right", other.lastSequence());
        document.putNull("left");
        document.putNull("right");
        if (difference.isPresent()) {
            difference
                    .get()
                    .left()
                    .ifPresent(event ->
                            document.set(
                                    "left",
                                    new EventJson(one.symbols())
                                            .object(event.stamp(), event.event())));
            difference
                    .get()
                    .right()
                    .ifPresent(event ->
                            document.set(
                                    "right",
                                    new EventJson(other.symbols())
                                            .object(event.stamp(), event.event())));
        }
        return document;
    }
}
