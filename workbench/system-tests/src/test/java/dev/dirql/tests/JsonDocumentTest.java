package dev.dirql.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dirql.simulation.view.EventFields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docs/json.md} says and what the commands print is the same, both ways. */
class JsonDocumentTest {
    private static final Pattern HEADING = Pattern.compile("##+ (.+)");
    private static final Pattern FIELD = Pattern.compile("\\| `([a-z_0-9]+)(\\[])?` \\|.*");
    private static final Pattern EVENT_ROW = Pattern.compile("\\| `([A-Z]\\w+)` \\| (.*) \\|");
    private static final Pattern NAME = Pattern.compile("`([a-z_0-9]+)(\\[])?`");
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * The table that describes the objects of an array or field, where it is not called like it.
     */
    private static final Map<String, String> TABLES =
            Map.ofEntries(
                    Map.entry("run.expectations", "expectation"),
                    Map.entry("run.findings", "finding"),
                    Map.entry("run.bugcheck", "bugcheck"),
                    Map.entry("run.locks", "lock"),
                    Map.entry("run.held_locks", "held lock"),
                    Map.entry("run.processors", "processor"),
                    Map.entry("processor.irql_times", "irql time"),
                    Map.entry("run.spurious_interrupts", "spurious"),
                    Map.entry("run.requests", "request"),
                    Map.entry("run.dbgprint", "debug line"),
                    Map.entry("finding.places", "place"),
                    Map.entry("place.stack", "frame"),
                    Map.entry("trace locks.locks", "lock"),
                    Map.entry("trace list.traces", "trace"),
                    Map.entry("replay.moment", "moment"),
                    Map.entry("moment.processors", "processor now"),
                    Map.entry("moment.held_locks", "held lock"),
                    Map.entry("test.results", "result"),
                    Map.entry("check.diagnostics", "diagnostic"),
                    Map.entry("devices.devices", "device"),
                    Map.entry("device.properties", "property"),
                    Map.entry("device.stimuli", "stimulus"),
                    Map.entry("device.constants", "named"),
                    Map.entry("device.registers", "register"),
                    Map.entry("device.messages", "message"),
                    Map.entry("register.fields", "register field"),
                    Map.entry("ddis.ddis", "ddi"));

    @TempDir private Path directory = Path.of("");

    private final Map<String, Set<String>> documented = new TreeMap<>();
    private final Map<String, Set<String>> documentedEvents = new TreeMap<>();

    /** Fields that were printed, by table. */
    private final Map<String, Set<String>> printed = new TreeMap<>();

    private void readDocument() throws IOException {
        String table = "";
        for (String line : Files.readAllLines(Repository.root().resolve("docs/json.md"))) {
            Matcher heading = HEADING.matcher(line);
            Matcher field = FIELD.matcher(line);
            Matcher event = EVENT_ROW.matcher(line);
            if (heading.matches()) {
                table = heading.group(1);
            } else if (field.matches()) {
                documented.computeIfAbsent(table, _ -> new LinkedHashSet<>()).add(field.group(1));
            } else if (event.matches()) {
                Set<String> names = new LinkedHashSet<>();
                NAME.matcher(event.group(2)).results().forEach(name -> names.add(name.group(1)));
                documentedEvents.put(event.group(1), names);
            }
        }
    }

    private CommandLine.Ended run(String... arguments) {
        return new CommandLine(directory).run(arguments);
    }

    private JsonNode document(String... arguments) throws IOException {
        CommandLine.Ended ended = run(arguments);
        assertThat(ended.out()).describedAs(ended.err()).isNotEmpty();
        return JSON.readTree(ended.out());
    }

    private void take(String table, JsonNode object) {
        Set<String> names = printed.computeIfAbsent(table, _ -> new LinkedHashSet<>());
        object.fieldNames()
                .forEachRemaining(name -> {
                    names.add(name);
                    String inner = TABLES.get(table + "." + name);
                    JsonNode value = object.get(name);
                    if (inner != null && value.isArray()) {
                        value.forEach(element -> take(inner, element));
                    } else if (inner != null && value.isObject()) {
                        take(inner, value);
                    }
                });
    }

