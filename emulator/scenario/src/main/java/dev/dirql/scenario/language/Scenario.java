package dev.dirql.scenario.language;

import dev.dirql.scenario.source.SourceFile;
import java.util.List;
import java.util.Optional;

/**
 * A scenario, checked and evaluated: nothing in it needs its text again, except the C of the
 * drivers.
 *
 * @param title empty if it has none
 * @param file the file that was named by the user
 * @param files every file read: the scenario, its includes, its C files
 * @param hardware types of device that the scenario declares itself
 * @param drivers in the order of declaration; the order in which they are loaded
 * @param registry the values that the registry has at the beginning, besides those of Windows
 * @param workload without threads and stimuli if none is declared
 * @param expects the scenario has an expect block. Without one it expects no finding of severity
 *     error, no bug check, and every request completed.
 */
public record Scenario(
        String title,
        SourceFile file,
        List<SourceFile> files,
        List<ParameterDeclaration> parameters,
        MachineDeclaration machine,
        List<HardwareDeclaration> hardware,
        List<DeviceDeclaration> devices,
        List<DriverDeclaration> drivers,
        List<RegistryEntry> registry,
        Workload workload,
        boolean expects,
        List<Expectation> expectations) {
    public Scenario {
        files = List.copyOf(files);
        parameters = List.copyOf(parameters);
        hardware = List.copyOf(hardware);
        devices = List.copyOf(devices);
        drivers = List.copyOf(drivers);
        registry = List.copyOf(registry);
        expectations = List.copyOf(expectations);
    }

    /** The declared type of device of that name, if the scenario declares one. */
    public Optional<HardwareDeclaration> hardware(String name) {
        return hardware.stream().filter(one -> one.name().equals(name)).findFirst();
    }

    /** The device of that name, which must be declared. */
    public DeviceDeclaration device(String name) {
        return devices.stream()
                .filter(device -> device.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
