package dev.dirql.simulation;

import dev.dirql.devices.apic.ApicSystem;
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
                        Map.of());
        MachineDevices devices = MachineDevices.in(machine, List.of(), new ArrayList<>());
        return new KernelAssembly(machine, parts, devices).kernel().table();
    }
}
