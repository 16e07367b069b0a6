package dev.dirql.store;

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
    private final byte[] buffer = new byte[TraceFormat.DOCUMENT_BYTES_MAXIMUM];
    private int document;
    private @Nullable DocumentFields fields;
    private long nextSequence;
    private @Nullable TraceRecord next;
    private boolean atEnd;

    TraceCursor(ExcerptFile file, RecordedEnums enums, long fromSequence) {
        this.file = file;
        this.enums = enums;
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

    private void advance() {
        while (fields == null || !fields.hasNext()) {
            if (fields != null && nextSequence != file.firstSequence(document + 1)) {
                throw file.corruptDocument(
                        document, new IllegalArgumentException("its counts are wrong"));
            }
            document++;
            if (document >= file.documents()) {
                atEnd = true;
                return;
            }
            fields = file.read(document, buffer, enums);
            nextSequence = file.firstSequence(document);
        }
        try {
            TraceRecord read = RecordDecoder.record(fields, nextSequence);
            if (read instanceof TraceRecord.EventRecord) {
                nextSequence++;
            }
            next = read;
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw file.corruptDocument(document, e);
        }
    }
}
