package dev.dirql.store;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.dirql.store.SymbolTable.Line;
import dev.dirql.store.SymbolTable.LoadedImage;
import dev.dirql.store.SymbolTable.Symbol;
import dev.dirql.store.TraceException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The symbol table as a file. */
final class SymbolsFile {
    private static final int BYTES_MAXIMUM = 64 << 20;

    private SymbolsFile() {}

    static Path in(Path trace) {
        return trace.resolve(TraceFormat.SYMBOLS_FILE);
    }

    static void write(Path trace, SymbolTable table) {
        byte[] content =
                CheckedJson.write(
                        false,
                        json -> {
                            json.writeArrayFieldStart("images");
                            for (LoadedImage image : table.images()) {
                                write(json, image);
                            }
                            json.writeEndArray();
                        });
        if (content.length > BYTES_MAXIMUM) {
            throw new IllegalArgumentException(
                    "symbols of %,d bytes: a trace holds at most %,d"
                            .formatted(content.length, BYTES_MAXIMUM));
        }
        HostFiles.writeAtOnce(in(trace), content);
    }

    private static void write(JsonGenerator json, LoadedImage image) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", image.name());
        json.writeStringField("base", "0x" + Long.toHexString(image.base()));
        json.writeStringField("size", "0x" + Long.toHexString(image.size()));
        json.writeArrayFieldStart("files");
        for (String file : image.files()) {
            json.writeString(file);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("symbols");
        for (Symbol symbol : image.symbols()) {
            json.writeStartArray();
            json.writeString(symbol.name());
            json.writeNumber(symbol.rva());
            json.writeNumber(symbol.size());
            json.writeBoolean(symbol.routine());
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("lines");
        for (Line line : image.lines()) {
            json.writeStartArray();
            json.writeNumber(line.rva());
            json.writeNumber(line.file());
            json.writeNumber(line.line());
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    static SymbolTable read(Path trace) {
        Path file = in(trace);
        if (Files.notExists(file)) {
            throw new TraceException(
                    Kind.TRUNCATED, "%s: missing. %s".formatted(file, Cure.COPY_AGAIN));
        }
        JsonFields fields = CheckedJson.read(file, BYTES_MAXIMUM, Kind.CORRUPT);
        return new SymbolTable(fields.list("images").stream().map(SymbolsFile::image).toList());
    }

    private static LoadedImage image(JsonFields fields) {
        return new LoadedImage(
                fields.string("name"),
                fields.address("base"),
                fields.address("size"),
                fields.strings("files"),
                fields.list("symbols").stream()
                        .map(symbol ->
                                new Symbol(
                                        symbol.stringAt(0),
                                        symbol.int32At(1),
                                        symbol.int32At(2),
                                        symbol.booleanAt(3)))
                        .toList(),
                fields.list("lines").stream()
                        .map(line -> new Line(line.int32At(0), line.int32At(1), line.int32At(2)))
                        .toList());
    }
}