    /** Routine and line of code are said to follow wherever they are known. */
    private static Set<String> withoutPlaces(Set<String> names) {
        Set<String> kept = new TreeSet<>(names);
        for (String name : names) {
            kept.remove(name + "_symbol");
            kept.remove(name + "_line");
        }
        return kept;
    }

    @Test
    void everyFieldIsDocumentedAndEveryDocumentedFieldIsPrinted() throws IOException {
        readDocument();
        List<String> scripts =
                List.of(
                        "using-spin-locks",
                        "abba-deadlock",
                        "lock-in-paged-pool",
                        "shared-line",
                        "declared-copy-engine");
        for (String script : scripts) {
            Files.copy(
                    Repository.root().resolve("scripts/" + script + ".scn"),
                    directory.resolve(script + ".scn"));
            take("run", document("run", "--json", "--trace", script, script + ".scn"));
        }
        run("new", "first");
        take("run", document("run", "--json", "first.scn"));
        Files.writeString(directory.resolve("wrong.scn"), "machine { procesors 1 }");
        Files.createDirectories(directory.resolve("dirql-traces/broken-0001"));
        Files.writeString(directory.resolve("dirql-traces/broken-0001/header.json"), "{");
        take("trace locks", document("trace", "locks", "--json", "abba-deadlock"));
        take(
                "trace diff",
                document("trace", "diff", "--json", "abba-deadlock", "using-spin-locks"));
        take("trace list", document("trace", "list", "--json"));
        take("trace prune", document("trace", "prune", "--json", "--keep", "9"));
        take("replay", document("replay", "--json", "--until", "29", "abba-deadlock"));
        take("test", document("test", "--json", "abba-deadlock.scn"));
        take("check", document("check", "--json", "wrong.scn"));
        take("devices", document("devices", "--json", "--scenario", "declared-copy-engine.scn"));
        take("ddis", document("ddis", "--json"));
        take("headers", document("headers", "--json", "headers"));

        Map<String, Set<String>> said = new LinkedHashMap<>(documented);
        said.remove("event");
        Map<String, Set<String>> shown = new TreeMap<>();
        printed.forEach((table, names) -> shown.put(table, withoutPlaces(names)));

        assertThat(shown.keySet()).isEqualTo(said.keySet());
        said.forEach((table, names) ->
                assertThat(shown.get(table))
                        .describedAs(table)
                        .containsExactlyInAnyOrderElementsOf(names));
    }

    @Test
    void everyEventIsDocumentedAsItIsPrinted() throws IOException {
        readDocument();
        assertThat(documentedEvents.keySet())
                .containsExactlyInAnyOrderElementsOf(EventFields.kinds());
        List<String> wrong = new ArrayList<>();
        for (String script : List.of("using-spin-locks", "lock-in-paged-pool", "abba-deadlock")) {
            Files.copy(
                    Repository.root().resolve("scripts/" + script + ".scn"),
                    directory.resolve(script + ".scn"));
            run("run", "--quiet", "--trace", script, script + ".scn");
            for (String line : run("trace", "show", "--json", script).out().split("\n", -1)) {
                if (!line.isEmpty()) {
                    compare(JSON.readTree(line), wrong);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    private void compare(JsonNode event, List<String> wrong) {
        Set<String> expected = new TreeSet<>(documented.getOrDefault("event", Set.of()));
        String kind = event.get("event").asText();
        expected.addAll(documentedEvents.getOrDefault(kind, Set.of()));
        Set<String> names = new TreeSet<>();
        event.fieldNames().forEachRemaining(names::add);
        if (!withoutPlaces(names).equals(expected)) {
            wrong.add(kind + ": printed " + names + ", documented " + expected);
        }
    }
}
