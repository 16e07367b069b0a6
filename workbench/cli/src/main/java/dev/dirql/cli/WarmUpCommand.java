package dev.dirql.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Does once what users do, while the launcher has the JVM note what is loaded for it. */
@Command(name = "warm-up", hidden = true, description = "Used by the launcher after a build.")
final class WarmUpCommand implements Callable<Integer> {
    private final Host host;

    @Parameters(paramLabel = "DIR", description = "An empty directory to work in.")
    private String directory = "";

    WarmUpCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        Path scenario = host.resolve(directory).resolve("warm-up.scn");
        String trace = host.resolve(directory).resolve("warm-up-trace").toString();
        try {
            Files.writeString(scenario, NewCommand.template().replace("@TITLE@", "warm-up"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Dirql program = new Dirql(host);
        program.run("--help");
        program.run("run", "--trace", trace, "--seed", "1", scenario.toString());
        program.run("run", "--no-trace", "--json", scenario.toString());
        program.run("replay", trace);
        program.run("trace", "show", trace);
        program.run("trace", "show", "--json", trace);
        program.run("trace", "locks", trace);
        return ExitCode.SUCCESS;
    }
}
