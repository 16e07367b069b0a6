package dev.dirql.kernel.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.kernel.KernelCalls;
import dev.dirql.machine.Snapshot;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegistryTest {
    private static final String SERVICES =
            "\\Registry\\Machine\\System\\CurrentControlSet\\Services";

    private final Registry registry = new Registry();

    private RegistryKey key(String path) {
        RegistryKey key = registry.find(path);
        assertThat(key).isNotNull();
        return key == null ? registry.create(path, "", 0, false, 0) : key;
    }

    @Test
    void subkeysComeInTheOrderOfTheirNamesInCapitals() {
        for (String name : List.of("beta", "_under", "Alpha", "al", "Alpha\\Deep", "gamma")) {
            registry.declare(SERVICES + "\\d\\" + name, RegistryValue.dword("V", 1));
        }

        assertThat(registry.subkeys(key(SERVICES + "\\D")))
                .extracting(RegistryKey::name)
                .containsExactly("al", "Alpha", "beta", "gamma", "_under");
    }

    @Test
    void theCurrentControlSetIsALink() {
        registry.install("d");

        RegistryKey key = key("\\registry\\machine\\system\\controlset001\\services\\D");

        assertThat(key).isSameAs(key(SERVICES + "\\d"));
        assertThat(key.path()).isEqualTo("\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\d");
        assertThat(key.values())
                .extracting(RegistryValue::name)
                .containsExactly("Type", "Start", "ErrorControl", "ImagePath");
    }

    @Test
    void aValueKeepsItsPlaceAndTheCaseOfItsFirstName() {
        registry.declare(SERVICES, RegistryValue.dword("First", 1));
        registry.declare(SERVICES, RegistryValue.dword("Second", 2));
        registry.declare(SERVICES, RegistryValue.text("FIRST", RegistryValue.SZ, "a"));

        assertThat(key(SERVICES).values())
                .containsExactly(
                        new RegistryValue("First", RegistryValue.SZ, "a\0\0\0"),
                        RegistryValue.dword("Second", 2));
    }

    @Test
    void aMomentKeepsKeysAndTheirNumbers() {
        KernelCalls calls = new KernelCalls();
        calls.machine.addMachinePart(registry);
        registry.declare(SERVICES + "\\d", RegistryValue.dword("V", 1));
        RegistryKey before = key(SERVICES + "\\d");
        Snapshot moment = calls.machine.snapshot();
        long hash = calls.machine.exactHash();

        registry.remove(before);
        registry.declare(SERVICES + "\\d", RegistryValue.dword("V", 2));
        long changed = calls.machine.exactHash();
        calls.machine.restore(moment);

        assertThat(changed).isNotEqualTo(hash);
        assertThat(calls.machine.exactHash()).isEqualTo(hash);
        assertThat(key(SERVICES + "\\d")).isEqualTo(before);
        assertThat(registry.create(SERVICES + "\\e", "", 0, false, 0).number())
                .isEqualTo(before.number() + 1);
    }
}
