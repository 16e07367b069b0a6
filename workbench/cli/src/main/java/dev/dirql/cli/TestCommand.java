package dev.dirql.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dirql.cli.json.JUnitXml;
import dev.dirql.cli.json.Json;
import dev.dirql.cli.text.Style;
import dev.dirql.scenario.language.Overrides;
import dev.dirql.simulation.DeviceLibrary;
import dev.dirql.simulation.RunResult;
import dev.dirql.simulation.ScenarioFolder;
import dev.dirql.simulation.UserError;
import dev.dirql.simulation.view.Texts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dirql test}: runs many scenarios in one process. */
@Command(
        name = "test",
        description = "Runs scenarios, all in one process, and says which passed.",
        mixinStandardHelpOptions = true)
final class TestCommand implements Callable<Integer> {
    private final Host host;

    @Parameters(
            paramLabel = "DIR|SCENARIO",
            arity = "1..*",
            description = "Scenario files, and directories that are searched for *.scn.")
    private List<String> names = List.of();

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Write the results as JUnit XML; times in it are virtual.")
    private @Nullable String report;

    @Mixin private OverrideOptions overrideOptions = new OverrideOptions();

    @Mixin private DeviceOptions deviceOptions = new DeviceOptions();

    @Option(names = "--json", description = "One JSON document.")
    private boolean json;

    @Option(names = "--quiet", description = "Print only what failed.")
    private boolean quiet;

    TestCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        Overrides overrides = overrideOptions.overrides();
        DeviceLibrary library = deviceOptions.library(host);
        List<JUnitXml.Case> cases = new ArrayList<>();
        List<String> files = files();
        for (String file : files) {
            if (host.interrupt().isRequested()) {
                break;
            }
            JUnitXml.Case done = run(file, overrides, library, cases.size() + 1, files.size());
            if (host.interrupt().isRequested()) {
                // Ctrl-C ended it; that says nothing of the scenario.
                break;
            }
            cases.add(done);
            if (!json && !(quiet && done.passed())) {
                print(done);
            }
        }
        if (report != null) {
            TextFile.write(host.resolve(report), report, JUnitXml.document(cases));
        }
        long failed = cases.stream().filter(done -> !done.passed()).count();
        if (json) {
            Json.print(host.out(), document(cases));
        } else {
            String count = Texts.plural(files.size(), "scenario");
            host.out()
                    .println(
                            cases.size() == files.size()
                                    ? "%s, %d failed".formatted(count, failed)
                                    : "Stopped: %d of %s done, %d failed"
                                            .formatted(cases.size(), count, failed));
        }
        return exit(cases);
    }

    private int exit(List<JUnitXml.Case> cases) {
        if (host.interrupt().isRequested()) {
            return ExitCode.INTERRUPTED;
        }
        if (cases.stream().anyMatch(done -> !done.error().isEmpty())) {
            return ExitCode.USAGE;
        }
        return cases.stream().allMatch(JUnitXml.Case::passed)
                ? ExitCode.SUCCESS
                : ExitCode.DIFFERENCE;
    }

    private JUnitXml.Case run(
            String file, Overrides overrides, DeviceLibrary library, int number, int count) {
        Progress progress =
                new Progress(host, "%d of %d, %s".formatted(number, count, file), !quiet);
        try {
            RunResult result =
                    Scenarios.assemble(
                                    host,
                                    ScenarioFolder.open(host.directory(), file),
                                    overrides,
                                    library)
                            .record(Optional.empty(), Dirql.Version.number(), progress);
            return JUnitXml.Case.of(file, result, host.command() + " run " + Host.quoted(file));
        } catch (UserError e) {
            return JUnitXml.Case.wrong(file, String.valueOf(e.getMessage()));
        } finally {
            progress.clear();
        }
    }

    private void print(JUnitXml.Case done) {
        Style style = host.style();
        String word = done.passed() ? style.good("passed") : style.bad("FAILED");
        host.out().println("%s  %s".formatted(word, done.file()));
        done.failures().forEach(failure -> host.out().println("          " + failure));
        if (!done.error().isEmpty()) {
            host.out().println("          " + done.error());
        }
        if (!done.passed() && !done.replay().isEmpty()) {
            host.out().println("          " + done.replay());
        }
    }

    private static ObjectNode document(List<JUnitXml.Case> cases) {
        ObjectNode document = Json.document("test");
        document.put("scenarios", cases.size());
        document.put("failed", cases.stream().filter(done -> !done.passed()).count());
        ArrayNode results = document.putArray("results");
        for (JUnitXml.Case done : cases) {
            ObjectNode out = results.addObject();
            out.put("scenario", done.file());
            out.put("passed", done.passed());
            out.put("time_ns", done.timeNs());
            ArrayNode failures = out.putArray("failures");
            done.failures().forEach(failures::add);
            out.put("error", done.error());
        }
        return document;
    }

    private List<String> files() {
        List<String> files = new ArrayList<>();
        for (String name : names) {
            Path place = host.resolve(name);
            if (!Files.isDirectory(place)) {
                files.add(name);
                continue;
            }
            List<String> inside = scenarios(place, name);
            if (inside.isEmpty()) {
                throw new UserError(name + ": there is no scenario (*.scn) in this directory.");
            }
            files.addAll(inside);
        }
        return files;
    }

    /** Scenarios below a directory, in the order of their names on every host. */
    private static List<String> scenarios(Path directory, String name) {
        String prefix = name.endsWith("/") ? name : name + "/";
        try (Stream<Path> entries = Files.walk(directory)) {
            return entries.filter(Files::isRegularFile)
                    .map(entry -> directory.relativize(entry).toString().replace('\\', '/'))
                    .filter(entry -> entry.endsWith(".scn"))
                    .sorted()
                    .map(entry -> prefix + entry)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
