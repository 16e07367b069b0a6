package dev.dirql.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dirql.console.client.ConsoleClient;
import dev.dirql.console.server.ConsoleServer;
import dev.dirql.console.server.ConsoleToken;
import dev.dirql.console.server.TlsFiles;
import dev.dirql.debugger.CheckpointLimits;
import dev.dirql.debugger.DebugSession;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The console on the network. */
@Timeout(180)
class ConsoleServerTest {
    private static final String TOKEN = "a token of this test";
    private static final String ENDLESS =
            """
            scenario "Endless"
            machine { processors 2 }
            driver busy {
                volatile ULONG Count;
                VOID Spin(VOID) {
                    for (;;)
                        Count++;
                }
                NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath) {
                    return STATUS_SUCCESS;
                }
            }
            workload { thread { call busy.Spin() } }
            """;

    private static ConsoleLimits limits() {
        return new ConsoleLimits(
                4,
                1000,
                8,
                64 << 10,
                Duration.ofSeconds(5),
                Duration.ofMinutes(5),
                Duration.ofSeconds(2));
    }

    /** An endless run that is served. */
    private static final class Served implements AutoCloseable {
        final CountDownLatch over = new CountDownLatch(1);
        final DebugSession session;
        final ConsoleRoom room;
        final ConsoleServer server;

        Served(ConsoleLimits limits, Optional<TlsFiles> tls) {
            session =
                    new DebugSession(
                            () -> Runs.text(ENDLESS, 2, 0),
                            new CheckpointLimits(100_000, 8, 64 << 20));
            room = new ConsoleRoom(session, over::countDown);
            server =
                    new ConsoleServer(
                            room,
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            ConsoleToken.of(TOKEN),
                            tls,
                            limits);
        }

        Served() {
            this(limits(), Optional.empty());
        }

        ConsoleClient client(List<String> news) throws Exception {
            ConsoleClient client =
                    new ConsoleClient(server.address(), TOKEN, Optional.empty(), news::add);
            assertThat(client.answer().prompt()).isNotEmpty();
            return client;
        }

        ConsoleClient client() throws Exception {
            return client(new CopyOnWriteArrayList<>());
        }

        @Override
        public void close() {
            server.close();
            room.close();
            session.close();
        }
    }

    private static ConsoleClient.Reply say(ConsoleClient client, String line) throws Exception {
        client.send(line);
        return client.answer(60_000).orElseThrow();
    }

