package dev.dirql.cli;

import dev.dirql.console.ConsoleLimits;
import dev.dirql.console.ConsoleRoom;
import dev.dirql.console.gdb.GdbServer;
import dev.dirql.console.gdb.symbols.SymbolFile;
import dev.dirql.console.server.ConsoleServer;
import dev.dirql.console.server.ConsoleToken;
import dev.dirql.console.server.TlsFiles;
import dev.dirql.debugger.CheckpointLimits;
import dev.dirql.debugger.DebugSession;
import dev.dirql.simulation.CheckedScenario;
import dev.dirql.simulation.DeviceLibrary;
import dev.dirql.simulation.OpenRun;
import dev.dirql.simulation.Replay;
import dev.dirql.simulation.ScenarioFolder;
import dev.dirql.simulation.Simulation;
import dev.dirql.simulation.UserError;
import dev.dirql.store.TraceReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dirql debug}: holds a run for debuggers that connect. */
@Command(
        name = "debug",
        description =
                "Opens a scenario or a trace for a debugger, halted before its first step. Connect"
                        + " with: dirql attach HOST:PORT",
        mixinStandardHelpOptions = true)
final class DebugCommand implements Callable<Integer> {
    private final Host host;

    @Parameters(
            paramLabel = "SCENARIO|TRACE",
            description = "Scenario file, or the directory of a trace.")
    private String target = "";

    @Option(
            names = "--console",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:7000",
            description =
                    "Where the console listens (default: ${DEFAULT-VALUE}); port 0 is any free one.")
    private String console = "";

    @Option(
            names = "--gdb",
            paramLabel = "HOST:PORT",
            description =
                    "Where gdb can attach (target remote HOST:PORT): a loopback address, as the"
                            + " protocol has no authentication; port 0 is any free one.")
    private @Nullable String gdb;

    @Option(
            names = "--symbols",
            paramLabel = "FILE",
            description =
                    "Where the symbols for gdb (symbol-file FILE) are written; with --gdb and"
                            + " without this, to a temporary file.")
    private @Nullable String symbols;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "The token that clients have to show; a new one is written if there is no such"
                            + " file. Without this a new one is printed.")
    private @Nullable String tokenFile;

    @Option(
            names = "--listen-remote",
            description = "Allow an address that others can reach; needs TLS.")
    private boolean listenRemote;

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "Certificate chain of this server, PEM.")
    private @Nullable String certificate;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description = "Its private key, PEM (PKCS #8, not encrypted).")
    private @Nullable String key;

    @Mixin private OverrideOptions overrideOptions = new OverrideOptions();

    @Mixin private DeviceOptions deviceOptions = new DeviceOptions();

    DebugCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        InetSocketAddress address = Endpoint.parse(console);
        Optional<TlsFiles> tls = tls();
        if (address.isUnresolved()) {
            throw new UserError("There is no host " + address.getHostString() + ".");
        }
        if (!address.getAddress().isLoopbackAddress() && !listenRemote) {
            throw new UserError(
                    "%s can be reached by others. If that is meant, say --listen-remote with"
                                    .formatted(console)
                            + " --tls-cert FILE and --tls-key FILE.");
        }
        if (listenRemote && tls.isEmpty()) {
            throw new UserError("--listen-remote needs --tls-cert FILE and --tls-key FILE.");
        }
        DeviceLibrary library = deviceOptions.library(host);
        if (!Files.isDirectory(host.resolve(target))) {
            Simulation simulation =
                    Scenarios.assemble(
                            host,
                            ScenarioFolder.open(host.directory(), target),
                            overrideOptions.overrides(),
                            library);
            return serve(
                    () -> simulation.open(Optional.empty(), Dirql.Version.number()), address, tls);
        }
        try (TraceReader reader = TraceReader.open(host.resolve(target))) {
            Replay.requireJars(reader, library);
            CheckedScenario checked = Replay.recorded(reader, library);
            Scenarios.show(host, checked);
            Replay replay = Replay.of(reader, Scenarios.require(checked));
            return serve(replay::open, address, tls);
        }
    }

    private Optional<TlsFiles> tls() {
        if (certificate == null && key == null) {
            return Optional.empty();
        }
        if (certificate == null || key == null) {
            throw new UserError("--tls-cert and --tls-key go together.");
        }
        return Optional.of(new TlsFiles(host.resolve(certificate), host.resolve(key)));
    }

    private int serve(
            Supplier<? extends OpenRun> opener, InetSocketAddress address, Optional<TlsFiles> tls)
            throws IOException, InterruptedException {
        ConsoleToken token =
                tokenFile == null
                        ? ConsoleToken.random()
                        : ConsoleToken.inFile(host.resolve(tokenFile));
        String gdbAt = gdb;
        CountDownLatch over = new CountDownLatch(1);
        try (DebugSession session = new DebugSession(opener, CheckpointLimits.standard())) {
            opened(session);
            try (ConsoleRoom room = new ConsoleRoom(session, over::countDown);
                    ConsoleServer server =
                            new ConsoleServer(room, address, token, tls, ConsoleLimits.standard());
                    @Nullable GdbServer gdbServer =
                            gdbAt == null
                                    ? null
                                    : new GdbServer(session, room, Endpoint.parse(gdbAt))) {
                host.out().println("listening console " + ConsoleServer.text(server.address()));
                if (gdbServer != null) {
                    host.out().println("listening gdb " + ConsoleServer.text(gdbServer.address()));
                }
                if (gdbServer != null || symbols != null) {
                    host.out().println("symbols " + writeSymbols(session));
                }
                if (tokenFile == null) {
                    host.out().println("token " + token.text());
                }
                host.out().flush();
                while (!host.interrupt().isRequested() && !over.await(100, TimeUnit.MILLISECONDS)) {
                    // Clients do the rest.
                }
                // What was said last is still to be sent.
                session.halt();
            }
        }
        return ExitCode.SUCCESS;
    }

    private Path writeSymbols(DebugSession session) throws IOException {
        byte[] file =
                session.ask(debugger ->
                                SymbolFile.of(
                                        debugger.inspection(), folder(debugger.run().scenario())))
                        .join();
        if (symbols != null) {
            return Files.write(host.resolve(symbols), file);
        }
        Path temporary = Files.createTempFile("dirql-", ".symbols");
        temporary.toFile().deleteOnExit();
        return Files.write(temporary, file);
    }

    /** Source files are named as they are from the scenario's folder. */
    private String folder(String scenario) {
        Path file = host.resolve(scenario).toAbsolutePath().normalize();
        Path folder = file.getParent();
        return (folder == null ? file : folder).toString();
    }

    private static void opened(DebugSession session) {
        try {
            session.opened().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
