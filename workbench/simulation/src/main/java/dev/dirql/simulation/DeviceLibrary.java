package dev.dirql.simulation;

import dev.dirql.devices.DeviceCatalog;
import dev.dirql.devices.DeviceType;
import dev.dirql.machine.image.Image;
import dev.dirql.scenario.language.DeviceDeclaration;
import dev.dirql.scenario.language.HardwareDeclaration;
import dev.dirql.scenario.language.Scenario;
import dev.dirql.simulation.hardware.HardwareTypes;
import dev.dirql.store.InputFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The types of device that every scenario can use: those that are always there, and those of jars.
 *
 * @param types in the order they are listed to a person
 * @param jars the jars that types were taken from
 */
public record DeviceLibrary(List<DeviceType> types, List<InputFile> jars) {
    /** What is always there. */
    public static final DeviceLibrary BUILT_IN = new DeviceLibrary(DeviceCatalog.TYPES, List.of());

    public DeviceLibrary {
        types = List.copyOf(types);
        jars = List.copyOf(jars);
    }

    /** The library with the types of a jar behind the others. */
    DeviceLibrary with(List<DeviceType> further, InputFile jar) {
        List<DeviceType> all = new ArrayList<>(types);
        all.addAll(further);
        List<InputFile> allJars = new ArrayList<>(jars);
        allJars.add(jar);
        return new DeviceLibrary(all, allJars);
    }

    /**
     * The library with the types that a scenario declares behind the others.
     *
     * @param checked a scenario that is right
     */
    public DeviceLibrary with(CheckedScenario checked) {
        List<DeviceType> all = new ArrayList<>(types);
        for (HardwareDeclaration hardware : checked.parts().orElseThrow().scenario().hardware()) {
            all.add(HardwareTypes.of(hardware, Optional.empty(), DeviceTypes::property));
        }
        return new DeviceLibrary(all, jars);
    }

    public Optional<DeviceType> find(String name) {
        return types.stream().filter(type -> type.name().equals(name)).findFirst();
    }

    /**
     * The type of a device.
     *
     * @param programs compiled C of devices of declared hardware, by the devices' names; a device
     *     whose program is missing only has registers
     */
    DeviceType of(Scenario scenario, DeviceDeclaration device, Map<String, Image> programs) {
        Optional<HardwareDeclaration> hardware = scenario.hardware(device.type().name());
        return hardware.isPresent()
                ? HardwareTypes.of(
                        hardware.get(),
                        Optional.ofNullable(programs.get(device.name())),
                        DeviceTypes::property)
                : find(device.type().name()).orElseThrow();
    }
}
