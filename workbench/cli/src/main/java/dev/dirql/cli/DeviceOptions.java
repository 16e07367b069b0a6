package dev.dirql.cli;

import dev.dirql.simulation.DeviceJar;
import dev.dirql.simulation.DeviceLibrary;
import java.util.List;
import picocli.CommandLine.Option;

/** Option that says where further types of device are. */
final class DeviceOptions {
    @Option(
            names = "--devices",
            paramLabel = "FILE.jar",
            description = "Take further types of device from this jar; may be repeated.")
    private List<String> jars = List.of();

    boolean isEmpty() {
        return jars.isEmpty();
    }

    /** The types of device that are always there, and those of the jars. */
    DeviceLibrary library(Host host) {
        DeviceLibrary library = DeviceLibrary.BUILT_IN;
        for (String jar : jars) {
            library = DeviceJar.load(library, host.resolve(jar), jar);
        }
        return library;
    }
}
