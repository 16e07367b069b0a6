package dev.dirql.cli;

import dev.dirql.console.client.ConsoleClient;
import dev.dirql.console.server.ConsoleToken;
import dev.dirql.simulation.UserError;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dirql attach}: a terminal for a console. */
@Command(
        name = "attach",
        description =
                "Connects to a console that dirql debug opened. Reads commands from the terminal,"
                        + " with history and completion, or from a pipe.",
        mixinStandardHelpOptions = true)
final class AttachCommand implements Callable<Integer> {
    private final Host host;

    @Parameters(paramLabel = "HOST:PORT", description = "Where the console listens.")
    private String address = "";

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "File with the token; else DIRQL_TOKEN in the environment is shown.")
    private @Nullable String tokenFile;

    @Option(
            names = "--tls-ca",
            paramLabel = "FILE",
            description = "Use TLS, and trust the certificates in this file (PEM).")
    private @Nullable String authorities;

    AttachCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        InetSocketAddress to = Endpoint.parse(address);
        if (to.isUnresolved()) {
            throw new UserError("There is no host " + to.getHostString() + ".");
        }
        String token = token();
        Optional<Path> trusted = Optional.ofNullable(authorities).map(host::resolve);
        if (host.outIsTerminal() && !host.isDumbTerminal() && isInputTerminal()) {
            return AttachTerminal.run(host, to, token, trusted);
        }
        return pipe(to, token, trusted);
    }

    // Without a terminal there is no console: JDK 25 gives null again.
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isInputTerminal() {
        @Nullable Console console = System.console();
        return console != null && console.isTerminal();
    }

    private String token() throws IOException {
        if (tokenFile != null) {
            return ConsoleToken.read(host.resolve(tokenFile)).text();
        }
        String known = host.environment().getOrDefault("DIRQL_TOKEN", "");
        if (known.isEmpty()) {
            throw new UserError(
                    "Show the token that dirql debug printed: in the environment as DIRQL_TOKEN,"
                            + " or in a file with --token-file FILE.");
        }
        return ConsoleToken.of(known).text();
    }

    /** Opens the connection, or says why there is none. */
    static ConsoleClient connect(
            InetSocketAddress to, String token, Optional<Path> trusted, Consumer<String> news) {
        try {
            return new ConsoleClient(to, token, trusted, news);
        } catch (IOException e) {
            throw new UserError(
                    "%s:%d cannot be reached: %s"
                            .formatted(to.getHostString(), to.getPort(), e.getMessage()));
        }
    }

    /** Every line of a pipe is a command; the answers follow each other. */
    private int pipe(InetSocketAddress to, String token, Optional<Path> trusted)
            throws IOException, InterruptedException {
        try (ConsoleClient client =
                connect(
                        to,
                        token,
                        trusted,
                        news -> {
                            synchronized (host) {
                                host.out().println(news);
                            }
                        })) {
            if (!print(client.answer())) {
                return ExitCode.USAGE;
            }
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (@Nullable String line = in.readLine(); line != null; line = in.readLine()) {
                client.send(line);
                if (!print(client.answer())) {
                    break;
                }
            }
            return ExitCode.SUCCESS;
        }
    }

    /** Prints an answer, and says whether another one may follow. */
    private boolean print(ConsoleClient.Reply reply) {
        synchronized (host) {
            reply.lines().forEach(host.out()::println);
            if (!reply.isLast()) {
                host.out().println("> " + reply.prompt());
            }
            host.out().flush();
        }
        return !reply.isLast();
    }
}
