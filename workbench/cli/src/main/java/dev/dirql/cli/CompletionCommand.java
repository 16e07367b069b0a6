package dev.dirql.cli;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dirql completion}: what a shell needs to complete command lines. */
@Command(
        name = "completion",
        description = {
            "Prints a completion script for bash and zsh. Use it with:",
            "  source <(./dirql completion)"
        },
        mixinStandardHelpOptions = true)
final class CompletionCommand implements Runnable {
    private final Host host;
    @Spec private CommandSpec spec = CommandSpec.create();

    CompletionCommand(Host host) {
        this.host = host;
    }

    @Override
    public void run() {
        CommandLine program = spec.root().commandLine();
        // The launcher's own name, so that ./dirql is completed as well.
        host.out().print(AutoComplete.bash("dirql", program));
        host.out().print("\n");
    }
}
