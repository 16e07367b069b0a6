package dev.dirql.store;

import dev.dirql.events.RunEnd;
import dev.dirql.store.TraceSummary.Closing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The records part of the document that ends a trace. */
final class SummaryCodec {
    private SummaryCodec() {}

    static void write(DocumentBytes out, TraceSummary summary) {
        out.enumeration(summary.closing());
        if (summary.runEnd().isPresent()) {
            out.enumeration(summary.runEnd().get());
        } else {
            out.u8(TraceFormat.NO_RUN_END);
        }
        out.u16(summary.eventsByKind().size());
        out.i64(summary.lastSequence());
        out.i64(summary.lastTimeNs());
        out.i64(summary.events());
        out.i64(summary.decisions());
        for (RecordKind kind : RecordKind.values()) {
            Long count = summary.eventsByKind().get(kind.type.getSimpleName());
            if (count != null && kind.isWritten()) {
                out.u8(kind.code);
                out.i64(count);
            }
        }
    }

    static TraceSummary read(DocumentFields in, RecordedEnums enums) {
        Closing closing = List.of(Closing.values()).get(in.u8());
        int runEndCode = in.u8();
        Optional<RunEnd> runEnd =
                runEndCode == TraceFormat.NO_RUN_END
                        ? Optional.empty()
                        : Optional.of(enums.runEnds().get(runEndCode));
        int kinds = in.u16();
        long lastSequence = in.i64();
        long lastTimeNs = in.i64();
        long events = in.i64();
        long decisions = in.i64();
        Map<String, Long> eventsByKind = new LinkedHashMap<>();
        for (int i = 0; i < kinds; i++) {
            eventsByKind.put(in.kind().type.getSimpleName(), in.i64());
        }
        return new TraceSummary(
                closing, runEnd, lastSequence, lastTimeNs, events, decisions, eventsByKind);
    }
}
