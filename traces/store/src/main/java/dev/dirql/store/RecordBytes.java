package dev.dirql.store;

import dev.dirql.events.Event;
import dev.dirql.events.Stamp;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether an event is the next one of a document, by writing it as that document would hold
 * it: equal bytes are equal events, and no object is made of what was recorded.
 */
final class RecordBytes {
    private final StringTable strings = new StringTable();
    private final DocumentBytes bytes = new DocumentBytes(strings);
    private final RecordEncoder encoder = new RecordEncoder(bytes);
    private @Nullable DocumentFields document;

    /**
     * Whether the next record of the document is this event; then it is passed. False may also mean
     * that only a look at the fields can tell, as for an event that no record can hold.
     */
    boolean pass(DocumentFields fields, Stamp stamp, Event event) {
        if (document != fields) {
            document = fields;
            numberStrings(fields);
        }
        bytes.position(TraceFormat.DOCUMENT_HEADER_BYTES);
        try {
            encoder.event(stamp, event);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return false;
        }
        return fields.pass(bytes.array(), TraceFormat.DOCUMENT_HEADER_BYTES, bytes.position());
    }

    /** Gives each string the number that it has in the document; others get higher ones. */
    private void numberStrings(DocumentFields fields) {
        strings.clear();
        for (int i = 0; i < fields.strings(); i++) {
            strings.indexOf(fields.string(i));
        }
    }
}
