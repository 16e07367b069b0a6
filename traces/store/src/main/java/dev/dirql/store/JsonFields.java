package dev.dirql.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.dirql.store.TraceException.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object or array as it was read; every accessor checks that what it gives is there and of
 * its type.
 *
 * <p>Read with the streaming parser alone: binding to records would cost a tenth of a second at
 * each start.
 */
final class JsonFields {
    private final Path file;
    private final Object value;

    private JsonFields(Path file, Object value) {
        this.file = file;
        this.value = value;
    }

    static JsonFields parse(Path file, byte[] content) {
        try (JsonParser parser = new JsonFactory().createParser(content)) {
            parser.nextToken();
            Object value = value(parser);
            if (!(value instanceof Map) || parser.nextToken() != null) {
                throw malformed(file, "it is not one JSON object");
            }
            return new JsonFields(file, value);
        } catch (IOException | IllegalArgumentException e) {
            throw malformed(file, "it is not JSON");
        }
    }

    private static Object value(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            Map<String, Object> members = new LinkedHashMap<>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                members.put(name, value(parser));
            }
            return members;
        }
        if (token == JsonToken.START_ARRAY) {
            List<Object> elements = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                elements.add(value(parser));
            }
            return elements;
        }
        if (token == JsonToken.VALUE_STRING) {
            return parser.getText();
        }
        if (token == JsonToken.VALUE_NUMBER_INT) {
            return parser.getLongValue();
        }
        if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
            return parser.getBooleanValue();
        }
        throw new IllegalArgumentException("no value that a trace uses");
    }

    String string(String name) {
        return of(String.class, member(name), name);
    }

    long integer(String name) {
        return of(Long.class, member(name), name);
    }

    int int32(String name) {
        return int32(integer(name), name);
    }

    /** An address, written as {@code "0x…"}. */
    long address(String name) {
        return address(string(name), name);
    }

    List<String> strings(String name) {
        return elements(name, element -> of(String.class, element, name));
    }

    /** The objects or arrays in an array. */
    List<JsonFields> list(String name) {
        return elements(name, element -> new JsonFields(file, element));
    }

    /** The members of an object whose values are strings, in order. */
    Map<String, String> stringMap(String name) {
        Map<String, String> strings = new LinkedHashMap<>();
        for (Map.Entry<?, ?> text : map(member(name), name).entrySet()) {
            strings.put(String.valueOf(text.getKey()), of(String.class, text.getValue(), name));
        }
        return strings;
    }

    /** The object of that name. */
    JsonFields object(String name) {
        return new JsonFields(file, map(member(name), name));
    }

    /** The names of this object's members, in order. */
    List<String> names() {
        return map(value, "object").keySet().stream().map(String::valueOf).toList();
    }

    String stringAt(int index) {
        return of(String.class, element(index), "string");
    }

    int int32At(int index) {
        return int32(of(Long.class, element(index), "number"), "number");
    }

    boolean booleanAt(int index) {
        return of(Boolean.class, element(index), "boolean");
    }

    /** What a member that is there but cannot be right is answered with. */
    TraceException malformed(String what) {
        return malformed(file, what);
    }

    private <T> List<T> elements(String name, Function<Object, T> convert) {
        List<T> converted = new ArrayList<>();
        List<?> elements = of(List.class, member(name), name);
        for (Object element : elements) {
            converted.add(convert.apply(element));
        }
        return converted;
    }

    private @Nullable Object member(String name) {
        return map(value, name).get(name);
    }

    private @Nullable Object element(int index) {
        List<?> elements = of(List.class, value, "array");
        return index < elements.size() ? elements.get(index) : null;
    }

    private int int32(long number, String name) {
        if (number != (int) number) {
            throw malformed("its " + name + " is too large");
        }
        return (int) number;
    }

    private long address(String text, String name) {
        try {
            if (text.startsWith("0x")) {
                return Long.parseUnsignedLong(text, 2, text.length(), 16);
            }
        } catch (NumberFormatException e) {
            // Answered below like a missing prefix.
        }
        throw malformed("its " + name + " is not an address");
    }

    private Map<?, ?> map(@Nullable Object found, String name) {
        return of(Map.class, found, name);
    }

    private <T> T of(Class<T> type, @Nullable Object found, String name) {
        if (!type.isInstance(found)) {
            throw malformed("its " + name + " is missing or of the wrong type");
        }
        return type.cast(found);
    }

    private static TraceException malformed(Path file, String what) {
        return new TraceException(
                Kind.CORRUPT, "%s: %s. %s".formatted(file, what, Cure.COPY_AGAIN));
    }
}
