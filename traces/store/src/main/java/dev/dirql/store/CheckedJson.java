package dev.dirql.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.dirql.store.TraceException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * A JSON object in a file whose first member is the CRC-32C of everything after that member, so
 * that a changed byte is noticed wherever it is.
 */
final class CheckedJson {
    private static final String CHECKSUM_START_TEXT = "{\"crc32c\":\"";
    private static final byte[] CHECKSUM_START =
            CHECKSUM_START_TEXT.getBytes(StandardCharsets.US_ASCII);
    private static final int CHECKSUM_DIGITS = 8;

    /** Where the checked bytes begin: after the digits, a quotation mark and a comma. */
    private static final int CHECKED_FROM = CHECKSUM_START.length + CHECKSUM_DIGITS + 2;

    private CheckedJson() {}

    /** Writes the members of an object. */
    @FunctionalInterface
    interface Members {
        void writeTo(JsonGenerator json) throws IOException;
    }

    /** Writes an object, over several lines if people are meant to read it. */
    static byte[] write(boolean forPeople, Members members) {
        ByteArrayOutputStream object = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(object)) {
            if (forPeople) {
                DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
                json.setPrettyPrinter(
                        new DefaultPrettyPrinter()
                                .withObjectIndenter(indenter)
                                .withArrayIndenter(indenter));
            }
            json.writeStartObject();
            members.writeTo(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("a byte array takes everything", e);
        }
        byte[] text = object.toByteArray();
        // The object's opening brace is replaced by one that the checksum follows.
        byte[] content = new byte[CHECKED_FROM + text.length];
        System.arraycopy(text, 1, content, CHECKED_FROM, text.length - 1);
        content[content.length - 1] = '\n';
        byte[] start =
                (CHECKSUM_START_TEXT + checksum(content, CHECKED_FROM) + "\",")
                        .getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(start, 0, content, 0, start.length);
        return content;
    }

    /**
     * Reads an object and checks it.
     *
     * @param other kind of the exception for a file that does not even begin like one of these
     */
    static JsonFields read(Path file, int maximum, Kind other) {
        byte[] content = HostFiles.read(file, maximum);
        if (content.length < CHECKED_FROM
                || !Arrays.equals(
                        content,
                        0,
                        CHECKSUM_START.length,
                        CHECKSUM_START,
                        0,
                        CHECKSUM_START.length)) {
            throw new TraceException(
                    other,
                    "%s: not written by dirql. %s"
                            .formatted(
                                    file,
                                    other == Kind.NOT_A_TRACE
                                            ? Cure.NAME_A_TRACE
                                            : Cure.COPY_AGAIN));
        }
        String written =
                new String(
                        content, CHECKSUM_START.length, CHECKSUM_DIGITS, StandardCharsets.US_ASCII);
        if (!written.equals(checksum(content, CHECKED_FROM))) {
            throw new TraceException(
                    Kind.CORRUPT, "%s: its checksum is wrong. %s".formatted(file, Cure.COPY_AGAIN));
        }
        return JsonFields.parse(file, content);
    }

    private static String checksum(byte[] content, int from) {
        CRC32C checksum = new CRC32C();
        checksum.update(content, from, content.length - from);
        return HexFormat.of().toHexDigits((int) checksum.getValue());
    }
}
