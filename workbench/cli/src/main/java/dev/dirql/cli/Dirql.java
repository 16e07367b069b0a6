package dev.dirql.cli;

import dev.dirql.console.ConsoleError;
import dev.dirql.scenario.source.Names;
import dev.dirql.simulation.UserError;
import dev.dirql.store.TraceException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program: takes a command line and gives an exit code. */
@Command(
        name = "dirql",
        description = {
            "Runs Windows driver code that is hard to get right (interrupt service routines, DPCs,",
            "spin locks) on an emulated multiprocessor machine, records every lock, replays"
                    + " exactly."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Dirql.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RunCommand.class,
            ReplayCommand.class,
            DebugCommand.class,
            AttachCommand.class,
            TraceCommand.class,
            TestCommand.class,
            CheckCommand.class,
            NewCommand.class,
            DevicesCommand.class,
            DdisCommand.class,
            HeadersCommand.class,
            CompletionCommand.class,
            WarmUpCommand.class,
            HelpCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything held, or everything was equal",
            "1:an expectation failed, or two things differ",
            "2:something you named is wrong: an option, a scenario, a trace, a file",
            "3:our own fault, or the host's, such as a full disk",
            "130:stopped with Ctrl-C; what was recorded is kept"
        },
        footer = {"", "See the options of a command with: dirql COMMAND --help"})
public final class Dirql implements Runnable {
    private final Host host;
    @Spec private CommandSpec spec = CommandSpec.create();

    Dirql(Host host) {
        this.host = host;
    }

