package dev.dirql.store;

import dev.dirql.store.TraceRecord.DecisionRecord;
import dev.dirql.store.TraceRecord.EventRecord;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Traces for tests. */
final class Traces {
    static final InputFile SCENARIO =
            new InputFile(
                    TraceInput.Role.SCENARIO,
                    "scripts/using-spin-locks.scn",
                    "scenario \"Using spin locks\"\n".getBytes(StandardCharsets.UTF_8));
    static final InputFile INCLUDE =
            new InputFile(
                    TraceInput.Role.INCLUDE,
                    "scripts/common/using-spin-locks.scn",
                    new byte[] {1, 2, 3});

    private Traces() {}

    static TraceHeader header() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("set transfers", "200");
        options.put("paging", "force");
        return new TraceHeader(
                TraceHeader.FORMAT_VERSION,
                "0.1.0",
                "10.0.19045",
                "using-spin-locks",
                "furthest behind first",
                7,
                3,
                options,
                List.of());
    }

    static SymbolTable symbols() {
        return new SymbolTable(
                List.of(
                        new SymbolTable.LoadedImage(
                                "disk_driver",
                                0xFFFF_F801_0000_0000L,
                                0x4000,
                                List.of("disk.c"),
                                List.of(
                                        new SymbolTable.Symbol("OnInterrupt", 0x1000, 0x40, true),
                                        new SymbolTable.Symbol("Lock", 0x3000, 8, false)),
                                List.of(
                                        new SymbolTable.Line(0x1000, 0, 12),
                                        new SymbolTable.Line(0x1010, 0, 13)))));
    }

    /** Writes a whole trace. */
    static void write(Path trace, List<TraceRecord> records) {
        try (TraceWriter writer = begin(trace, TraceWriterSettings.standard())) {
            records.forEach(record -> write(writer, record));
        }
    }

    static TraceWriter begin(Path trace, TraceWriterSettings settings) {
        TraceWriter writer = TraceWriter.open(trace, settings);
        writer.begin(header(), List.of(SCENARIO, INCLUDE), symbols());
        return writer;
    }

    static void write(TraceWriter writer, TraceRecord record) {
        switch (record) {
            case EventRecord(var stamp, var event) -> writer.accept(stamp, event);
            case DecisionRecord(_, var decision) -> writer.decision(decision);
        }
    }

    /** Reads all records of a trace. */
    static List<TraceRecord> read(Path trace) {
        try (TraceReader reader = TraceReader.open(trace)) {
            return read(reader.records());
        }
    }

    static List<TraceRecord> read(TraceCursor cursor) {
        List<TraceRecord> records = new ArrayList<>();
        cursor.forEachRemaining(records::add);
        return records;
    }
}
