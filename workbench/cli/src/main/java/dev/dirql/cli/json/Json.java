package dev.dirql.cli.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;

/** Writes documents: every command the same way. */
public final class Json {
    private static final ObjectMapper LINES = new ObjectMapper();
    private static final ObjectMapper DOCUMENTS =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private Json() {}

    /** The beginning of a document of a command: its schema. */
    public static ObjectNode document(String command) {
        return JsonNodeFactory.instance.objectNode().put("schema", "dirql." + command + "/1");
    }

    /** Prints a whole document, indented, ended by a line feed on every host. */
    public static void print(PrintStream out, ObjectNode document) {
        try {
            out.print(DOCUMENTS.writeValueAsString(document).replace("\r\n", "\n"));
            out.print('\n');
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Prints an object on a line of its own. */
    public static void printLine(PrintStream out, ObjectNode object) {
        try {
            out.print(LINES.writeValueAsString(object));
            out.print('\n');
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
