package dev.dirql.events.statistics;

import static dev.dirql.events.statistics.RequestRow.NOT_YET;

import dev.dirql.events.Event;
import dev.dirql.events.EventSink;
import dev.dirql.events.Stamp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gathers a row for each IRP; an IRP made at the address of an earlier one is another request. */
public final class RequestStatistics implements EventSink {
    private final List<RequestRow> rows = new ArrayList<>();

    /** Index of the latest request at an address; only asked for single addresses. */
    private final Map<Long, Integer> latest = new HashMap<>();

    @Override
    public void accept(Stamp stamp, Event event) {
        long now = stamp.timeNs();
        if (event instanceof Event.IrpCreated made) {
            add(made.irp(), made.major(), made.device(), made.length(), now);
        } else if (event instanceof Event.IrpDispatched call) {
            int index = index(call.irp(), call.major(), call.device(), now);
            RequestRow row = rows.get(index);
            if (row.dispatchedNs() == NOT_YET) {
                rows.set(index, with(row, now, row.startedNs()));
            }
        } else if (event instanceof Event.IrpStarted started) {
            int index = index(started.irp(), 0, started.device(), now);
            RequestRow row = rows.get(index);
            if (row.startedNs() == NOT_YET) {
                rows.set(index, with(row, row.dispatchedNs(), now));
            }
        } else if (event instanceof Event.IrpCompleted done) {
            completed(done, now);
        }
    }

    /** All requests so far. */
    public List<RequestRow> rows() {
        return List.copyOf(rows);
    }

    /** The requests that were not completed. */
    public List<RequestRow> incomplete() {
        return rows.stream().filter(row -> !row.isComplete()).toList();
    }

    private void completed(Event.IrpCompleted done, long now) {
        int index = index(done.irp(), 0, 0, now);
        RequestRow row = rows.get(index);
        if (!row.isComplete()) {
            rows.set(
                    index,
                    new RequestRow(
                            row.irp(),
                            row.major(),
                            row.device(),
                            row.length(),
                            row.createdNs(),
                            row.dispatchedNs(),
                            row.startedNs(),
                            now,
                            done.status(),
                            done.information()));
        }
    }

    /** The request at an address; one whose making no event told is added. */
    private int index(long irp, int major, long device, long now) {
        Integer index = latest.get(irp);
        return index != null ? index : add(irp, major, device, 0, now);
    }

    private int add(long irp, int major, long device, long length, long now) {
        rows.add(new RequestRow(irp, major, device, length, now, NOT_YET, NOT_YET, NOT_YET, 0, 0));
        latest.put(irp, rows.size() - 1);
        return rows.size() - 1;
    }

    private static RequestRow with(RequestRow row, long dispatchedNs, long startedNs) {
        return new RequestRow(
                row.irp(),
                row.major(),
                row.device(),
                row.length(),
                row.createdNs(),
                dispatchedNs,
                startedNs,
                row.completedNs(),
                row.status(),
                row.information());
    }
}
