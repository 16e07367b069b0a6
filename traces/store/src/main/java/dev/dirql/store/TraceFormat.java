package dev.dirql.store;

/** Numbers and names of the format; {@code docs/trace-format.md} explains them. */
final class TraceFormat {
    static final String HEADER_FILE = "header.json";
    static final String SYMBOLS_FILE = "symbols.json";
    static final String INPUTS_DIRECTORY = "inputs";
    static final String RECORDS_DIRECTORY = "records";

    /** What Chronicle Queue calls the file of its first cycle, in which a fixed clock keeps it. */
    static final String RECORDS_FILE = "19700101F.cq4";

    static final String QUEUE_TABLE_FILE = "metadata.cq4t";

    /** "DQTR", little endian. */
    static final int DOCUMENT_MAGIC = 0x52545144;

    static final int DOCUMENT_HEADER_BYTES = 48;
    static final int MAGIC_OFFSET = 0;
    static final int CHECKSUM_OFFSET = 4;
    static final int LENGTH_OFFSET = 8;
    static final int KIND_OFFSET = 12;
    static final int NUMBER_OFFSET = 16;
    static final int FIRST_SEQUENCE_OFFSET = 24;
    static final int EVENTS_OFFSET = 32;
    static final int DECISIONS_OFFSET = 36;
    static final int RECORD_BYTES_OFFSET = 40;
    static final int STRINGS_OFFSET = 44;

    static final byte DOCUMENT_OF_RECORDS = 1;
    static final byte DOCUMENT_OF_SUMMARY = 2;

    /** A document is closed after so many records… */
    static final int DOCUMENT_RECORDS = 1024;

    /** …or when it is so long. */
    static final int DOCUMENT_CLOSE_BYTES = 96 << 10;

    /** No record is longer, with the strings it adds to the document. */
    static final int RECORD_BYTES_MAXIMUM = 128 << 10;

    /** No finding speaks of more places. */
    static final int PLACES_MAXIMUM = 1024;

    /** No document is longer. */
    static final int DOCUMENT_BYTES_MAXIMUM = 240 << 10;

    /** Stands in a string's length for UTF-16; without it the string is UTF-8. */
    static final int STRING_UTF16 = 0x8000_0000;

    static final int NO_PROCESSOR = 0xFF;
    static final int NO_RUN_END = 0xFF;

    private TraceFormat() {}
}
