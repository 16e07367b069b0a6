package dev.dirql.store;

import dev.dirql.store.TraceException.Kind;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A directory of traces, as {@code dirql run} makes one in the working directory. A trace in it is
 * named after its scenario and counted; no clock takes part, so that the same commands give the
 * same names.
 */
public final class TraceDirectory {
    /** Where {@code dirql run} puts traces. */
    public static final String NAME = "dirql-traces";

    private static final Pattern TRACE_NAME = Pattern.compile("(.+)-([0-9]{4,9})");
    private static final int NAME_CHARACTERS_MAXIMUM = 80;

    private final Path directory;

    public TraceDirectory(Path directory) {
        this.directory = directory;
    }

    /**
     * What there is to say about a trace in a list.
     *
     * @param name name of the trace's directory
     * @param bytes size of all its files
     * @param content what is in it; empty if it cannot be read
     * @param problem why it cannot be read, else empty
     */
    public record Entry(String name, long bytes, Optional<Content> content, String problem) {}

    /**
     * What a readable trace holds.
     *
     * @param header what was run
     * @param events number of events
     * @param summary how it ended, empty if recording was cut off or goes on
     */
    public record Content(TraceHeader header, long events, Optional<TraceSummary> summary) {
        public boolean isCurrentFormat() {
            return header.formatVersion() == TraceHeader.FORMAT_VERSION;
        }
    }

    /**
     * Makes the directory for the next trace of a scenario, empty, so that no other process takes
     * the name.
     *
     * @param scenario name of the scenario or of its file
     * @return its place: the scenario's name with the number after the highest there
     */
    public Path create(String scenario) {
        String name = plain(scenario);
        HostFiles.createDirectories(directory);
        long number = 1;
        for (Path entry : subdirectories()) {
            Matcher parts = TRACE_NAME.matcher(entry.getFileName().toString());
            if (parts.matches() && parts.group(1).equals(name)) {
                number = Math.max(number, Long.parseLong(parts.group(2)) + 1);
            }
        }
        while (true) {
            Path trace = directory.resolve(String.format(Locale.ROOT, "%s-%04d", name, number));
            try {
                return Files.createDirectory(trace);
            } catch (FileAlreadyExistsException e) {
                number++;
            } catch (IOException e) {
                throw HostFiles.failure(trace, "cannot be created", e);
            }
        }
    }

    /** The traces in the directory, by name and counter; what is no trace at all is left out. */
    public List<Entry> list() {
        List<Entry> entries = new ArrayList<>();
        for (Path trace : subdirectories()) {
            if (Files.exists(HeaderFile.in(trace))) {
                entries.add(entry(trace));
            }
        }
        return entries;
    }

    /**
     * Removes all but the newest traces of each scenario.
     *
     * @param keep how many traces of each scenario stay: those with the highest numbers
     * @return the names of the traces that were removed
     * @throws TraceException if a trace to be removed holds something that dirql did not write; it
     *     and those after it stay
     */
    public List<String> prune(int keep) {
        if (keep < 0) {
            throw new IllegalArgumentException("keep " + keep + ": it cannot be less than 0");
        }
        Map<String, List<Path>> byScenario = new LinkedHashMap<>();
        for (Path trace : subdirectories()) {
            Matcher parts = TRACE_NAME.matcher(trace.getFileName().toString());
            if (parts.matches() && Files.exists(HeaderFile.in(trace))) {
                byScenario.computeIfAbsent(parts.group(1), _ -> new ArrayList<>()).add(trace);
            }
        }
        List<String> removed = new ArrayList<>();
        for (List<Path> traces : byScenario.values()) {
            for (Path trace : traces.subList(0, Math.max(0, traces.size() - keep))) {
                delete(trace);
                removed.add(trace.getFileName().toString());
            }
        }
        return removed;
    }

    /**
     * Removes a trace.
     *
     * @throws TraceException if the place is no trace, or holds something that dirql did not write;
     *     nothing is removed then
     */
    public static void delete(Path trace) {
        if (!Files.isDirectory(trace, LinkOption.NOFOLLOW_LINKS)
                || Files.notExists(HeaderFile.in(trace))) {
            throw new TraceException(
                    Kind.NOT_A_TRACE,
                    "%s: not removed, because it is not a trace. %s"
                            .formatted(trace, Cure.NAME_A_TRACE));
        }
        TraceFiles.delete(trace);
    }

    private static Entry entry(Path trace) {
        String name = trace.getFileName().toString();
        long bytes = TraceFiles.size(trace);
        try (TraceReader reader = TraceReader.open(trace)) {
            return new Entry(
                    name,
                    bytes,
                    Optional.of(
                            new Content(reader.header(), reader.lastSequence(), reader.summary())),
                    "");
        } catch (TraceException e) {
            return new Entry(name, bytes, Optional.empty(), String.valueOf(e.getMessage()));
        }
    }

    /** The directories in this one: by name without counter, then by counter. */
    private List<Path> subdirectories() {
        if (Files.notExists(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
                    .sorted(
                            Comparator.comparing(TraceDirectory::nameOf)
                                    .thenComparingLong(TraceDirectory::numberOf)
                                    .thenComparing(Comparator.naturalOrder()))
                    .toList();
        } catch (IOException e) {
            throw HostFiles.failure(directory, "cannot be read", e);
        }
    }

    private static String nameOf(Path trace) {
        String name = trace.getFileName().toString();
        Matcher parts = TRACE_NAME.matcher(name);
        return parts.matches() ? parts.group(1) : name;
    }

    private static long numberOf(Path trace) {
        Matcher parts = TRACE_NAME.matcher(trace.getFileName().toString());
        return parts.matches() ? Long.parseLong(parts.group(2)) : 0;
    }

    /** The name as every file system takes it. */
    private static String plain(String scenario) {
        String plain =
                scenario.toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9._-]+", "-")
                        .replaceAll("^[-.]+|[-.]+$", "");
        String cut = plain.substring(0, Math.min(plain.length(), NAME_CHARACTERS_MAXIMUM));
        return cut.isEmpty() ? "trace" : cut;
    }
}
