package dev.dirql.console.client;

import dev.dirql.console.commands.Answer;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** The client's end of a connection to a console. */
public final class ConsoleClient implements AutoCloseable {
    private static final int CONNECT_MILLISECONDS = 10_000;

    private final Socket socket;
    private final BufferedWriter out;
    private final BlockingQueue<Reply> replies = new LinkedBlockingQueue<>();
    private final Thread reader;

    /**
     * An answer.
     *
     * @param lines what it says
     * @param prompt where the machine stands; empty if the other side is gone
     */
    public record Reply(List<String> lines, String prompt) {
        public Reply {
            lines = List.copyOf(lines);
        }

        public boolean isLast() {
            return prompt.isEmpty();
        }
    }

    /**
     * Connects.
     *
     * @param authorities certificates of whom to trust, PEM; empty for a connection without TLS
     * @param news told of each line of news, on a thread of its own
     */
    public ConsoleClient(
            InetSocketAddress address,
            String token,
            Optional<Path> authorities,
            Consumer<String> news)
            throws IOException {
        socket = connect(address, authorities);
        try {
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            out =
                    new BufferedWriter(
                            new OutputStreamWriter(
                                    socket.getOutputStream(), StandardCharsets.UTF_8));
            reader =
                    Thread.ofPlatform()
                            .name("console news")
                            .daemon()
                            .unstarted(() -> read(in, news));
            send("token " + token);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        reader.start();
    }

    private static Socket connect(InetSocketAddress address, Optional<Path> authorities)
            throws IOException {
        if (authorities.isEmpty()) {
            Socket plain = new Socket();
            plain.connect(address, CONNECT_MILLISECONDS);
            return plain;
        }
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            int number = 0;
            try (var file = Files.newInputStream(authorities.get())) {
                for (Certificate certificate :
                        CertificateFactory.getInstance("X.509").generateCertificates(file)) {
                    trusted.setCertificateEntry("authority" + number++, certificate);
                }
            }
            TrustManagerFactory trust =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            Socket plain = new Socket();
            plain.connect(address, CONNECT_MILLISECONDS);
            SSLSocket secured =
                    (SSLSocket)
                            context.getSocketFactory()
                                    .createSocket(
                                            plain,
                                            address.getHostString(),
                                            address.getPort(),
                                            true);
            SSLParameters parameters = secured.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secured.setSSLParameters(parameters);
            secured.startHandshake();
            return secured;
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    authorities.get() + " holds no certificates to trust: " + e.getMessage(), e);
        }
    }

    private void read(BufferedReader in, Consumer<String> news) {
        List<String> lines = new ArrayList<>();
        try (in) {
            for (@Nullable String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith(Answer.NEWS)) {
                    news.accept(line);
                } else if (line.startsWith(Answer.PROMPT)) {
                    replies.add(new Reply(lines, line.substring(Answer.PROMPT.length())));
                    lines = new ArrayList<>();
                } else {
                    lines.add(line);
                }
            }
        } catch (IOException e) {
            // The other side is gone; that is said below.
        }
        replies.add(new Reply(lines, ""));
    }

    /** Sends a line. Its answer comes from {@link #answer}. */
    public void send(String line) throws IOException {
        synchronized (socket) {
            out.write(line.replace('\n', ' ').replace('\r', ' '));
            out.write('\n');
            out.flush();
        }
    }

    /** The next answer, the first one being the greeting. */
    public Reply answer() throws InterruptedException {
        return replies.take();
    }

    /** The next answer, if it comes in time. */
    public Optional<Reply> answer(long milliseconds) throws InterruptedException {
        return Optional.ofNullable(replies.poll(milliseconds, TimeUnit.MILLISECONDS));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
