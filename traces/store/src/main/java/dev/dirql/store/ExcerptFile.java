package dev.dirql.store;

import dev.dirql.store.TraceException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * The records file, read without Chronicle Queue: as frames of four bytes and a length, which is
 * what a queue's file is. A damaged file can then be no worse than a wrong frame, where a mapped
 * one can kill the process; it may lie where nothing can be written; and half a second of class
 * loading is saved.
 */
final class ExcerptFile implements AutoCloseable {
    private static final int NOT_COMPLETE = 0x8000_0000;
    private static final int METADATA = 0x4000_0000;
    private static final int LENGTH = 0x3FFF_FFFF;

    /**
     * What a queue's file begins with after its frame: an event of that name, in Chronicle's wire
     * format.
     */
    private static final byte[] QUEUE_START = {(byte) 0xB9, 6, 'h', 'e', 'a', 'd', 'e', 'r'};

    /** Behind the last document there are zeros, up to the blocks that a writer allocates ahead. */
    private static final int ZEROS_CHECKED = 8 << 20;

    private final Path file;
    private final FileChannel channel;
    private final byte[] startBytes = new byte[4 + TraceFormat.DOCUMENT_HEADER_BYTES];

    /** A frame and as much behind it as says what is in it. */
    private final ByteBuffer start = ByteBuffer.wrap(startBytes).order(ByteOrder.LITTLE_ENDIAN);

    private long[] positions = new long[64];
    private long[] firstSequences = new long[64];
    private int[] decisions = new int[64];
    private int documents;
    private long events;
    private boolean summary;

