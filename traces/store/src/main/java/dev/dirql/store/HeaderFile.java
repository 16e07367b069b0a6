package dev.dirql.store;

import dev.dirql.store.TraceException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header as a file.
 *
 * @param header what it says about the run
 * @param enums what it says about the codes in the records
 */
record HeaderFile(TraceHeader header, RecordedEnums enums) {
    private static final int BYTES_MAXIMUM = 4 << 20;
    private static final String VERSION = "dirql_trace";

    static Path in(Path trace) {
        return trace.resolve(TraceFormat.HEADER_FILE);
    }

    void write(Path trace) {
        HostFiles.writeAtOnce(
                in(trace),
                CheckedJson.write(
                        true,
                        json -> {
                            json.writeNumberField(VERSION, header.formatVersion());
                            json.writeStringField("dirql_version", header.dirqlVersion());
                            json.writeStringField("windows_build", header.windowsBuild());
                            json.writeStringField("scenario", header.scenario());
                            json.writeStringField("policy", header.policy());
                            json.writeNumberField("seed", header.seed());
                            json.writeNumberField("processors", header.processors());
                            json.writeObjectFieldStart("options");
                            for (Map.Entry<String, String> option : header.options().entrySet()) {
                                json.writeStringField(option.getKey(), option.getValue());
                            }
                            json.writeEndObject();
                            json.writeArrayFieldStart("inputs");
                            for (TraceInput input : header.inputs()) {
                                json.writeStartObject();
                                json.writeStringField("role", input.role().name());
                                json.writeStringField("name", input.name());
                                json.writeStringField("stored_as", input.storedAs());
                                json.writeNumberField("size", input.size());
                                json.writeStringField("sha256", input.sha256());
                                json.writeEndObject();
                            }
                            json.writeEndArray();
                            json.writeObjectFieldStart("codes");
                            for (Map.Entry<String, List<String>> names : enums.names().entrySet()) {
                                json.writeArrayFieldStart(names.getKey());
                                for (String name : names.getValue()) {
                                    json.writeString(name);
                                }
                                json.writeEndArray();
                            }
                            json.writeEndObject();
                        }));
    }

    static HeaderFile read(Path trace) {
        Path file = in(trace);
        if (Files.notExists(file)) {
            throw new TraceException(
                    Kind.NOT_A_TRACE,
                    "%s: not a trace, or its recording was cut off at once: it has no %s. %s"
                            .formatted(trace, TraceFormat.HEADER_FILE, Cure.NAME_A_TRACE));
        }
        JsonFields fields = CheckedJson.read(file, BYTES_MAXIMUM, Kind.NOT_A_TRACE);
        int version = fields.int32(VERSION);
        if (version > TraceHeader.FORMAT_VERSION) {
            throw newer(
                    trace,
                    "trace format %d; this dirql reads up to %d"
                            .formatted(version, TraceHeader.FORMAT_VERSION));
        }
        if (version < 1) {
            throw fields.malformed("its format version is " + version);
        }
        TraceHeader header =
                new TraceHeader(
                        version,
                        fields.string("dirql_version"),
                        fields.string("windows_build"),
                        fields.string("scenario"),
                        fields.string("policy"),
                        fields.integer("seed"),
                        fields.int32("processors"),
                        fields.stringMap("options"),
                        fields.list("inputs").stream().map(HeaderFile::input).toList());
        return new HeaderFile(header, enums(trace, fields.object("codes")));
    }

    private static TraceInput input(JsonFields fields) {
        String role = fields.string("role");
        for (TraceInput.Role known : TraceInput.Role.values()) {
            if (known.name().equals(role)) {
                return new TraceInput(
                        known,
                        fields.string("name"),
                        fields.string("stored_as"),
                        fields.integer("size"),
                        fields.string("sha256"));
            }
        }
        throw fields.malformed("an input has the unknown role " + role);
    }

    private static RecordedEnums enums(Path trace, JsonFields codes) {
        Map<String, List<String>> names = new LinkedHashMap<>();
        for (String enumeration : codes.names()) {
            names.put(enumeration, codes.strings(enumeration));
        }
        try {
            return RecordedEnums.of(names);
        } catch (IllegalArgumentException e) {
            throw newer(trace, "it knows the " + e.getMessage());
        }
    }

    private static TraceException newer(Path trace, String what) {
        return new TraceException(
                Kind.NEWER,
                "%s: recorded by a newer dirql: %s. Read it with the dirql that recorded it, or update this one."
                        .formatted(trace, what));
    }
}
