package dev.dirql.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dirql trace}: looks at what was recorded. */
@Command(
        name = "trace",
        description = "Looks at recorded traces.",
        mixinStandardHelpOptions = true,
        subcommands = {
            TraceShowCommand.class,
            TraceLocksCommand.class,
            TraceDiffCommand.class,
            TraceListCommand.class,
            TracePruneCommand.class
        })
final class TraceCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "say what to do: show, locks, diff, list or prune");
    }
}