    private ExcerptFile(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    static ExcerptFile open(Path trace) {
        Path file = trace.resolve(TraceFormat.RECORDS_DIRECTORY).resolve(TraceFormat.RECORDS_FILE);
        if (Files.notExists(file)) {
            throw new TraceException(
                    Kind.TRUNCATED,
                    "%s: the trace's records are missing. %s".formatted(file, Cure.COPY_AGAIN));
        }
        ExcerptFile opened;
        try {
            opened = new ExcerptFile(file, FileChannel.open(file, StandardOpenOption.READ));
        } catch (IOException e) {
            throw HostFiles.failure(file, "cannot be read", e);
        }
        try {
            opened.scan();
            return opened;
        } catch (IOException e) {
            opened.close();
            throw HostFiles.failure(file, "cannot be read", e);
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    Path file() {
        return file;
    }

    /** Number of documents with records. */
    int documents() {
        return documents;
    }

    /** Number of events in them. */
    long events() {
        return events;
    }

    /** Whether the document that ends a trace is there; its number is {@link #documents()}. */
    boolean hasSummary() {
        return summary;
    }

    /** Sequence number of the first event at or after the start of a document. */
    long firstSequence(int document) {
        return document < documents ? firstSequences[document] : events + 1;
    }

    /** Number of decisions in a document. */
    int decisions(int document) {
        return decisions[document];
    }

    /** Bytes up to the end of what is written. */
    long writtenBytes() {
        return positions[documents + (summary ? 1 : 0)];
    }

    /** The first document that can hold something at or after an event. */
    int documentOf(long sequence) {
        int low = 0;
        int high = documents;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (firstSequence(middle + 1) < sequence) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /**
     * Reads a document.
     *
     * @param buffer takes it: {@link TraceFormat#DOCUMENT_BYTES_MAXIMUM} bytes
     */
    DocumentFields read(int document, byte[] buffer, RecordedEnums enums) {
        long position = positions[document];
        try {
            ByteBuffer into = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN);
            readFully(into.limit(TraceFormat.DOCUMENT_HEADER_BYTES), position);
            int length = into.getInt(TraceFormat.LENGTH_OFFSET);
            if (length < TraceFormat.DOCUMENT_HEADER_BYTES || length > buffer.length) {
                throw new IllegalArgumentException("its length is wrong");
            }
            into.clear().limit(length);
            readFully(into, position);
            return new DocumentFields(buffer, length, enums);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw corruptDocument(document, e);
        } catch (IOException e) {
            throw HostFiles.failure(file, "cannot be read", e);
        }
    }

    /** The message for a document that is there but wrong. */
    TraceException corruptDocument(int document, RuntimeException cause) {
        String what =
                cause instanceof IllegalArgumentException
                        ? String.valueOf(cause.getMessage())
                        : "its fields do not fit";
        return corrupt(positions[document], what);
    }

    TraceException corrupt(long position, String what) {
        return new TraceException(
                Kind.CORRUPT,
                "%s: damaged at byte %,d: %s. %s".formatted(file, position, what, Cure.COPY_AGAIN));
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw HostFiles.failure(file, "cannot be closed", e);
        }
    }

    private void scan() throws IOException {
        checkStart();
        long position = 0;
        long metadata = 0;
        while (!summary) {
            int header = frame(position);
            if (header == 0 || header == NOT_COMPLETE || header == (NOT_COMPLETE | METADATA)) {
                long behind = position + 4 + openDocumentReach();
                if (areZeros(behind)) {
                    break;
                }
                if (frame(position) == header) {
                    throw corrupt(behind, "there is something behind the last document");
                }
                // A writer went on meanwhile.
                continue;
            }
            int length = header & LENGTH;
            if (header < 0 || length == 0 || length > channel.size() - position - 4) {
                throw cutOff(position, header, length);
            }
            if ((header & METADATA) != 0) {
                metadata++;
                if (start.getInt(4) == TraceFormat.DOCUMENT_MAGIC || metadata > 16L + documents) {
                    throw corrupt(position, "a document of the queue's own is out of place");
                }
            } else {
                addDocument(position, length);
            }
            position += 4 + ((length + 3L) & ~3L);
        }
        if (summary && !areZeros(position)) {
            throw corrupt(position, "there is something behind the last document");
        }
        ensureCapacity(documents + 1);
        positions[documents + (summary ? 1 : 0)] = position;
    }

    private void checkStart() throws IOException {
        frame(0);
        byte[] found = Arrays.copyOfRange(startBytes, 4, 4 + QUEUE_START.length);
        if (!Arrays.equals(found, QUEUE_START)) {
            throw corrupt(0, "it does not begin like a Chronicle Queue");
        }
    }

    /** Reads the frame there and what follows it; behind the end of the file everything is zero. */
    private int frame(long position) throws IOException {
        Arrays.fill(startBytes, (byte) 0);
        start.clear();
        while (start.hasRemaining()) {
            int count = channel.read(start, position + start.position());
            if (count <= 0) {
                break;
            }
        }
        return start.getInt(0);
    }

    private void addDocument(long position, int length) {
        if (length < TraceFormat.DOCUMENT_HEADER_BYTES
                || length > TraceFormat.DOCUMENT_BYTES_MAXIMUM
                || start.getInt(4 + TraceFormat.MAGIC_OFFSET) != TraceFormat.DOCUMENT_MAGIC
                || start.getInt(4 + TraceFormat.LENGTH_OFFSET) != length) {
            throw corrupt(position, "there is no document where one must be");
        }
        int documentEvents = start.getInt(4 + TraceFormat.EVENTS_OFFSET);
        int documentDecisions = start.getInt(4 + TraceFormat.DECISIONS_OFFSET);
        if (start.getLong(4 + TraceFormat.NUMBER_OFFSET) != documents
                || start.getLong(4 + TraceFormat.FIRST_SEQUENCE_OFFSET) != events + 1
                || documentEvents < 0
                || documentEvents > length
                || documentDecisions < 0
                || documentDecisions > length) {
            throw corrupt(position, "a document is missing before it, or its counts are wrong");
        }
        ensureCapacity(documents + 1);
        positions[documents] = position + 4;
        int kind = start.getInt(4 + TraceFormat.KIND_OFFSET);
        if (kind == TraceFormat.DOCUMENT_OF_SUMMARY) {
            summary = true;
            return;
        }
        if (kind != TraceFormat.DOCUMENT_OF_RECORDS) {
            throw corrupt(position, "a document is of the unknown kind " + kind);
        }
        firstSequences[documents] = events + 1;
        decisions[documents] = documentDecisions;
        events += documentEvents;
        documents++;
    }

    private void ensureCapacity(int last) {
        if (last + 1 >= positions.length) {
            positions = Arrays.copyOf(positions, positions.length * 2);
            firstSequences = Arrays.copyOf(firstSequences, positions.length);
            decisions = Arrays.copyOf(decisions, positions.length);
        }
    }

    private TraceException cutOff(long position, int header, int length) {
        if (header > 0 && length > 0 && length <= TraceFormat.DOCUMENT_BYTES_MAXIMUM) {
            return new TraceException(
                    Kind.TRUNCATED,
                    "%s: the file ends inside the document at byte %,d. %s"
                            .formatted(file, position, Cure.COPY_AGAIN));
        }
        return corrupt(position, "there is no document where one must be");
    }

    /**
     * How far a document reaches whose frame says that it was not closed. Its bytes are copied
     * before its frame is set, so a killed writer may leave some of them, or all.
     */
    private int openDocumentReach() {
        int length = start.getInt(4 + TraceFormat.LENGTH_OFFSET);
        boolean begun =
                start.getInt(4 + TraceFormat.MAGIC_OFFSET) == TraceFormat.DOCUMENT_MAGIC
                        && length >= 0
                        && length <= TraceFormat.DOCUMENT_BYTES_MAXIMUM;
        return begun ? length : TraceFormat.DOCUMENT_BYTES_MAXIMUM;
    }

    private boolean areZeros(long from) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        long to = Math.min(channel.size(), from + ZEROS_CHECKED);
        for (long position = from; position < to; ) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), to - position));
            int count = channel.read(buffer, position);
            if (count <= 0) {
                return true;
            }
            for (int i = 0; i < count; i++) {
                if (buffer.get(i) != 0) {
                    return false;
                }
            }
            position += count;
        }
        return true;
    }

    private void readFully(ByteBuffer into, long position) throws IOException {
        while (into.hasRemaining()) {
            int count = channel.read(into, position + into.position());
            if (count < 0) {
                throw new IllegalArgumentException("the file ends inside it");
            }
        }
    }
}
