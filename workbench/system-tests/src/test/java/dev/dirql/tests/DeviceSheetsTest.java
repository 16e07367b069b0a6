package dev.dirql.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.devices.Device;
import dev.dirql.devices.DeviceCatalog;
import dev.dirql.devices.DeviceType;
import dev.dirql.devices.register.Register;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code dirql devices NAME} prints of each device that dirql has. */
final class DeviceSheetsTest {
    @TempDir private Path directory = Path.of("");

    static List<DeviceType> types() {
        return DeviceCatalog.TYPES;
    }

    @ParameterizedTest
    @MethodSource("types")
    void itHasEveryRegisterFieldStimulusAndPropertyOfTheDevice(DeviceType type) {
        CommandLine.Ended ended = new CommandLine(directory).run("devices", type.name());

        String sheet = ended.out();
        Device device = DeviceCatalog.specimen(type);
        assertThat(ended.code()).isZero();
        assertThat(sheet).contains(type.description());
        for (Register register : device.registers().registers()) {
            // Those of a family, which differ by a number, share a row.
            String name = register.family();
            assertRow(sheet, name, register.description());
            register.fields().forEach(field -> assertRow(sheet, field.name(), field.description()));
            register.namedValues()
                    .forEach(value -> assertRow(sheet, value.name(), value.description()));
        }
        type.properties()
                .forEach(property -> assertRow(sheet, property.name(), property.description()));
        type.stimuli()
                .forEach(stimulus -> {
                    assertRow(sheet, stimulus.name(), stimulus.description());
                    stimulus.arguments()
                            .forEach(argument ->
                                    assertRow(sheet, argument.name(), argument.description()));
                });
    }

    private static void assertRow(String sheet, String name, String description) {
        assertThat(sheet)
                .containsPattern(
                        "(?m)^.*(?<!\\w)%s(?!\\w).*%s"
                                .formatted(Pattern.quote(name), Pattern.quote(description)));
    }
}
