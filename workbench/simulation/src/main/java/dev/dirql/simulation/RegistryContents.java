package dev.dirql.simulation;

import dev.dirql.kernel.registry.Registry;
import dev.dirql.kernel.registry.RegistryValue;
import dev.dirql.scenario.language.DriverDeclaration;
import dev.dirql.scenario.language.RegistryEntry;
import dev.dirql.scenario.language.Scenario;
import java.util.List;

/** The registry of a scenario's machine: its drivers are installed, and what it declares is set. */
final class RegistryContents {
    private RegistryContents() {}

    static Registry of(Scenario scenario) {
        Registry registry = new Registry();
        for (DriverDeclaration driver : scenario.drivers()) {
            registry.install(driver.name());
        }
        for (RegistryEntry entry : scenario.registry()) {
            registry.declare(entry.key(), value(entry.name(), entry.data()));
        }
        return registry;
    }

    private static RegistryValue value(String name, RegistryEntry.Data data) {
        return switch (data) {
            case RegistryEntry.Data.Whole(long number, boolean quad) ->
                    quad ? RegistryValue.qword(name, number) : RegistryValue.dword(name, number);
            case RegistryEntry.Data.Text(String text, boolean expandable) ->
                    RegistryValue.text(
                            name, expandable ? RegistryValue.EXPAND_SZ : RegistryValue.SZ, text);
            case RegistryEntry.Data.Texts(List<String> texts) -> RegistryValue.texts(name, texts);
            case RegistryEntry.Data.Binary(List<Integer> bytes) ->
                    RegistryValue.binary(name, bytes);
        };
    }
}
