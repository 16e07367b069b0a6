package dev.dirql.cli;

import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where the process starts. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        // Reports are the same on every host.
        Locale.setDefault(Locale.ROOT);
        // For a plain "java -jar"; the launcher gives the same as options.
        quietChronicle();
        String terminals = System.getProperty("dirql.terminal");
        boolean consoleIsTerminal = terminals == null && isConsoleTerminal();
        boolean outIsTerminal = terminals == null ? consoleIsTerminal : terminals.contains("out");
        boolean errIsTerminal = terminals == null ? consoleIsTerminal : terminals.contains("err");
        Interrupt interrupt = new Interrupt();
        interrupt.install();
        ResultStream results = new ResultStream(new FileOutputStream(FileDescriptor.out));
        PrintStream out = stream(results, outIsTerminal);
        PrintStream err = stream(new FileOutputStream(FileDescriptor.err), true);
        Host host =
                new Host(
                        out,
                        err,
                        outIsTerminal,
                        errIsTerminal,
                        Path.of(""),
                        System.getenv(),
                        System.getProperty("dirql.command", "java -jar dirql.jar"),
                        interrupt);
        int code = new Dirql(host).run(args);
        out.flush();
        if (results.lost().isPresent()) {
            err.println("dirql: the output cannot be written: " + results.lost().get() + ".");
            code = ExitCode.FAULT;
        }
        err.flush();
        interrupt.exit(interrupt.isRequested() ? ExitCode.INTERRUPTED : code);
    }

    // Without a terminal there is no console: JDK 25 gives null again.
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isConsoleTerminal() {
        @Nullable Console console = System.console();
        return console != null && console.isTerminal();
    }

    private static void quietChronicle() {
        for (String part : new String[] {"analytics.disable", "disk.monitor.disable"}) {
            System.setProperty("chronicle." + part, "true");
        }
        System.setProperty("chronicle.announcer.disable", "true");
    }

    private static PrintStream stream(OutputStream target, boolean flushLines) {
        return new PrintStream(
                new BufferedOutputStream(target, 1 << 16), flushLines, StandardCharsets.UTF_8);
    }
}
