package dev.dirql.cli;

import dev.dirql.console.ConsoleClientSeat;
import dev.dirql.console.client.ConsoleClient;
import dev.dirql.console.commands.CompletionText;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/** A console in a terminal: line editing, history, completion, Ctrl-C for break. */
final class AttachTerminal {
    private static final long COMPLETION_MILLISECONDS = 1500;

    /** Kept, because a logger that nobody holds forgets its level. */
    private static final Logger JLINE = Logger.getLogger("org.jline");

    private final ConsoleClient client;
    private final LineReader reader;
    private final AtomicBoolean waiting = new AtomicBoolean();

    /** Breaks that were sent while a command was done: their answers come behind its own. */
    private final AtomicInteger breaks = new AtomicInteger();

    /** Answers still to come that nobody waits for any more. */
    private int unwanted;

    private AttachTerminal(ConsoleClient client, LineReader reader) {
        this.client = client;
        this.reader = reader;
    }

    static int run(Host host, InetSocketAddress to, String token, Optional<Path> trusted)
            throws IOException, InterruptedException {
        JLINE.setLevel(Level.OFF);
        Late late = new Late();
        try (Terminal terminal =
                        TerminalBuilder.builder()
                                .name("dirql")
                                .system(true)
                                .jni(false)
                                .jansi(false)
                                .jna(false)
                                .nativeSignals(true)
                                .build();
                ConsoleClient client = AttachCommand.connect(to, token, trusted, late::news)) {
            if (terminal.getWidth() <= 0) {
                // Nobody told the terminal how large it is; prompts would be cut to nothing.
                terminal.setSize(new Size(80, 24));
            }
            LineReader reader =
                    LineReaderBuilder.builder()
                            .terminal(terminal)
                            .appName("dirql")
                            .parser(parser())
                            .completer(late)
                            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                            .build();
            AttachTerminal attached = new AttachTerminal(client, reader);
            late.attached = attached;
            terminal.handle(Terminal.Signal.INT, _ -> attached.halt());
            return attached.talk(host);
        }
    }

    /** Words as the console cuts them; quotes and backslashes mean nothing. */
    private static Parser parser() {
        DefaultParser parser = new DefaultParser();
        parser.setEscapeChars(new char[0]);
        parser.setQuoteChars(new char[0]);
        return parser;
    }

    private int talk(Host host) throws IOException, InterruptedException {
        ConsoleClient.Reply reply = answer();
        while (!reply.isLast()) {
            reply.lines().forEach(line -> reader.getTerminal().writer().println(line));
            reader.getTerminal().writer().flush();
            if (reply.prompt().equals(ConsoleClientSeat.OVER)) {
                return ExitCode.SUCCESS;
            }
            String line;
            try {
                line = reader.readLine(reply.prompt() + "> ");
            } catch (UserInterruptException e) {
                continue;
            } catch (EndOfFileException e) {
                return ExitCode.SUCCESS;
            }
            waiting.set(true);
            client.send(line);
            reply = answer();
            waiting.set(false);
            unwanted += breaks.getAndSet(0);
        }
        reply.lines().forEach(host.out()::println);
        return ExitCode.SUCCESS;
    }

    /** Ctrl-C while the machine goes: break, whose own answer is of no interest. */
    private void halt() {
        if (!waiting.get()) {
            return;
        }
        try {
            breaks.incrementAndGet();
            client.send("break");
        } catch (IOException e) {
            // The connection is gone, which whoever waits for an answer is told.
        }
    }

    private ConsoleClient.Reply answer() throws InterruptedException {
        for (; unwanted > 0; unwanted--) {
            if (client.answer().isLast()) {
                return new ConsoleClient.Reply(List.of(), "");
            }
        }
        return client.answer();
    }

    private List<String> complete(String buffer) {
        try {
            client.send(".complete " + buffer);
            unwanted++;
            while (unwanted > 0) {
                Optional<ConsoleClient.Reply> reply = client.answer(COMPLETION_MILLISECONDS);
                if (reply.isEmpty()) {
                    return List.of();
                }
                if (--unwanted == 0) {
                    return reply.get().lines();
                }
            }
            return List.of();
        } catch (IOException e) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    /** What is there before the terminal is. */
    private static final class Late implements Completer {
        private volatile @Nullable AttachTerminal attached;

        void news(String line) {
            AttachTerminal known = attached;
            if (known != null) {
                known.reader.printAbove(line);
            }
        }

        @Override
        public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
            AttachTerminal known = attached;
            if (known == null) {
                return;
            }
            String buffer = line.line().substring(0, line.cursor());
            int start = buffer.length();
            while (start > 0 && CompletionText.isWordPart(buffer.charAt(start - 1))) {
                start--;
            }
            String before =
                    buffer.substring(
                            buffer.lastIndexOf(' ') + 1,
                            Math.max(start, buffer.lastIndexOf(' ') + 1));
            for (String word : known.complete(buffer)) {
                candidates.add(new Candidate(before + word));
            }
        }
    }
}
