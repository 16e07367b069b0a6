package dev.dirql.store;

import dev.dirql.events.Decision;
import dev.dirql.store.TraceException.Kind;
import dev.dirql.store.TraceRecord.DecisionRecord;
import dev.dirql.store.TraceRecord.EventRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a trace directory and changes nothing in it. Whatever is wrong with it is a {@link
 * TraceException} with one message; a trace that is still being written, or whose recorder was
 * killed, reads up to its last whole document.
 */
public final class TraceReader implements AutoCloseable {
    private final Path trace;
    private final HeaderFile header;
    private final SymbolTable symbols;
    private final ExcerptFile records;
    private final Optional<TraceSummary> summary;

    private TraceReader(Path trace) {
        this.trace = trace;
        header = HeaderFile.read(trace);
        symbols = SymbolsFile.read(trace);
        for (TraceInput input : header.header().inputs()) {
            if (input.isStored()) {
                InputDirectory.check(trace, input);
            }
        }
        records = ExcerptFile.open(trace);
        try {
            summary = readSummary();
        } catch (RuntimeException e) {
            records.close();
            throw e;
        }
    }

    /**
     * Opens a trace and checks header, symbols, inputs and the frame of every document. A
     * document's records are checked when they are read.
     *
     * @throws TraceException if the place holds no trace, or a damaged one
     */
    public static TraceReader open(Path trace) {
        if (Files.notExists(trace)) {
            throw new TraceException(
                    Kind.MISSING,
                    "%s: there is no such directory. %s".formatted(trace, Cure.NAME_A_TRACE));
        }
        if (!Files.isDirectory(trace)) {
            throw new TraceException(
                    Kind.NOT_A_TRACE,
                    "%s: a file, but a trace is a directory. %s"
                            .formatted(trace, Cure.NAME_A_TRACE));
        }
        return new TraceReader(trace);
    }

    public Path trace() {
        return trace;
    }

    public TraceHeader header() {
        return header.header();
    }

    public SymbolTable symbols() {
        return symbols;
    }

    /**
     * The recorded content of an input.
     *
     * @throws TraceException of kind MISSING if the trace was recorded without its inputs
     */
    public byte[] content(TraceInput input) {
        if (!input.isStored()) {
            throw new TraceException(
                    Kind.MISSING,
                    "%s: recorded without its inputs, so %s is not in it. Name the file itself with --scenario."
                            .formatted(trace, input.name()));
        }
        return InputDirectory.read(trace, input);
    }

    /** The end of the trace; empty if recording was cut off before it, or goes on. */
    public Optional<TraceSummary> summary() {
        return summary;
    }

    public boolean isComplete() {
        return summary.isPresent();
    }

    /** Sequence number of the last event, 0 if there is none. */
    public long lastSequence() {
        return records.events();
    }

    /** Bytes of records. */
    public long recordBytes() {
        return records.writtenBytes();
    }

    /** All records. */
    public TraceCursor records() {
        return records(1);
    }

    /** The records from an event on, and the decisions made right before it. */
    public TraceCursor records(long fromSequence) {
        return new TraceCursor(records, header.enums(), fromSequence);
    }

    /** The event with that sequence number. */
    public Optional<EventRecord> event(long sequence) {
        TraceCursor cursor = records(sequence);
        while (cursor.hasNext()) {
            if (cursor.next() instanceof EventRecord found) {
                return found.sequence() == sequence ? Optional.of(found) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** All decisions, in order; documents without any are not read. */
    public List<Decision> decisions() {
        List<Decision> decisions = new ArrayList<>();
        byte[] buffer = new byte[TraceFormat.DOCUMENT_BYTES_MAXIMUM];
        for (int document = 0; document < records.documents(); document++) {
            if (records.decisions(document) > 0) {
                decisions(document, buffer, decisions);
            }
        }
        return decisions;
    }

    /** Reads every record once, so that damage anywhere is noticed now. */
    public void verify() {
        TraceCursor cursor = records();
        while (cursor.hasNext()) {
            cursor.next();
        }
    }

    @Override
    public void close() {
        records.close();
    }

    private void decisions(int document, byte[] buffer, List<Decision> decisions) {
        DocumentFields fields = records.read(document, buffer, header.enums());
        try {
            while (fields.hasNext()) {
                if (RecordDecoder.record(fields, 0) instanceof DecisionRecord found) {
                    decisions.add(found.decision());
                }
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw records.corruptDocument(document, e);
        }
    }

    private Optional<TraceSummary> readSummary() {
        if (!records.hasSummary()) {
            return Optional.empty();
        }
        int document = records.documents();
        DocumentFields fields =
                records.read(
                        document, new byte[TraceFormat.DOCUMENT_BYTES_MAXIMUM], header.enums());
        try {
            TraceSummary read = SummaryCodec.read(fields, header.enums());
            if (read.events() != records.events()) {
                throw new IllegalArgumentException("its counts are wrong");
            }
            return Optional.of(read);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw records.corruptDocument(document, e);
        }
    }
}
