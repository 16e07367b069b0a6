package dev.dirql.store;

import java.nio.file.Path;
import java.util.Objects;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.io.BackgroundResourceReleaser;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;

/** Appends to a Chronicle Queue that stays in one file, because its clock stands still. */
final class QueueAppender implements AutoCloseable {
    /** With so few documents a second, small index arrays keep a short trace short. */
    private static final int INDEX_COUNT = 1024;

    private static final int INDEX_SPACING = 256;

    private final SingleChronicleQueue queue;
    private final ExcerptAppender appender;
    private long position;

    private QueueAppender(SingleChronicleQueue queue) {
        this.queue = queue;
        appender = queue.createAppender();
        appender.singleThreadedCheckDisabled(true);
    }

    /**
     * Opens a new queue and creates its file, in whichever thread: the appender goes to one other.
     */
    static QueueAppender open(Path directory, int blockBytes) {
        SingleChronicleQueue queue =
                SingleChronicleQueueBuilder.binary(directory.toFile())
                        .timeProvider(() -> 0L)
                        .rollCycle(RollCycles.FAST_DAILY)
                        .blockSize(blockBytes)
                        .indexCount(INDEX_COUNT)
                        .indexSpacing(INDEX_SPACING)
                        .checkInterrupts(false)
                        .build();
        try {
            QueueAppender opened = new QueueAppender(queue);
            opened.touch();
            return opened;
        } catch (RuntimeException | Error e) {
            queue.close();
            throw e;
        }
    }

    /** Begins a document and takes it back, which creates the file and its indexes. */
    private void touch() {
        try (DocumentContext document = appender.writingDocument()) {
            position = bytes(document).writePosition() - 4;
            document.rollbackOnClose();
        }
    }

    void append(byte[] bytes, int length) {
        try (DocumentContext document = appender.writingDocument()) {
            bytes(document).write(bytes, 0, length);
            position = bytes(document).writePosition();
        }
    }

    private static Bytes<?> bytes(DocumentContext document) {
        return Objects.requireNonNull(document.wire()).bytes();
    }

    /** Where the next document's frame will be in the file, or a little before it. */
    long position() {
        return position;
    }

    /** Closes the queue and unmaps its file, which Chronicle would otherwise do some time later. */
    @Override
    public void close() {
        queue.close();
        BackgroundResourceReleaser.releasePendingResources();
    }
}
