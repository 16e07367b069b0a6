package dev.dirql.scenario.language;

import java.util.List;
import java.util.Optional;

/** The types of device that a scenario can declare, in the order they are listed to a person. */
public record DeviceCatalog(List<DeviceType> types) {
    public DeviceCatalog {
        types = List.copyOf(types);
    }

    public Optional<DeviceType> find(String name) {
        return types.stream().filter(type -> type.name().equals(name)).findFirst();
    }
}
