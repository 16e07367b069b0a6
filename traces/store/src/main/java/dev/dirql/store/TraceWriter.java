package dev.dirql.store;

import dev.dirql.events.Decision;
import dev.dirql.events.Event;
import dev.dirql.events.EventSink;
import dev.dirql.events.RunEnd;
import dev.dirql.events.Stamp;
import dev.dirql.store.TraceException.Kind;
import dev.dirql.store.TraceSummary.Closing;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Records a run in a trace directory: {@link #open}, {@link #begin}, every event and decision in
 * order, {@link #close}.
 *
 * <p>Records are collected into documents of at most 1,024, and a document reaches the file as a
 * whole: when it is full, after a finding, a bug check and the end of the run, and on {@link
 * #flush}. A process that is killed loses the open document and no more. Not for use by several
 * threads at once.
 */
public final class TraceWriter implements EventSink, AutoCloseable {
    private final Path trace;
    private final TraceWriterSettings settings;
    private final RecordsOutput output;

    private final StringTable strings = new StringTable();
    private final DocumentBytes document = new DocumentBytes(strings);
    private final RecordEncoder encoder = new RecordEncoder(document);
    private final int[] documentKinds = new int[256];
    private int documentEvents;
    private int documentDecisions;
    private long documentNumber;
    private long nextSequence = 1;
    private long lastTimeNs;

    private final long[] keptKinds = new long[256];
    private long keptEvents;
    private long keptDecisions;
    private long keptTimeNs;
    private @Nullable RunEnd runEnd;

    /**
     * Written as soon as the records file is there: a directory with a header has everything else.
     */
    private @Nullable HeaderFile headerFile;

    private State state = State.OPENED;

    private enum State {
        OPENED,
        RECORDING,
        OUT_OF_ROOM,
        CLOSED
    }

    private TraceWriter(Path trace, TraceWriterSettings settings) {
        this.trace = trace;
        this.settings = settings;
        output = new RecordsOutput(trace, settings);
    }

    /**
     * Makes the directory and begins to open the records file in a thread of its own, so that the
     * machine can be assembled meanwhile.
     *
     * @param trace the directory: one that does not exist, or is empty
     * @throws TraceException if there is something at that place, or it cannot be written
     */
    public static TraceWriter open(Path trace, TraceWriterSettings settings) {
        createEmpty(trace);
        try {
            return new TraceWriter(trace, settings);
        } catch (TraceException e) {
            TraceFiles.delete(trace);
            throw e;
        }
    }

    private static void createEmpty(Path trace) {
        Path parent = trace.toAbsolutePath().getParent();
        if (parent != null) {
            HostFiles.createDirectories(parent);
        }
        try {
            Files.createDirectory(trace);
        } catch (FileAlreadyExistsException e) {
            requireEmpty(trace);
        } catch (IOException e) {
            throw HostFiles.failure(trace, "cannot be created", e);
        }
    }

    private static void requireEmpty(Path trace) {
        boolean empty = false;
        if (Files.isDirectory(trace)) {
            try (Stream<Path> entries = Files.list(trace)) {
                empty = entries.findAny().isEmpty();
            } catch (IOException e) {
                throw HostFiles.failure(trace, "cannot be read", e);
            }
        }
        if (!empty) {
            throw new TraceException(
                    Kind.EXISTS,
                    "%s: there is something at this place already, and a trace is never overwritten. Name another directory, or remove this one."
                            .formatted(trace));
        }
    }

    /** The directory. */
    public Path trace() {
        return trace;
    }

    /**
     * Writes what there is to know before the first event. The header's own list of inputs is not
     * looked at: it is made from {@code inputs}.
     */
    public void begin(TraceHeader header, List<InputFile> inputs, SymbolTable symbols) {
        if (state != State.OPENED) {
            throw new IllegalStateException("the trace was begun or closed already");
        }
        List<TraceInput> described = InputDirectory.write(trace, inputs, settings.keepInputs());
        symbols(symbols);
        headerFile = new HeaderFile(header.withInputs(described), RecordedEnums.CURRENT);
        state = State.RECORDING;
    }

    /** Replaces the symbol table, for images that were loaded later. */
    public void symbols(SymbolTable symbols) {
        SymbolsFile.write(trace, symbols);
    }

    /**
     * Records an event. After there was no more room, does nothing.
     *
     * @throws TraceException of kind LIMIT or DISK_FULL the first time there is no more room; the
     *     caller ends the run
     */
    @Override
    public void accept(Stamp stamp, Event event) {
        if (state != State.RECORDING) {
            requireOutOfRoom();
            return;
        }
        if (stamp.sequence() != nextSequence) {
            throw new IllegalStateException(
                    "event %d: the trace expects %d".formatted(stamp.sequence(), nextSequence));
        }
        int mark = document.position();
        int stringMark = strings.count();
        RecordKind kind;
        try {
            kind = encoder.event(stamp, event);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            takeBack(mark, stringMark);
            throw e;
        }
        nextSequence++;
        lastTimeNs = stamp.timeNs();
        documentEvents++;
        documentKinds[kind.code]++;
        if (event instanceof Event.RunEnded ended) {
            runEnd = ended.reason();
        }
        if (isDocumentFull() || kind.closesDocument()) {
            closeDocument();
        }
    }

    /** Records a choice that differs from the default policy. It stands before the next event. */
    public void decision(Decision decision) {
        if (state != State.RECORDING) {
            requireOutOfRoom();
            return;
        }
        int mark = document.position();
        int stringMark = strings.count();
        try {
            encoder.decision(decision);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            takeBack(mark, stringMark);
            throw e;
        }
        documentDecisions++;
        if (isDocumentFull()) {
            closeDocument();
        }
    }

    /**
     * Closes the open document, so that nothing recorded so far can be lost: at a pause or a
     * failure.
     */
    public void flush() {
        if (state == State.RECORDING) {
            closeDocument();
        }
    }

    /** The number of events that a reader would find now. */
    public long keptEvents() {
        return keptEvents;
    }

    /** Whether recording stopped because there was no more room. */
    public boolean isOutOfRoom() {
        return state == State.OUT_OF_ROOM;
    }

    /** Ends the trace with its summary. A trace that was never begun is removed. */
    @Override
    public void close() {
        switch (state) {
            case OPENED -> discard();
            case RECORDING -> {
                try {
                    closeDocument();
                    end(Closing.CLOSED);
                } finally {
                    state = State.CLOSED;
                }
            }
            case OUT_OF_ROOM, CLOSED -> state = State.CLOSED;
        }
    }

    /** Removes the whole directory, for a run that could not begin. */
    public void discard() {
        if (state == State.OPENED || state == State.RECORDING) {
            state = State.CLOSED;
            output.abandon();
            TraceFiles.delete(trace);
        }
    }

    private void requireOutOfRoom() {
        if (state != State.OUT_OF_ROOM) {
            throw new IllegalStateException("the trace is " + state);
        }
    }

    private boolean isDocumentFull() {
        return documentEvents + documentDecisions >= TraceFormat.DOCUMENT_RECORDS
                || document.position() + strings.byteCount() >= TraceFormat.DOCUMENT_CLOSE_BYTES;
    }

    private void takeBack(int mark, int stringMark) {
        document.position(mark);
        strings.shrinkTo(stringMark);
    }

    private void closeDocument() {
        if (documentEvents + documentDecisions == 0) {
            return;
        }
        writeHeader();
        int length = finish(TraceFormat.DOCUMENT_OF_RECORDS);
        try {
            output.append(document.array(), length);
        } catch (TraceException e) {
            if (e.isOutOfRoom()) {
                stop(e.kind() == Kind.LIMIT ? Closing.LIMIT : Closing.DISK_FULL);
            }
            throw e;
        }
        keptEvents += documentEvents;
        keptDecisions += documentDecisions;
        keptTimeNs = lastTimeNs;
        for (int i = 0; i < documentKinds.length; i++) {
            keptKinds[i] += documentKinds[i];
        }
        startDocument();
    }

    private void startDocument() {
        java.util.Arrays.fill(documentKinds, 0);
        documentEvents = 0;
        documentDecisions = 0;
        strings.clear();
        document.position(TraceFormat.DOCUMENT_HEADER_BYTES);
    }

    /** Writes strings and header around the records, and gives the length of the document. */
    private int finish(byte kind) {
        int recordBytes = document.position() - TraceFormat.DOCUMENT_HEADER_BYTES;
        strings.writeTo(document);
        while ((document.position() & 3) != 0) {
            document.u8(0);
        }
        int length = document.position();
        document.i32At(TraceFormat.MAGIC_OFFSET, TraceFormat.DOCUMENT_MAGIC);
        document.i32At(TraceFormat.LENGTH_OFFSET, length);
        document.i32At(TraceFormat.KIND_OFFSET, kind);
        document.i64At(TraceFormat.NUMBER_OFFSET, documentNumber++);
        document.i64At(TraceFormat.FIRST_SEQUENCE_OFFSET, nextSequence - documentEvents);
        document.i32At(TraceFormat.EVENTS_OFFSET, documentEvents);
        document.i32At(TraceFormat.DECISIONS_OFFSET, documentDecisions);
        document.i32At(TraceFormat.RECORD_BYTES_OFFSET, recordBytes);
        document.i32At(TraceFormat.STRINGS_OFFSET, strings.count());
        CRC32C checksum = new CRC32C();
        checksum.update(
                document.array(), TraceFormat.LENGTH_OFFSET, length - TraceFormat.LENGTH_OFFSET);
        document.i32At(TraceFormat.CHECKSUM_OFFSET, (int) checksum.getValue());
        return length;
    }

    /** There is no more room: gives up the open document and ends the trace before it. */
    private void stop(Closing closing) {
        documentNumber--;
        nextSequence -= documentEvents;
        if (documentKinds[RecordKind.RUN_ENDED.code] > 0) {
            runEnd = null;
        }
        startDocument();
        try {
            end(closing);
        } catch (TraceException e) {
            // Without its summary the trace says that recording was cut off, which is true.
        }
        state = State.OUT_OF_ROOM;
    }

    private void writeHeader() {
        HeaderFile pending = headerFile;
        if (pending != null) {
            output.awaitOpening();
            pending.write(trace);
            headerFile = null;
        }
    }

    private void end(Closing closing) {
        writeHeader();
        Map<String, Long> kinds = new LinkedHashMap<>();
        for (RecordKind kind : RecordKind.values()) {
            if (keptKinds[kind.code] > 0) {
                kinds.put(kind.type.getSimpleName(), keptKinds[kind.code]);
            }
        }
        SummaryCodec.write(
                document,
                new TraceSummary(
                        closing,
                        Optional.ofNullable(runEnd),
                        nextSequence - 1,
                        keptTimeNs,
                        keptEvents,
                        keptDecisions,
                        kinds));
        int length = finish(TraceFormat.DOCUMENT_OF_SUMMARY);
        try {
            output.appendLast(document.array(), length);
        } finally {
            output.close();
        }
    }
}
