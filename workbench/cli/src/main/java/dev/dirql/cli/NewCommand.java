package dev.dirql.cli;

import dev.dirql.simulation.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code dirql new}: a first scenario to start from. */
@Command(
        name = "new",
        description = "Writes a commented first scenario that runs.",
        mixinStandardHelpOptions = true)
final class NewCommand implements Callable<Integer> {
    private static final String TEMPLATE = "/dev/dirql/cli/first.scn";

    private final Host host;

    @Parameters(
            paramLabel = "NAME",
            description = "Name of the scenario; .scn is added if it is not there.")
    private String name = "";

    NewCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        String file = name.endsWith(".scn") ? name : name + ".scn";
        Path target = host.resolve(file);
        Path base = target.getFileName();
        if (base == null || name.isBlank() || file.endsWith("/.scn") || file.equals(".scn")) {
            throw new UserError("'%s' is no name for a file.".formatted(name));
        }
        String title = base.toString().replace(".scn", "").replace("\"", "").replace("\\", "");
        TextFile.writeNew(target, file, template().replace("@TITLE@", title));
        host.out()
                .println(
                        "Wrote "
                                + file
                                + ". Run it with: "
                                + host.command()
                                + " run "
                                + Host.quoted(file));
        return ExitCode.SUCCESS;
    }

    /** The text of the first scenario. */
    static String template() {
        try (InputStream in = NewCommand.class.getResourceAsStream(TEMPLATE)) {
            if (in == null) {
                throw new IllegalStateException(TEMPLATE + " is missing from the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
