package dev.dirql.cli;

import dev.dirql.cli.json.Json;
import dev.dirql.events.Event;
import dev.dirql.events.Stamp;
import dev.dirql.scenario.source.Names;
import dev.dirql.simulation.RunPosition;
import dev.dirql.simulation.UserError;
import dev.dirql.simulation.view.EventFields;
import dev.dirql.simulation.view.EventJson;
import dev.dirql.simulation.view.EventText;
import dev.dirql.store.TraceCursor;
import dev.dirql.store.TraceReader;
import dev.dirql.store.TraceRecord.EventRecord;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dirql trace show}: the events, one a line. */
@Command(
        name = "show",
        description = "Prints the events of a trace, one a line.",
        mixinStandardHelpOptions = true)
final class TraceShowCommand implements Callable<Integer> {
    private final Host host;

    @Parameters(paramLabel = "TRACE", description = "Directory of the trace.")
    private String trace = "";

    @Option(
            names = "--cpu",
            paramLabel = "N",
            description = "Only what happened on this processor.")
    private @Nullable Integer processor;

    @Option(
            names = "--lock",
            paramLabel = "NAME|ADDRESS",
            description = "Only what happened to this lock.")
    private @Nullable String lock;

    @Option(
            names = "--kind",
            paramLabel = "EVENT",
            description = "Only events of this kind; may be repeated.")
    private List<String> kinds = List.of();

    @Option(
            names = "--from",
            paramLabel = "P",
            description = "From this event (18204) or time (1.5ms) on.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "P", description = "Up to this event or time.")
    private @Nullable String to;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    TraceShowCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        BiPredicate<Stamp, Event> wanted = filter();
        RunPosition last = to == null ? null : RunPosition.parse(to);
        RunPosition first = from == null ? null : RunPosition.parse(from);
        long start = first instanceof RunPosition.AtEvent(long sequence, _) ? sequence : 1;
        try (TraceReader reader = TraceReader.open(host.resolve(trace))) {
            EventText text = new EventText(reader.symbols());
            EventJson objects = new EventJson(reader.symbols());
            TraceCursor cursor = reader.records(Math.max(1, start));
            while (cursor.hasNext() && !host.out().checkError()) {
                if (cursor.next() instanceof EventRecord(Stamp stamp, Event event)) {
                    if (last != null && !last.isNotBefore(stamp)) {
                        break;
                    }
                    if ((first == null || first.isNotAfter(stamp)) && wanted.test(stamp, event)) {
                        if (json) {
                            Json.printLine(host.out(), objects.object(stamp, event));
                        } else {
                            host.out().print(text.line(stamp, event) + "\n");
                        }
                    }
                }
            }
            if (!reader.isComplete()) {
                host.err()
                        .println(
                                "dirql: this trace was cut off: recording ended without its"
                                        + " summary. What is shown is all that was kept.");
            }
        }
        return ExitCode.SUCCESS;
    }

    private BiPredicate<Stamp, Event> filter() {
        BiPredicate<Stamp, Event> wanted = (_, _) -> true;
        if (processor != null) {
            int number = processor;
            wanted = wanted.and((stamp, _) -> stamp.processor() == number);
        }
        if (!kinds.isEmpty()) {
            List<String> names = kinds.stream().map(TraceShowCommand::kind).toList();
            wanted = wanted.and((_, event) -> names.contains(EventFields.kind(event)));
        }
        if (lock != null) {
            LockFilter filter = LockFilter.of(lock);
            wanted = wanted.and((_, event) -> filter.concerns(event));
        }
        return wanted;
    }

    private static String kind(String typed) {
        return EventFields.kinds().stream()
                .filter(kind -> kind.equalsIgnoreCase(typed))
                .findFirst()
                .orElseThrow(() -> new UserError(unknownKind(typed)));
    }

    private static String unknownKind(String typed) {
        return "--kind %s: there is no such event.%s The kinds are: %s."
                .formatted(
                        typed,
                        Names.nearest(typed, EventFields.kinds())
                                .map(near -> " Did you mean " + near + "?")
                                .orElse(""),
                        String.join(", ", EventFields.kinds()));
    }
}
