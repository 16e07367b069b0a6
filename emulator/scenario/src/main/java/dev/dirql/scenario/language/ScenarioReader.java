package dev.dirql.scenario.language;

import dev.dirql.scenario.source.Position;
import dev.dirql.scenario.source.SourceFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Reads a scenario.
 *
 * <pre>{@code
 * Parsed parsed = ScenarioReader.read(file, includes, KnownNames.of(catalog, settings), Overrides.NONE);
 * }</pre>
 */
public final class ScenarioReader {
    private final SourceFile main;
    private final Files files;
    private final Overrides overrides;
    private final Problems problems;
    private final Expressions expressions;
    private final KnownNames known;

    private ScenarioReader(
            SourceFile main, IncludeReader includes, KnownNames known, Overrides overrides) {
        List<SourceFile> read = new ArrayList<>();
        this.main = main;
        this.known = known;
        this.overrides = overrides;
        this.problems = new Problems(read);
        this.expressions = new Expressions(problems);
        this.files = new Files(includes, problems, read);
    }

    /** Never throws for anything that is wrong with the text. */
    public static Parsed read(
            SourceFile file, IncludeReader includes, KnownNames known, Overrides overrides) {
        return new ScenarioReader(file, includes, known, overrides).read();
    }

    private Parsed read() {
        files.read(main);
        Declarations declared = files.declarations();
        Properties properties = new Properties(expressions, problems);
        List<ParameterDeclaration> parameters =
                new Parameters(declared, expressions, problems, overrides).read();
        MachineDeclaration machine =
                new Machines(declared, properties, known.kernelSettings(), problems, overrides)
                        .read();
        Devices devices =
                new Devices(declared, files, properties, expressions, problems, known.devices());
        devices.read();
        List<RegistryEntry> registry =
                new Registries(declared, devices, expressions, problems).read();
        Workload workload =
                new Workloads(declared, devices, machine, properties, expressions, problems).read();
        List<Expectation> expectations =
                new Expectations(declared, devices, known, expressions, problems).read();
        Optional<Scenario> scenario =
                problems.hasErrors()
                        ? Optional.empty()
                        : Optional.of(
                                new Scenario(
                                        declared.title(),
                                        main,
                                        files.all(),
                                        parameters,
                                        machine,
                                        devices.hardware(),
                                        devices.devices(),
                                        devices.drivers(),
                                        registry,
                                        workload,
                                        !declared.expects().isEmpty(),
                                        expectations));
        return new Parsed(scenario, problems.sorted(), files.all());
    }

    /** Where names of parameters, devices and drivers were first declared: they share one space. */
    static final class NameSpace {
        private record Owner(String what, Position position) {}

        private final SequencedMap<String, Owner> owners = new LinkedHashMap<>();
        private final Problems problems;

        NameSpace(Problems problems) {
            this.problems = problems;
        }

        /** Takes a name, complaining if it is taken. */
        boolean take(String what, ScenarioParser.NameContext name) {
            String text = name.getText();
            Position position =
                    CharactersOfFile.of(name.getStart()).position(name.getStart().getStartIndex());
            Owner owner = owners.putIfAbsent(text, new Owner(what, position));
            if (owner != null) {
                problems.error(
                        name,
                        "'%s' is declared twice".formatted(text),
                        "there is the %s at %s".formatted(owner.what(), owner.position()));
            }
            return owner == null;
        }
    }
}
