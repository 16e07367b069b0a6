package dev.dirql.scenario.language;

import dev.dirql.scenario.language.ScenarioParser.ItemContext;
import dev.dirql.scenario.language.ScenarioParser.MachineContext;
import dev.dirql.scenario.source.Diagnostic;
import dev.dirql.scenario.source.Position;
import dev.dirql.scenario.source.SourceFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.antlr.v4.runtime.ParserRuleContext;

/** Reads the machine, with what the command line says instead. */
final class Machines {
    private final Declarations declared;
    private final Properties properties;
    private final List<PropertyType> kernelSettings;
    private final List<PropertyType> types;
    private final Problems problems;
    private final Overrides overrides;

    Machines(
            Declarations declared,
            Properties properties,
            List<PropertyType> kernelSettings,
            Problems problems,
            Overrides overrides) {
        this.declared = declared;
        this.properties = properties;
        this.kernelSettings = kernelSettings;
        this.types =
                Stream.concat(MachineDeclaration.PROPERTIES.stream(), kernelSettings.stream())
                        .toList();
        this.problems = problems;
        this.overrides = overrides;
    }

    MachineDeclaration read() {
        SequencedMap<String, Value> values = new LinkedHashMap<>();
        for (PropertyType type : types) {
            values.put(type.name(), type.unlessSaid().orElseThrow());
        }
        if (!declared.machines().isEmpty()) {
            MachineContext machine = declared.machines().getFirst();
            List<ItemContext> items =
                    machine.settings() == null ? List.of() : machine.settings().item();
            properties
                    .read(items, types, "the machine", machine)
                    .ifPresent(written -> {
                        values.putAll(written);
                        check(machine, MachineDeclaration.of(written, kernelSettings));
                    });
        }
        if (overrides.processors().isPresent()) {
            int processors = overrides.processors().getAsInt();
            if (processors < 1 || processors > 64) {
                complain("--processors", processors, "processors is an integer from 1 to 64");
            } else {
                values.put("processors", new Value.Whole(processors));
            }
        }
        if (overrides.seed().isPresent()) {
            long seed = overrides.seed().getAsLong();
            if (seed < 0) {
                complain("--seed", seed, "seed is an integer from 0");
            } else {
                values.put("seed", new Value.Whole(seed));
            }
        }
        return MachineDeclaration.of(values, kernelSettings);
    }

    private void check(ParserRuleContext place, MachineDeclaration machine) {
        if (machine.memoryBytes() % 4096 != 0) {
            problems.error(
                    place.getStart(),
                    "memory of %s".formatted(Numbers.size(machine.memoryBytes())),
                    "write a multiple of 4KB");
        }
        if (machine.quantumNs() < machine.stepNs()) {
            problems.error(
                    place.getStart(),
                    "a quantum of %s is shorter than a step of %s"
                            .formatted(
                                    Numbers.time(machine.quantumNs()),
                                    Numbers.time(machine.stepNs())),
                    "");
        }
    }

    private void complain(String option, long value, String expected) {
        SourceFile line = new SourceFile(option, Long.toString(value));
        problems.add(
                Diagnostic.error(
                        new Position(line, 1, 1),
                        line.text().length(),
                        "%s, not %d".formatted(expected, value),
                        ""));
    }
}
