package dev.dirql.simulation;

import dev.dirql.devices.Device;
import dev.dirql.devices.DeviceConstant;
import dev.dirql.devices.DeviceType;
import dev.dirql.kernel.headers.DdkSupplement;
import dev.dirql.kernel.services.ImportDefinitions;
import dev.dirql.scenario.language.DeviceDeclaration;
import dev.dirql.scenario.language.DriverDeclaration;
import dev.dirql.scenario.language.ParameterDeclaration;
import dev.dirql.scenario.language.Scenario;
import dev.dirql.scenario.source.SourceFile;
import dev.dirql.store.InputFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** The files with which another compiler makes a driver of what a scenario's C says. */
public final class DriverFiles {
    /** Stands in every file that is made anew each time. */
    public static final String MADE = "Made by dirql headers";

    /**
     * A file.
     *
     * @param path where it belongs, from the folder of all of them, with forward slashes
     * @param remade nobody edits it: an older one that says {@link DriverFiles#MADE} is replaced
     */
    public record DriverFile(String path, String text, boolean remade) {}

    private DriverFiles() {}

    /** What every driver needs: the header and the definitions of the import libraries. */
    public static List<DriverFile> ofEveryDriver() {
        List<DriverFile> files = new ArrayList<>();
        files.add(
                new DriverFile(
                        DdkSupplement.FILE,
                        "/* %s. */\n%s".formatted(MADE, DdkSupplement.text()),
                        true));
        ImportDefinitions.of(Ddis.table())
                .forEach((name, text) ->
                        files.add(new DriverFile(name, "; %s.\n%s".formatted(MADE, text), true)));
        return files;
    }

    /**
     * The constants of a scenario's machine, its drivers, and the files that these include.
     *
     * @param checked a scenario that is right
     */
    public static List<DriverFile> of(CheckedScenario checked) {
        CheckedScenario.Parts parts = checked.parts().orElseThrow();
        Scenario scenario = parts.scenario();
        String folder = folder(scenario.file().name());
        String constants = baseName(scenario.file().name()) + "-devices.h";
        List<DriverFile> files = new ArrayList<>();
        files.add(new DriverFile(constants, constants(scenario, parts.types()), true));
        for (DriverDeclaration driver : scenario.drivers()) {
            String source = driver.source().file().name().substring(folder.length());
            files.add(
                    new DriverFile(
                            folder(source) + driver.name() + ".c",
                            driver(driver, constants),
                            false));
        }
        for (InputFile input : parts.inputs()) {
            if (scenario.files().stream().noneMatch(file -> file.name().equals(input.name()))) {
                files.add(
                        new DriverFile(
                                input.name().substring(folder.length()),
                                new String(input.content(), StandardCharsets.UTF_8),
                                false));
            }
        }
        return files;
    }

    private static String constants(
            Scenario scenario, Function<DeviceDeclaration, DeviceType> types) {
        String guard =
                "DIRQL_"
                        + baseName(scenario.file().name())
                                .toUpperCase(Locale.ROOT)
                                .replaceAll("[^A-Z0-9]", "_")
                        + "_DEVICES_H";
        StringBuilder out = new StringBuilder();
        out.append(
                """
                /*
                 * %s from %s: the constants of its devices, and its parameters.
                 * A driver of a real device takes addresses and vectors from that device's resources.
                 */
                #ifndef %s
                #define %3$s
                """
                        .formatted(MADE, inComment(fileName(scenario.file().name())), guard));
        for (Device device : CheckedScenario.devices(scenario, types, new ArrayList<>())) {
            String type = scenario.device(device.name()).type().name();
            out.append("\n/* %s: %s */\n".formatted(device.name(), type));
            for (DeviceConstant constant : device.constants()) {
                out.append(constant.definition()).append(comment(constant.description()));
            }
        }
        if (!scenario.parameters().isEmpty()) {
            out.append("\n/* Parameters. */\n");
        }
        for (ParameterDeclaration parameter : scenario.parameters()) {
            out.append("#define %s %s\n".formatted(parameter.name(), parameter.cText()));
        }
        return out.append("\n#endif\n").toString();
    }

    private static String driver(DriverDeclaration driver, String constants) {
        SourceFile file = driver.source().file();
        // The last line holds only the closing brace's indentation, which would count as margin.
        String body = driver.source().text().stripTrailing().stripIndent();
        return """
        /* Driver %s of %s. */
        #include <ntddk.h>
        #include "%s"
        #include "%s"

        %s
        """
                .formatted(
                        driver.name(),
                        inComment(fileName(file.name())),
                        DdkSupplement.FILE,
                        constants,
                        body.replaceFirst("^\\s*\\n", ""));
    }

    private static String comment(String description) {
        return description.isEmpty() ? "\n" : "  /* %s */\n".formatted(inComment(description));
    }

    private static String inComment(String text) {
        return text.replace("*/", "* /");
    }

    /** The folder of a file with its slash, or nothing. */
    private static String folder(String name) {
        return name.substring(0, name.lastIndexOf('/') + 1);
    }

    private static String fileName(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    private static String baseName(String name) {
        String file = fileName(name);
        return file.endsWith(".scn") ? file.substring(0, file.length() - 4) : file;
    }
}
