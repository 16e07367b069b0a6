package dev.dirql.store;

import dev.dirql.events.Event;
import dev.dirql.events.Stamp;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the records of a trace in order. A damaged document is noticed before any of it is
 * given out.
 */
public final class TraceCursor implements Iterator<TraceRecord> {
    private final ExcerptFile file;
    private final RecordedEnums enums;
    private final boolean encodedAsNow;
    private final byte[] buffer = new byte[TraceFormat.DOCUMENT_BYTES_MAXIMUM];
    private @Nullable RecordBytes compared;
    private int document;
    private @Nullable DocumentFields fields;
    private long nextSequence;
    private @Nullable TraceRecord next;
    private boolean atEnd;

    TraceCursor(ExcerptFile file, RecordedEnums enums, long fromSequence) {
        this.file = file;
        this.enums = enums;
        encodedAsNow = enums.equals(RecordedEnums.CURRENT);
        document = file.documentOf(fromSequence) - 1;
        while (hasNext() && next != null && next.sequence() < fromSequence) {
            next = null;
        }
    }

    /**
     * Whether there is another record.
     *
     * @throws TraceException if what comes next is damaged
     */
    @Override
    public boolean hasNext() {
        if (next == null && !atEnd) {
            advance();
        }
        return next != null;
    }

    @Override
    public TraceRecord next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException("the trace has no more records");
        }
        TraceRecord current = next;
        next = null;
        return current;
    }

    /**
     * Passes the next event if it is this one, and the decisions before it in any case. Other than
     * {@link #next} it makes no object of what was recorded. If it gives false, {@link #hasNext}
     * and {@link #next} go on at the event that is there instead, if any: it may still be equal, as
     * where another build numbered its enumerations otherwise.
     *
     * @throws TraceException if what comes next is damaged
     */
    public boolean pass(Stamp stamp, Event event) {
        if (next instanceof TraceRecord.DecisionRecord) {
            next = null;
        }
        if (next != null) {
            boolean same = next.equals(new TraceRecord.EventRecord(stamp, event));
            next = same ? null : next;
            return same;
        }
        if (!encodedAsNow) {
            return false;
        }
        DocumentFields document = documentWithNext();
        while (document != null && document.isAtDecision()) {
            read(document);
            document = documentWithNext();
        }
        if (document == null
                || stamp.sequence() != nextSequence
                || !isNext(document, stamp, event)) {
            return false;
        }
        nextSequence++;
        return true;
    }

    private boolean isNext(DocumentFields document, Stamp stamp, Event event) {
        RecordBytes bytes = compared;
        if (bytes == null) {
            bytes = new RecordBytes();
            compared = bytes;
        }
        try {
            return bytes.pass(document, stamp, event);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw file.corruptDocument(this.document, e);
        }
    }

    private void advance() {
        DocumentFields document = documentWithNext();
        if (document != null) {
            next = read(document);
        }
    }

    /** The document that holds the next record, or null at the end. */
    private @Nullable DocumentFields documentWithNext() {
        DocumentFields current = fields;
        while (current == null || !current.hasNext()) {
            if (current != null && nextSequence != file.firstSequence(document + 1)) {
                throw file.corruptDocument(
                        document, new IllegalArgumentException("its counts are wrong"));
            }
            document++;
            if (document >= file.documents()) {
                atEnd = true;
                return null;
            }
            current = file.read(document, buffer, enums);
            fields = current;
            nextSequence = file.firstSequence(document);
        }
        return current;
    }

    private TraceRecord read(DocumentFields from) {
        try {
            TraceRecord read = RecordDecoder.record(from, nextSequence);
            if (read instanceof TraceRecord.EventRecord) {
                nextSequence++;
            }
            return read;
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw file.corruptDocument(document, e);
        }
    }
}