    private static String raw(InetSocketAddress address, byte[] bytes) throws IOException {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            StringBuilder said = new StringBuilder();
            try {
                for (@Nullable String line = in.readLine(); line != null; line = in.readLine()) {
                    said.append(line).append('\n');
                }
            } catch (IOException e) {
                // Closed with what was not read: as good as an end.
            }
            return said.toString();
        }
    }

    @Test
    void aCommandIsAnswered() throws Exception {
        try (Served served = new Served();
                ConsoleClient client = served.client()) {
            assertThat(say(client, "? 1 + 1").lines())
                    .containsExactly("Evaluate expression: 2 = 00000000`00000002");
            assertThat(say(client, "? 1 + 1 --json").lines())
                    .containsExactly("{\"value\":\"0x2\",\"decimal\":2}");
        }
    }

    @Test
    void nobodyIsHeardWithoutTheToken() throws Exception {
        try (Served served = new Served()) {
            assertThat(
                            raw(
                                    served.server.address(),
                                    "token wrong\n".getBytes(StandardCharsets.UTF_8)))
                    .isEqualTo("error: that is not the token.\n");
            assertThat(raw(served.server.address(), "!irql\n".getBytes(StandardCharsets.UTF_8)))
                    .isEqualTo("error: the first line is: token TOKEN\n");
            assertThat(raw(served.server.address(), "\n".getBytes(StandardCharsets.UTF_8)))
                    .startsWith("error:");
        }
    }

    @Test
    void whoShowsNoTokenInTimeIsLetGo() throws Exception {
        ConsoleLimits hurried =
                new ConsoleLimits(
                        4,
                        1000,
                        8,
                        64 << 10,
                        Duration.ofMillis(200),
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(2));
        try (Served served = new Served(hurried, Optional.empty())) {
            assertThat(raw(served.server.address(), new byte[0]))
                    .isEqualTo("error: the token did not come in time.\n");
        }
    }

    @Test
    void aSilentClientIsLetGo() throws Exception {
        ConsoleLimits hurried =
                new ConsoleLimits(
                        4,
                        1000,
                        8,
                        64 << 10,
                        Duration.ofSeconds(1),
                        Duration.ofMillis(300),
                        Duration.ofSeconds(2));
        try (Served served = new Served(hurried, Optional.empty());
                ConsoleClient client = served.client()) {
            ConsoleClient.Reply last = client.answer();

            assertThat(last.isLast()).isTrue();
            assertThat(last.lines()).containsExactly("error: nothing was said for too long.");
        }
    }

    @Test
    void aLineThatIsTooLongEndsTheConnectionAndNothingElse() throws Exception {
        try (Served served = new Served();
                ConsoleClient other = served.client()) {
            assertThat(raw(served.server.address(), new byte[100_000]))
                    .isIn("error: a line has at most 1000 bytes.\n", "");

            assertThat(say(other, "!irql 0").lines()).hasSize(1);
        }
    }

    @Test
    void moreClientsThanTheLimitAreTurnedAway() throws Exception {
        try (Served served = new Served();
                ConsoleClient first = served.client();
                ConsoleClient second = served.client();
                ConsoleClient third = served.client();
                ConsoleClient fourth = served.client()) {
            assertThat(raw(served.server.address(), new byte[0])).isEmpty();
            assertThat(say(first, "clients").lines())
                    .containsExactly(
                            "client 1  drives  (you)",
                            "client 2  follows",
                            "client 3  follows",
                            "client 4  follows");
            assertThat(List.of(second, third, fourth)).hasSize(3);
        }
    }

    @Test
    void oneDrivesAndTheOthersFollowUntilTheyTakeOver() throws Exception {
        List<String> news = new CopyOnWriteArrayList<>();
        try (Served served = new Served();
                ConsoleClient first = served.client();
                ConsoleClient second = served.client(news)) {
            assertThat(say(second, ".step 10").lines())
                    .containsExactly(
                            "error: client 1 drives, and you follow. Take over with: drive");
            assertThat(say(second, "r rip").lines()).hasSize(1);
            assertThat(say(first, ".step 20").lines()).isNotEmpty();

            assertThat(say(second, "drive").lines()).containsExactly("You drive.");

            assertThat(say(second, ".step 10").lines()).isNotEmpty();
            assertThat(say(first, ".step 20").lines().getFirst())
                    .startsWith("error: client 2 drives");
            assertThat(news)
                    .contains("* client 1: .step 20")
                    .anyMatch(line -> line.contains("stands at"));
        }
    }

    @Test
    void breakStopsAMachineThatGoes() throws Exception {
        try (Served served = new Served();
                ConsoleClient client = served.client()) {
            client.send("g");
            while (!served.session.isRunning()) {
                Thread.sleep(5);
            }

            client.send("break");

            assertThat(client.answer().lines()).contains("Break.");
            assertThat(client.answer().isLast()).isFalse();
            assertThat(say(client, "!irql 0").lines()).hasSize(1);
        }
    }

    @Test
    void aDriverThatDiesLeavesTheMachineStandingAndUsable() throws Exception {
        try (Served served = new Served();
                ConsoleClient other = served.client()) {
            say(other, "clients");
            ConsoleClient driver = served.client();
            say(driver, "drive");
            driver.send("g");
            while (!served.session.isRunning()) {
                Thread.sleep(5);
            }

            driver.close();

            while (served.session.isRunning()) {
                Thread.sleep(5);
            }
            while (say(other, "clients").lines().size() > 1) {
                Thread.sleep(5);
            }
            assertThat(say(other, ".step 10").lines().getLast()).contains("Position");
        }
    }

    @Test
    void aClientThatFetchesNothingStallsNobody() throws Exception {
        try (Served served = new Served();
                ConsoleClient other = served.client();
                Socket slow =
                        new Socket(
                                served.server.address().getAddress(),
                                served.server.address().getPort())) {
            StringBuilder much = new StringBuilder("token " + TOKEN + "\n");
            for (int i = 0; i < 500; i++) {
                much.append("db @rsp L1000\n");
            }
            Thread.ofPlatform()
                    .daemon()
                    .start(() -> {
                        try {
                            slow.getOutputStream()
                                    .write(much.toString().getBytes(StandardCharsets.UTF_8));
                        } catch (IOException e) {
                            // It is let go at some time.
                        }
                    });

            for (int i = 0; i < 20; i++) {
                assertThat(say(other, "dq @rsp").lines()).isNotEmpty();
            }
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (say(other, "clients").lines().size() > 1 && System.nanoTime() < deadline) {
                Thread.sleep(50);
            }
            assertThat(say(other, "clients").lines()).hasSize(1);
        }
    }

    @Test
    void bytesOfAnyKindHarmNobody() throws Exception {
        long seed = Long.getLong("dirql.fuzz.seed", 1);
        Random random = new Random(seed);
        try (Served served = new Served();
                ConsoleClient other = served.client()) {
            for (int i = 0; i < Integer.getInteger("dirql.fuzz.connections", 60); i++) {
                byte[] bytes = new byte[random.nextInt(3000)];
                random.nextBytes(bytes);
                byte[] begin =
                        (random.nextBoolean() ? "token " + TOKEN + "\n" : "")
                                .getBytes(StandardCharsets.UTF_8);
                byte[] all = new byte[begin.length + bytes.length + 4];
                System.arraycopy(begin, 0, all, 0, begin.length);
                System.arraycopy(bytes, 0, all, begin.length, bytes.length);
                System.arraycopy(
                        "\nqd\n".getBytes(StandardCharsets.UTF_8), 0, all, all.length - 4, 4);

                String said = raw(served.server.address(), all);

                assertThat(said)
                        .as("seed %d, connection %d", seed, i)
                        .doesNotContain("Exception", "\tat ", "fault of dirql");
            }
            assertThat(say(other, "!irql 0").lines()).hasSize(1);
        }
    }

    @Test
    void qEndsTheSession() throws Exception {
        try (Served served = new Served();
                ConsoleClient client = served.client()) {
            assertThat(say(client, "q").lines()).containsExactly("The session ends.");

            assertThat(served.over.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void anotherAddressThanLoopbackNeedsTls() {
        DebugSession session =
                new DebugSession(
                        () -> Runs.text(ENDLESS, 2, 0), new CheckpointLimits(100_000, 8, 64 << 20));
        try (session;
                ConsoleRoom room = new ConsoleRoom(session, () -> {})) {
            assertThatThrownBy(() ->
                            new ConsoleServer(
                                    room,
                                    new InetSocketAddress("0.0.0.0", 0),
                                    ConsoleToken.random(),
                                    Optional.empty(),
                                    limits()))
                    .isInstanceOf(ConsoleError.class)
                    .hasMessageContaining("TLS");
        }
    }

    @Test
    void tlsHidesTheTokenAndShowsWhoTheServerIs(@TempDir Path folder) throws Exception {
        Certificates.write(folder);
        TlsFiles files = new TlsFiles(folder.resolve("cert.pem"), folder.resolve("key.pem"));
        try (Served served = new Served(limits(), Optional.of(files))) {
            try (ConsoleClient client =
                    new ConsoleClient(
                            served.server.address(),
                            TOKEN,
                            Optional.of(folder.resolve("cert.pem")),
                            _ -> {})) {
                assertThat(client.answer().prompt()).isNotEmpty();
                assertThat(say(client, "? 2").lines()).hasSize(1);
            }
            assertThat(
                            raw(
                                    served.server.address(),
                                    ("token " + TOKEN + "\n").getBytes(StandardCharsets.UTF_8)))
                    .doesNotContain("dirql");
        }
    }

    @Test
    void aTokenFileIsPrivate(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("token");

        String written = ConsoleToken.inFile(file).text();

        assertThat(ConsoleToken.inFile(file).text()).isEqualTo(written);
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
            assertThatThrownBy(() -> ConsoleToken.inFile(file))
                    .isInstanceOf(ConsoleError.class)
                    .hasMessageContaining("chmod 600");
        }
    }
}
