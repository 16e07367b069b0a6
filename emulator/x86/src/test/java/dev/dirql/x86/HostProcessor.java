package dev.dirql.x86;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The processor this test runs on, reached through a small C program. */
final class HostProcessor implements AutoCloseable {
    /** Few enough that neither pipe fills up. */
    private static final int BATCH = 8;

    private final Process process;
    private final OutputStream to;
    private final DataInputStream from;

    HostProcessor() {
        HostTools.require("gcc", "gcc");
        Path source = HostTools.resource("host.c");
        Path program = HostTools.DIRECTORY.resolve("host");
        HostTools.run(List.of("gcc", "-O1", "-Wall", "-o", program.toString(), source.toString()));
        try {
            process =
                    new ProcessBuilder(program.toAbsolutePath().toString())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        to = process.getOutputStream();
        from = new DataInputStream(new BufferedInputStream(process.getInputStream()));
    }

    /** Executes each state's code on it. */
    List<State> execute(List<State> states) {
        List<State> answers = new ArrayList<>();
        for (int i = 0; i < states.size(); i += BATCH) {
            List<State> batch = states.subList(i, Math.min(i + BATCH, states.size()));
            byte[] out = new byte[batch.size() * State.BYTES];
            ByteBuffer target = ByteBuffer.wrap(out).order(ByteOrder.LITTLE_ENDIAN);
            batch.forEach(state -> state.put(target));
            byte[] in = new byte[out.length];
            try {
                to.write(out);
                to.flush();
                from.readFully(in);
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "the host program died at one of "
                                + batch.stream().map(State::describe).toList(),
                        e);
            }
            ByteBuffer bytes = ByteBuffer.wrap(in).order(ByteOrder.LITTLE_ENDIAN);
            for (int k = 0; k < batch.size(); k++) {
                answers.add(State.get(bytes));
            }
        }
        return answers;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
