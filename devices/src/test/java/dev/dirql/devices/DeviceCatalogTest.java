package dev.dirql.devices;

import static dev.dirql.devices.DeviceFixture.number;
import static dev.dirql.devices.DeviceFixture.yes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dirql.devices.apic.ApicSystem;
import dev.dirql.devices.register.Register;
import dev.dirql.machine.DecisionSource;
import dev.dirql.machine.Machine;
import dev.dirql.machine.MachineSettings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class DeviceCatalogTest {
    static List<DeviceType> types() {
        return DeviceCatalog.TYPES;
    }

    @ParameterizedTest
    @MethodSource("types")
    void everyTypeDescribesItself(DeviceType type) {
        Device device = DeviceCatalog.specimen(type);

        assertThat(type.description()).endsWith(".");
        assertThat(type.properties()).allMatch(property -> property.description().endsWith("."));
        assertThat(type.stimuli()).allMatch(stimulus -> stimulus.description().endsWith("."));
        assertThat(device.registers().registers()).isNotEmpty();
        for (Register register : device.registers().registers()) {
            assertThat(register.description()).as(register.name()).endsWith(".");
            assertThat(register.fields()).allMatch(field -> field.description().endsWith("."));
            assertThat(register.namedValues()).allMatch(v -> v.description().endsWith("."));
        }
        assertThat(DeviceCatalog.find(type.name())).contains(type);
        assertThat(DeviceCatalog.constantNames(type))
                .contains("VECTOR", "IRQL", "AFFINITY", "MODE", "PORT_BASE")
                .doesNotHaveDuplicates();
    }

    static List<DeviceType> typesWithInterruptEnable() {
        return types().stream()
                .filter(type -> !type.isPci())
                .filter(type ->
                        DeviceCatalog.specimen(type)
                                .registers()
                                .registers()
                                .getFirst()
                                .fields()
                                .stream()
                                .anyMatch(field -> field.name().equals("INTERRUPT_ENABLE")))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("typesWithInterruptEnable")
    void everyTypeInterruptsWhenItIsRaisedAndItsInterruptEnabled(DeviceType type) {
        DeviceFixture fixture = DeviceFixture.levelSensitive(type.name(), "device");
        String first = fixture.device.registers().registers().getFirst().name();
        long enable =
                fixture.device.registers().registers().getFirst().fields().stream()
                        .filter(field -> field.name().equals("INTERRUPT_ENABLE"))
                        .findFirst()
                        .orElseThrow()
                        .mask();
        fixture.test.handler =
                (processor, _) -> {
                    fixture.write(4, 0xFFFF_FFFFL);
                    processor.interruptUnit().endOfInterrupt();
                };
        fixture.write(0, enable);

        fixture.device.apply(new InterruptStimulus.Raise());
        fixture.test.run();

        assertThat(first).isIn("CONTROL", "COMMAND");
        assertThat(fixture.test.taken).containsExactly("cpu0 0x51");
    }

    @Test
    void theConstantsOfADeviceAreWhatItsDriverIsTold() {
        DeviceFixture disk = DeviceFixture.levelSensitive("BusMasterDisk", "disk");

        List<String> lines =
                disk.device.constants().stream().map(DeviceConstant::definition).toList();

        assertThat(lines)
                .contains(
                        "#define DISK_COMMAND ((PULONG)0xFFFFA00000000000ULL)",
                        "#define DISK_STATUS ((PULONG)0xFFFFA00000000004ULL)",
                        "#define DISK_DONE 0x2UL",
                        "#define DISK_INTERRUPT_ENABLE 0x100UL",
                        "#define DISK_BAD_ADDRESS 0x5UL",
                        "#define DISK_PHYSICAL_BASE 0xFE000000ULL",
                        "#define DISK_PORT_BASE 0x0UL",
                        "#define DISK_REGISTERS_SIZE 0x24UL",
                        "#define DISK_VECTOR 0x51UL",
                        "#define DISK_IRQL ((KIRQL)5)",
                        "#define DISK_AFFINITY ((KAFFINITY)0x1ULL)",
                        "#define DISK_MODE LevelSensitive");
        assertThat(DeviceFixture.of("BusMasterDisk", "d", "message", yes()).device.constants())
                .anyMatch(constant -> constant.definition().equals("#define D_MODE Latched"));
    }

    @Test
    void aDeviceWithoutLineOrMessageIsPolled() {
        DeviceFixture timer = DeviceFixture.of("IntervalTimer", "timer");
        timer.write(8, 100);
        timer.write(0, 5);

        timer.test.run();

        assertThat(timer.read(4)).isEqualTo(1);
        assertThat(timer.test.taken).isEmpty();
        assertThat(timer.device.line()).isEqualTo(-1);
    }

    @Test
    void wrongPropertiesAreRefusedWithTheirCure() {
        assertThatThrownBy(() -> DeviceFixture.of("Disk", "disk"))
                .hasMessageStartingWith(
                        "device disk: no device type 'Disk'; known: IntervalTimer, BusMasterDisk");
        assertThatThrownBy(() -> DeviceFixture.of("IntervalTimer", "t", "speed", number(1)))
                .hasMessage(
                        "device t: IntervalTimer has no property 'speed'; known: ports, line,"
                                + " message, passive, affinity, processors");
        assertThatThrownBy(() ->
                        DeviceFixture.of(
                                "BusMasterDisk", "d", "fill", new PropertyValue.Word("ones")))
                .hasMessageContaining("fill is zeroes or sector-numbers, not");
        assertThatThrownBy(() -> DeviceFixture.latched("BusMasterDisk", "d", "message", yes()))
                .hasMessage("device d has both a line and messages; take one away");
    }

    @Test
    void twoDevicesCannotHaveOneAddress() {
        Machine machine = new Machine(MachineSettings.of(1), DecisionSource.defaultPolicy());
        machine.attach(ApicSystem::new);
        DeviceResources resources =
                new DeviceResources(0xFE00_0000L, 0xFFFF_A000_0000_0000L, 0x51, 5, 1);
        DeviceCatalog.create("IntervalTimer", "a", Map.of(), machine, resources);

        assertThatThrownBy(() ->
                        DeviceCatalog.create("IntervalTimer", "b", Map.of(), machine, resources))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("overlaps");
    }
}
