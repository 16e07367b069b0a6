package dev.dirql.store;

import dev.dirql.store.TraceException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Appends documents to the records file and sees to it that the disk has room for them first. A
 * page of a mapped file that the disk has no room for kills the process; so each block is filled
 * with zeros by an ordinary write, which fails in an orderly way, before the queue's mapping
 * touches it.
 *
 * <p>Loading Chronicle Queue takes longer than anything else at the start of a short run, so it is
 * opened by a thread of its own; the first document waits for it.
 */
final class RecordsOutput {
    /** Room for frames and for the queue's own index arrays beside a document. */
    private static final int SLACK_BYTES = 64 << 10;

    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 16).asReadOnlyBuffer();

    private final Path trace;
    private final Path directory;
    private final Path file;
    private final TraceWriterSettings settings;
    private final FutureTask<QueueAppender> opening;
    private @Nullable FileChannel allocation;
    private long allocatedTo;

    RecordsOutput(Path trace, TraceWriterSettings settings) {
        this.trace = trace;
        this.settings = settings;
        directory = trace.resolve(TraceFormat.RECORDS_DIRECTORY);
        file = directory.resolve(TraceFormat.RECORDS_FILE);
        createDirectory();
        requireSpace(trace, 2L * settings.blockBytes());
        opening = new FutureTask<>(() -> QueueAppender.open(directory, settings.blockBytes()));
        Thread.ofPlatform().daemon().name("trace-open").start(opening);
    }

    private void createDirectory() {
        try {
            Files.createDirectory(directory);
        } catch (IOException e) {
            throw HostFiles.failure(directory, "cannot be created", e);
        }
    }

    /** Waits until the records file is there. */
    void awaitOpening() {
        queue();
    }

    /**
     * Appends a document.
     *
     * @throws TraceException of kind LIMIT or DISK_FULL if there is no room for it; nothing was
     *     written then
     */
    void append(byte[] bytes, int length) {
        QueueAppender queue = queue();
        if (queue.position() + 4 + length > settings.limitBytes()) {
            throw new TraceException(
                    Kind.LIMIT,
                    "%s: the limit of %,d bytes for the trace is reached; what was recorded before is kept. Raise --trace-limit to record more."
                            .formatted(trace, settings.limitBytes()));
        }
        appendWithinBlock(queue, bytes, length);
    }

    /** Appends the last document, which a limit does not stop. */
    void appendLast(byte[] bytes, int length) {
        appendWithinBlock(queue(), bytes, length);
    }

    private void appendWithinBlock(QueueAppender queue, byte[] bytes, int length) {
        while (queue.position() + length + SLACK_BYTES > allocatedTo) {
            allocateBlock(queue);
        }
        queue.append(bytes, length);
    }

    /** Closes what was opened, for a trace that is not wanted. */
    void abandon() {
        try {
            close();
        } catch (TraceException e) {
            // The records could not be opened, or not be ended: they are removed all the same.
        }
    }

    /** Ends the file where its last document ends; the queue leaves it a block or more longer. */
    void close() {
        QueueAppender queue = queue();
        long end = queue.position();
        queue.close();
        try (FileChannel channel = allocation()) {
            channel.truncate(end + 4);
        } catch (IOException e) {
            // A host that does not cut a file that was mapped leaves zeros, which a reader skips.
        } finally {
            allocation = null;
        }
    }

    private QueueAppender queue() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return opening.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    Throwable cause = e.getCause();
                    throw new TraceException(
                            Kind.INPUT_OUTPUT,
                            "%s: the records cannot be written (%s).".formatted(directory, cause),
                            cause);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void allocateBlock(QueueAppender queue) {
        requireSpace(file, settings.blockBytes());
        try {
            FileChannel channel = allocation();
            long from = Math.max(queue.position(), allocatedTo);
            long to = from + settings.blockBytes();
            while (from < to) {
                ByteBuffer zeros = ZEROS.duplicate();
                zeros.limit((int) Math.min(zeros.capacity(), to - from));
                from += channel.write(zeros, from);
            }
            allocatedTo = to;
        } catch (IOException e) {
            throw HostFiles.failure(file, "cannot be extended", e);
        }
    }

    private FileChannel allocation() throws IOException {
        FileChannel channel = allocation;
        if (channel == null) {
            channel = FileChannel.open(file, StandardOpenOption.WRITE);
            allocation = channel;
        }
        return channel;
    }

    private void requireSpace(Path place, long bytes) {
        try {
            long usable = settings.usableSpace().at(place);
            if (usable < bytes + settings.reserveBytes()) {
                throw new TraceException(
                        Kind.DISK_FULL,
                        "%s: the disk is full: %,d bytes are left, %,d are needed for the next block and as a reserve. What was recorded before is kept. Free some space or name another directory with --trace."
                                .formatted(trace, usable, bytes + settings.reserveBytes()));
            }
        } catch (IOException e) {
            throw HostFiles.failure(place, "its disk cannot be asked for its free space", e);
        }
    }
}
