package dev.dirql.simulation.figures;

import dev.dirql.events.Event;
import dev.dirql.events.LockKind;
import dev.dirql.events.Stamp;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts what every lock goes through, in the order in which the locks were first seen. */
final class LockCounts implements StatePart {
    private final List<LockTally> tallies = new ArrayList<>();
    private final Map<Long, LockTally> byAddress = new HashMap<>();
    private LockTally last = new LockTally(0, "", LockKind.SPIN_LOCK, "");

    void defined(Event.LockDefined event) {
        // Memory that held one lock may come to hold another.
        tally(event.lock(), event.lockName(), event.lockKind()).livesIn(event.storage());
    }

    void contended(Event.LockContended event) {
        tally(event.lock(), event.lockName(), event.lockKind()).contended();
    }

    void acquired(Stamp stamp, Event.LockAcquired event) {
        tally(event.lock(), event.lockName(), event.lockKind()).acquired(stamp, event);
    }

    void released(Stamp stamp, Event.LockReleased event) {
        tally(event.lock(), event.lockName(), event.lockKind()).released(stamp, event);
    }

    List<LockFigures> figures() {
        return tallies.stream().map(LockTally::figures).toList();
    }

    List<HeldLock> held() {
        return tallies.stream().flatMap(tally -> tally.holders().stream()).toList();
    }

    private LockTally tally(long address, String name, LockKind kind) {
        if (last.address == address && last.isCalled(name)) {
            return last;
        }
        LockTally found = byAddress.get(address);
        if (found == null || !found.isCalled(name)) {
            found = add(new LockTally(address, name, kind, ""));
        }
        last = found;
        return found;
    }

    private LockTally add(LockTally tally) {
        tallies.add(tally);
        byAddress.put(tally.address, tally);
        return tally;
    }

    @Override
    public void save(StateWriter out) {
        out.value(tallies.size());
        tallies.forEach(tally -> tally.save(out));
    }

    @Override
    public void restore(StateReader in) {
        tallies.clear();
        byAddress.clear();
        int count = in.intValue();
        for (int i = 0; i < count; i++) {
            last = add(new LockTally(in));
        }
        if (count == 0) {
            last = new LockTally(0, "", LockKind.SPIN_LOCK, "");
        }
    }
}
