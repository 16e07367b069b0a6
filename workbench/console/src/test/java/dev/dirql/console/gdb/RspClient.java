package dev.dirql.console.gdb;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that says whatever a test wants it to say. */
final class RspClient implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    RspClient(InetSocketAddress address) throws IOException {
        socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(60_000);
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
    }

    void raw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    void raw(String bytes) throws IOException {
        raw(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    void send(String body) throws IOException {
        raw(PacketText.packet(body));
    }

    /** The next packet, or the answer to an acknowledgement; {@code "closed"} if none comes. */
    String next() throws IOException {
        int first = in.read();
        while (first == '+') {
            first = in.read();
        }
        if (first == '-') {
            return "-";
        }
        if (first < 0) {
            return "closed";
        }
        if (first != '$') {
            throw new IOException("not a packet: " + first);
        }
        StringBuilder body = new StringBuilder();
        for (int b = in.read(); b != '#'; b = in.read()) {
            if (b < 0) {
                return "closed";
            }
            body.append((char) b);
        }
        int sum = Character.digit(in.read(), 16) << 4 | Character.digit(in.read(), 16);
        if (sum != PacketText.checksum(body.toString().getBytes(StandardCharsets.ISO_8859_1))) {
            throw new IOException("the checksum is wrong: " + body);
        }
        return body.toString();
    }

    String ask(String body) throws IOException {
        send(body);
        return next();
    }

    /** The answer behind what is told on the way. */
    String last(String body) throws IOException {
        String answer = ask(body);
        while (answer.startsWith("O") && !answer.equals("OK")) {
            answer = next();
        }
        return answer;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
