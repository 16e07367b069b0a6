package dev.dirql.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.console.commands.CommandTable;
import dev.dirql.debugger.CheckpointLimits;
import dev.dirql.debugger.DebugSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sessions with the console as they are to be. A transcript begins with the scenario; a line that
 * begins with {@code ]} is typed, what follows is answered. {@code -Ddirql.goldens=rewrite} writes
 * the answers anew.
 */
@Timeout(300)
class TranscriptsTest {
    private static final Path TRANSCRIPTS = Runs.root().resolve("docs/transcripts");
    private static final boolean REWRITE = "rewrite".equals(System.getProperty("dirql.goldens"));
    private static final String TYPED = "] ";

    static List<String> transcripts() {
        try (Stream<Path> files = Files.list(TRANSCRIPTS)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".txt"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void everySessionGoesAsItIsWritten(String name) throws IOException {
        Path file = TRANSCRIPTS.resolve(name);
        String written = Files.readString(file);

        String played = play(written);

        if (REWRITE && !stable(played).equals(stable(written))) {
            Files.writeString(file, played);
        }
        assertThat(stable(played)).isEqualTo(stable(Files.readString(file)));
    }

    /** Without the addresses of the kernel's exports, which change with every new one. */
    private static String stable(String text) {
        return text.replaceAll("fffff800(`?)[0-9a-f]{8}", "fffff800$1........")
                .replaceAll("nt( +)\\d+ symbols", "nt$1symbols");
    }

    @Test
    void everyCommandStandsInATranscript() throws IOException {
        Set<String> missing = new TreeSet<>(new CommandTable().names());
        for (String name : transcripts()) {
            for (String line : Files.readAllLines(TRANSCRIPTS.resolve(name))) {
                if (line.startsWith(TYPED)) {
                    String command = line.substring(TYPED.length()).strip();
                    missing.remove(command.split("\\s+", 2)[0]);
                }
            }
        }

        assertThat(missing).isEmpty();
    }

    private static String play(String written) {
        List<String> lines = written.lines().toList();
        String scenario = lines.getFirst().substring("# ".length());
        StringBuilder played = new StringBuilder(lines.getFirst()).append('\n');
        try (DebugSession session =
                        new DebugSession(
                                () -> Runs.script(scenario),
                                new CheckpointLimits(20_000, 50, 64 << 20));
                ConsoleRoom room = new ConsoleRoom(session, () -> {})) {
            List<String> news = new ArrayList<>();
            ConsoleClientSeat seat =
                    room.join(line -> {
                        synchronized (news) {
                            news.add(line);
                        }
                    });
            played.append(seat.greeting().join());
            for (String line : lines) {
                if (line.startsWith("##")) {
                    played.append('\n').append(line).append('\n');
                }
                if (!line.startsWith(TYPED)) {
                    continue;
                }
                String answer = seat.line(line.substring(TYPED.length())).join();
                played.append('\n').append(line.stripTrailing()).append('\n');
                synchronized (news) {
                    news.forEach(played::append);
                    news.clear();
                }
                played.append(answer);
            }
        }
        return played.toString();
    }
}
