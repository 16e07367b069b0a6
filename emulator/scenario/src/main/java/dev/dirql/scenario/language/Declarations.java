package dev.dirql.scenario.language;

import dev.dirql.scenario.language.ScenarioParser.DeviceContext;
import dev.dirql.scenario.language.ScenarioParser.DriverContext;
import dev.dirql.scenario.language.ScenarioParser.ExpectContext;
import dev.dirql.scenario.language.ScenarioParser.HardwareContext;
import dev.dirql.scenario.language.ScenarioParser.MachineContext;
import dev.dirql.scenario.language.ScenarioParser.ParameterContext;
import dev.dirql.scenario.language.ScenarioParser.RegistryContext;
import dev.dirql.scenario.language.ScenarioParser.WorkloadContext;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.CommonTokenStream;

/**
 * The declarations of a scenario and its includes as they were written, in order; each is whole, if
 * perhaps with gaps inside.
 */
final class Declarations {
    /** An expect block and the tokens of its file. */
    record Expect(ExpectContext block, CommonTokenStream tokens) {}

    private String title = "";
    private final ScenarioReader.NameSpace names;
    private final List<ParameterContext> parameters = new ArrayList<>();
    private final List<MachineContext> machines = new ArrayList<>();
    private final List<HardwareContext> hardware = new ArrayList<>();
    private final List<DeviceContext> devices = new ArrayList<>();
    private final List<DriverContext> drivers = new ArrayList<>();
    private final List<RegistryContext> registries = new ArrayList<>();
    private final List<WorkloadContext> workloads = new ArrayList<>();
    private final List<Expect> expects = new ArrayList<>();

    Declarations(Problems problems) {
        this.names = new ScenarioReader.NameSpace(problems);
    }

    void setTitle(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    ScenarioReader.NameSpace names() {
        return names;
    }

    List<ParameterContext> parameters() {
        return parameters;
    }

    List<MachineContext> machines() {
        return machines;
    }

    List<HardwareContext> hardware() {
        return hardware;
    }

    List<DeviceContext> devices() {
        return devices;
    }

    List<DriverContext> drivers() {
        return drivers;
    }

    List<RegistryContext> registries() {
        return registries;
    }

    List<WorkloadContext> workloads() {
        return workloads;
    }

    List<Expect> expects() {
        return expects;
    }
}
