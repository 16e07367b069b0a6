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
import dev.dirql.simulation.view.Texts;
import dev.dirql.store.TraceCursor;
import dev.dirql.store.TraceReader;
import dev.dirql.store.TraceRecord.EventRecord;
import java.util.Iterator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
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
    /** What happened outside of every processor: in a device, or at the end of the run. */
    private static final int NO_PROCESSOR = -1;

    private final Host host;

    @Parameters(paramLabel = "TRACE", description = "Directory of the trace.")
    private String trace = "";

    @Option(
            names = "--cpu",
            paramLabel = "N",
            description =
                    "Only what happened on this processor; -1: outside of them, as in a device.")
    private @Nullable Integer processor;

    @Option(
            names = "--lock",
            paramLabel = "NAME|ADDRESS",
            description = "Only what happened to this lock, as trace locks names it.")
    private @Nullable String lock;

    @Option(
            names = "--kind",
            paramLabel = "EVENT",
            completionCandidates = Kinds.class,
            description = "Only events of this kind, such as LockAcquired; may be repeated.")
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

    /** What a shell can complete after {@code --kind}. */
    static final class Kinds implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return EventFields.kinds().iterator();
        }
    }

    TraceShowCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        BiPredicate<Stamp, Event> wanted = filter();
        RunPosition last = to == null ? null : RunPosition.parse(to);
        RunPosition first = from == null ? null : RunPosition.parse(from);
        if (first instanceof RunPosition.AtEvent(long begin, _)
                && last instanceof RunPosition.AtEvent(long end, _)
                && begin > end) {
            throw new UserError("--from %d lies behind --to %d.".formatted(begin, end));
        }
        long start = first instanceof RunPosition.AtEvent(long sequence, _) ? sequence : 1;
        try (TraceReader reader = TraceReader.open(host.resolve(trace))) {
            requireProcessor(reader);
            EventText text = new EventText(reader.symbols());
            EventJson objects = new EventJson(reader.symbols());
            TraceCursor cursor = reader.records(Math.max(1, start));
            long printed = 0;
            while (cursor.hasNext() && !isReaderGone(printed)) {
                if (cursor.next() instanceof EventRecord(Stamp stamp, Event event)) {
                    if (last != null && !last.isNotBefore(stamp)) {
                        break;
                    }
                    if ((first == null || first.isNotAfter(stamp)) && wanted.test(stamp, event)) {
                        printed++;
                        if (json) {
                            Json.printLine(host.out(), objects.object(stamp, event));
                        } else {
                            host.out().print(text.line(stamp, event) + "\n");
                        }
                    }
                }
            }
            if (printed == 0) {
                requireLock(reader);
            }
            if (!reader.isComplete()) {
                host.err()
                        .println(
                                "dirql: this trace has no end: its recording was cut off, or still"
                                        + " goes on. What is shown is all that there is of it.");
            }
        }
        return ExitCode.SUCCESS;
    }

    /** Whether nobody reads on. Asking empties the buffer, so it is not done for every line. */
    private boolean isReaderGone(long printed) {
        return (printed & 1023) == 1023 && host.out().checkError();
    }

    private void requireProcessor(TraceReader reader) {
        int count = reader.header().processors();
        if (processor != null && (processor < NO_PROCESSOR || processor >= count)) {
            throw new UserError(
                    "--cpu %d: the trace is of %s; they count from 0, and -1 stands for none."
                            .formatted(processor, Texts.plural(count, "processor")));
        }
    }

    /** Where nothing was printed: says so if there is no such lock in the whole trace. */
    private void requireLock(TraceReader reader) {
        if (lock == null) {
            return;
        }
        LockFilter filter = LockFilter.of(lock);
        SortedSet<String> names = new TreeSet<>();
        TraceCursor cursor = reader.records();
        while (cursor.hasNext()) {
            if (cursor.next() instanceof EventRecord(_, Event event)) {
                if (filter.concerns(event)) {
                    return;
                }
                if (event instanceof Event.LockDefined defined) {
                    names.add(defined.lockName());
                }
            }
        }
        throw new UserError(
                "--lock %s: there is no such lock in the trace.%s"
                        .formatted(
                                lock,
                                names.isEmpty()
                                        ? " No lock is."
                                        : " Its locks are: " + String.join(", ", names) + "."));
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
