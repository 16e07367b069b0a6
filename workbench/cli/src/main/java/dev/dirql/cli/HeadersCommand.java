package dev.dirql.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dirql.cli.json.Json;
import dev.dirql.scenario.language.Overrides;
import dev.dirql.simulation.CheckedScenario;
import dev.dirql.simulation.DriverFiles;
import dev.dirql.simulation.DriverFiles.DriverFile;
import dev.dirql.simulation.ScenarioFolder;
import dev.dirql.simulation.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dirql headers}: takes the drivers of a scenario to another compiler. */
@Command(
        name = "headers",
        description = {
            "Writes what the DDK headers of mingw-w64 need to compile drivers as dirql does: a",
            "header with the declarations they lack, and definitions of the import libraries of",
            "ntoskrnl.exe and hal.dll. With a scenario, also its drivers as C files and a header",
            "with the constants of its devices; with the WDK these compile as they are."
        },
        mixinStandardHelpOptions = true)
final class HeadersCommand implements Callable<Integer> {
    private final Host host;

    @Parameters(paramLabel = "DIR", description = "Where to write; made if it is not there.")
    private String directory = "";

    @Option(names = "--scenario", paramLabel = "FILE", description = "Write its drivers, too.")
    private String scenario = "";

    @Mixin private OverrideOptions overrides = new OverrideOptions();

    @Mixin private DeviceOptions deviceOptions = new DeviceOptions();

    @Option(names = "--json", description = "One JSON document.")
    private boolean json;

    HeadersCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        if (directory.isBlank()) {
            throw new UserError("'%s' is no name for a directory.".formatted(directory));
        }
        List<DriverFile> files = new ArrayList<>(DriverFiles.ofEveryDriver());
        Overrides said = overrides.overrides();
        if (!scenario.isEmpty()) {
            files.addAll(DriverFiles.of(checked(said)));
        } else if (!said.equals(Overrides.NONE)) {
            throw new UserError(
                    "--set, --processors and --seed say something of a scenario: name it with"
                            + " --scenario FILE.");
        }
        Path top = host.resolve(directory);
        files.forEach(file -> mayBeWritten(top, file));
        ObjectNode document = Json.document("headers");
        ArrayNode names = document.putArray("files");
        for (DriverFile file : files) {
            write(top.resolve(file.path()), file.text());
            String name = directory + "/" + file.path();
            names.add(name);
            if (!json) {
                host.out().println("wrote " + name);
            }
        }
        if (json) {
            Json.print(host.out(), document);
        }
        return ExitCode.SUCCESS;
    }

    private CheckedScenario checked(Overrides said) {
        CheckedScenario checked =
                CheckedScenario.check(
                        ScenarioFolder.open(host.directory(), scenario),
                        said,
                        deviceOptions.library(host));
        Scenarios.show(host, checked);
        if (!checked.isRight()) {
            throw new UserError(Scenarios.summary(checked) + "; nothing was written.");
        }
        return checked;
    }

    /** Nothing is written unless everything can be; what somebody else wrote is left alone. */
    private void mayBeWritten(Path top, DriverFile file) {
        Path target = top.resolve(file.path());
        if (Files.notExists(target)) {
            return;
        }
        String old;
        try {
            old = Files.readString(target, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            old = "";
        }
        byte[] text = file.text().getBytes(StandardCharsets.UTF_8);
        boolean same = old.equals(new String(text, StandardCharsets.ISO_8859_1));
        if (!same && !(file.remade() && old.contains(DriverFiles.MADE))) {
            throw new UserError(
                    "%s/%s: there is another one already, and it is left alone; nothing was written. Choose another directory, or take it away."
                            .formatted(directory, file.path()));
        }
    }

    private void write(Path target, String text) {
        try {
            Path folder = target.getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Files.writeString(target, text);
        } catch (FileAlreadyExistsException e) {
            throw new UserError("%s: it is no directory.".formatted(directory));
        } catch (AccessDeniedException e) {
            throw new UserError("%s: permission denied.".formatted(directory));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
