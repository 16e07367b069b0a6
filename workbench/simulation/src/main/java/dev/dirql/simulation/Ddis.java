package dev.dirql.simulation;

import dev.dirql.devices.DeviceCatalog;
import dev.dirql.devices.apic.ApicSystem;
import dev.dirql.kernel.rules.RuleNames;
import dev.dirql.kernel.services.DdiCoverage;
import dev.dirql.kernel.services.DdiTable;
import dev.dirql.kernel.services.ServiceTable;
import dev.dirql.machine.DecisionSource;
import dev.dirql.machine.Machine;
import dev.dirql.scenario.language.KnownNames;
import dev.dirql.scenario.language.Overrides;
import dev.dirql.scenario.language.Scenario;
import dev.dirql.scenario.language.ScenarioReader;
import dev.dirql.scenario.language.WorkloadProgram;
import dev.dirql.scenario.source.SourceFile;
import dev.dirql.x86.Interpreter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The routines that the kernel of every machine exports, asked of a machine without drivers. */
public final class Ddis {
    private Ddis() {}

    /** A row a routine, in the order of their names. */
    public static List<DdiTable.Row> all() {
        return DdiTable.of(table());
    }

    /** Besides, a row for each routine that the WDK documents and this kernel does not export. */
    public static List<DdiTable.Row> documented() {
        return DdiCoverage.of(table());
    }

    /** The variables that the kernel of every machine exports, in the order of their names. */
    public static List<String> variables() {
        return List.copyOf(table().variables().keySet());
    }

    /**
     * What findings can be called: the names of all rules that the kernel of a machine tells, then
     * the numbers by which some of them are known, too.
     */
    static List<String> rules() {
        return Rules.ALL;
    }

    /** A machine is made for them once: every scenario is checked against the same ones. */
    private static final class Rules {
        private static final List<String> ALL = all();

        private static List<String> all() {
            ServiceTable table = table();
            List<String> rules = new ArrayList<>(RuleNames.of(table));
            rules.addAll(RuleNames.numbers(table));
            return List.copyOf(rules);
        }
    }

    /** Everything that the kernel exports, to whomever. */
    static ServiceTable table() {
        Scenario empty =
                ScenarioReader.read(
                                new SourceFile("empty.scn", ""),
                                (_, _) -> {
                                    throw new IllegalStateException("nothing is included");
                                },
                                KnownNames.of(
                                        DeviceTypes.catalog(), MachineProperties.kernelSettings()),
                                Overrides.NONE)
                        .scenario()
                        .orElseThrow();
        Machine machine =
                new Machine(
                        CheckedScenario.settings(empty.machine()), DecisionSource.defaultPolicy());
        machine.attach(ApicSystem::new);
        machine.attach(new Interpreter(machine));
        CheckedScenario.Parts parts =
                new CheckedScenario.Parts(
                        empty,
                        List.of(),
                        WorkloadProgram.of(empty.workload()),
                        Optional.empty(),
                        List.of(),
                        Map.of(),
                        _ -> DeviceCatalog.TYPES.getFirst());
        MachineDevices devices =
                MachineDevices.in(machine, List.of(), parts.types(), new ArrayList<>());
        return new KernelAssembly(machine, parts, devices).kernel().table();
    }
}