    /** Without a command: says which there are. */
    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "name a command, such as: run scripts/using-spin-locks.scn");
    }

    /**
     * Does what a command line says, as a program started in a directory without a terminal does.
     *
     * @return the exit code
     */
    public static int run(Path directory, PrintStream out, PrintStream err, String... args) {
        Host host = new Host(out, err, false, false, directory, Map.of(), "dirql", new Interrupt());
        return new Dirql(host).run(args);
    }

    /** Does what a command line says, and gives the exit code. Nothing is thrown. */
    int run(String... args) {
        CommandLine line = commandLine();
        line.setOut(new PrintWriter(host.out(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(host.err(), true, StandardCharsets.UTF_8));
        line.setColorScheme(
                CommandLine.Help.defaultColorScheme(
                        host.style().colour()
                                ? CommandLine.Help.Ansi.ON
                                : CommandLine.Help.Ansi.OFF));
        line.setParameterExceptionHandler((e, _) -> wrongUsage(e));
        line.setExecutionExceptionHandler((e, _, parsed) -> failed(e, parsed));
        try {
            return line.execute(args);
        } catch (StackOverflowError | OutOfMemoryError e) {
            return hostFailed(e);
        }
    }

    CommandLine commandLine() {
        CommandLine program = new CommandLine(this, new CommandFactory(host));
        program.getSubcommands().values().forEach(Dirql::withoutVersion);
        return program.registerConverter(Integer.class, text -> number(text, Integer::valueOf))
                .registerConverter(int.class, text -> number(text, Integer::valueOf))
                .registerConverter(Long.class, text -> number(text, Long::valueOf))
                .setUsageHelpWidth(100)
                .setUsageHelpAutoWidth(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setAbbreviatedOptionsAllowed(false)
                .setExpandAtFiles(false);
    }

    /** The program has a version; its commands have none of their own. */
    private static void withoutVersion(CommandLine command) {
        OptionSpec version = command.getCommandSpec().findOption("--version");
        if (version != null) {
            command.getCommandSpec().remove(version);
        }
        command.getSubcommands().values().forEach(Dirql::withoutVersion);
    }

    private static <N> N number(String text, Function<String, N> parsed) {
        try {
            return parsed.apply(text);
        } catch (NumberFormatException e) {
            throw new TypeConversionException(
                    text.matches("[+-]?\\d+")
                            ? "'%s' is too large a number".formatted(text)
                            : "'%s' is no whole number".formatted(text));
        }
    }

    private int wrongUsage(ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        String message = String.valueOf(e.getMessage()).strip();
        host.err()
                .println(
                        "dirql: "
                                + (e instanceof UnmatchedArgumentException unmatched
                                        ? tooMuch(unmatched)
                                        : oneLine(message)));
        host.err().println("See: " + command + " --help");
        return ExitCode.USAGE;
    }

    /** What to say of words that no command takes. */
    private static String tooMuch(UnmatchedArgumentException e) {
        CommandSpec command = e.getCommandLine().getCommandSpec();
        String word = e.getUnmatched().getFirst();
        List<String> known;
        String what;
        if (e.isUnknownOption()) {
            what = "%s has no option %s.".formatted(command.qualifiedName(), word);
            known = command.options().stream().map(OptionSpec::longestName).toList();
        } else if (!command.subcommands().isEmpty()) {
            what = "%s has no command '%s'.".formatted(command.qualifiedName(), word);
            known = List.copyOf(command.subcommands().keySet());
        } else {
            return "'%s' is more than %s takes.".formatted(word, command.qualifiedName());
        }
        return Names.nearest(word, known)
                .map(near -> what + " Did you mean " + near + "?")
                .orElse(what);
    }

    private static String oneLine(String message) {
        return message.replaceAll("\\s*\\R\\s*", " ");
    }

    private int failed(Exception e, ParseResult parsed) {
        return switch (e) {
            case UserError error -> complain(String.valueOf(error.getMessage()), ExitCode.USAGE);
            case ConsoleError error -> complain(String.valueOf(error.getMessage()), ExitCode.USAGE);
            case TraceException error -> traceFailed(error);
            case HostError error -> complain(String.valueOf(error.getMessage()), ExitCode.FAULT);
            case UncheckedIOException error ->
                    complain("the host failed: " + error.getMessage(), ExitCode.FAULT);
            default -> ownFault(e, parsed);
        };
    }

    private int traceFailed(TraceException e) {
        int code =
                switch (e.kind()) {
                    case DISK_FULL, INPUT_OUTPUT -> ExitCode.FAULT;
                    case MISSING,
                            NOT_A_TRACE,
                            NEWER,
                            TRUNCATED,
                            CORRUPT,
                            PERMISSION,
                            EXISTS,
                            LIMIT ->
                            ExitCode.USAGE;
                };
        return complain(String.valueOf(e.getMessage()), code);
    }

    private int complain(String message, int code) {
        host.out().flush();
        host.err().println("dirql: " + message);
        return code;
    }

    /** A fault of ours is said to be one, with what helps to mend it. */
    private int ownFault(Exception e, ParseResult parsed) {
        host.out().flush();
        host.err().println("dirql: this is a fault of dirql itself, not of your input: " + e);
        if (host.isDebug()) {
            e.printStackTrace(host.err());
        } else {
            host.err()
                    .println(
                            "Please report it with the command line ("
                                    + String.join(" ", parsed.originalArgs())
                                    + ") and what DIRQL_DEBUG=1 shows.");
        }
        return ExitCode.FAULT;
    }

    private int hostFailed(Error e) {
        host.out().flush();
        host.err()
                .println(
                        e instanceof OutOfMemoryError
                                ? "dirql: Java has not enough memory for this. Give it more, as in"
                                        + " DIRQL_JAVA_OPTIONS=-Xmx8g, or run less."
                                : "dirql: the input is nested too deeply to be worked on.");
        return ExitCode.FAULT;
    }

    /** What {@code --version} prints. */
    static final class Version implements IVersionProvider {
        /** Version of this build. */
        static String number() {
            String version = Dirql.class.getPackage().getImplementationVersion();
            return version == null ? "development" : version;
        }

        @Override
        public String[] getVersion() {
            return new String[] {"dirql " + number(), "Java " + Runtime.version()};
        }
    }
}
