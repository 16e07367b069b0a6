package dev.dirql.kernel.pnp;

import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The devices of the machine, the drivers that are for each, and how far each is. */
public final class PnpDevices implements StatePart {
    /** How far a device is. */
    public enum State {
        /** No driver of it has an AddDevice routine, or they are not loaded yet. */
        PRESENT,
        /** Its drivers are being added, or it is being started. */
        STARTING,
        STARTED,
        /** Its drivers are asked to stop it, or it is stopped. */
        STOPPING,
        /** A driver could not add or start it. */
        FAILED,
        /** Its drivers are asked to remove it. */
        REMOVING,
        /** It is gone, its drivers know, and a file is open. */
        SURPRISE_REMOVED,
        REMOVED
    }

    /** A device and its physical device object. */
    public static final class Entry {
        private final PnpDevice device;
        private final List<Integer> drivers;
        private long pdo;
        private long routine;
        private boolean reached;
        private boolean ejectable;
        private State state = State.PRESENT;

        private Entry(PnpDevice device, List<Integer> drivers) {
            this.device = device;
            this.drivers = List.copyOf(drivers);
        }

        public PnpDevice device() {
            return device;
        }

        /** Numbers of its drivers, the lowest of the stack first. */
        public List<Integer> drivers() {
            return drivers;
        }

        /** Address of the physical device object, 0 if there is none yet. */
        public long pdo() {
            return pdo;
        }

        void setPdo(long address) {
            pdo = address;
        }

        /** A request is on its way to a dispatch routine. */
        void sending(long dispatchRoutine) {
            routine = dispatchRoutine;
            reached = false;
        }

        /** The dispatch routine of the top driver when the last request was sent. */
        long routine() {
            return routine;
        }

        /** The request came down to the physical device object. */
        void reach() {
            reached = true;
        }

        boolean isReached() {
            return reached;
        }

        /** Whether its drivers say that it can be ejected. */
        boolean isEjectable() {
            return ejectable;
        }

        void setEjectable(boolean can) {
            ejectable = can;
        }

        public State state() {
            return state;
        }

        void setState(State next) {
            state = next;
        }
    }

    private final List<Entry> entries = new ArrayList<>();
    private int actions;

    /**
     * Adds a device.
     *
     * @param drivers numbers of its drivers, the lowest of the stack first
     */
    public void add(PnpDevice device, List<Integer> drivers) {
        entries.add(new Entry(device, drivers));
    }

    public List<Entry> all() {
        return List.copyOf(entries);
    }

    int count() {
        return entries.size();
    }

    Entry get(int index) {
        return entries.get(index);
    }

    /** The device of a physical device object, or null. */
    public @Nullable Entry ofPdo(long address) {
        for (Entry entry : entries) {
            if (address != 0 && entry.pdo == address) {
                return entry;
            }
        }
        return null;
    }

    /** Something is to happen to a device. */
    void actionBegins() {
        actions++;
    }

    void actionEnds() {
        actions--;
    }

    /** What keeps a run from being done, a line each. */
    public List<String> outstanding() {
        List<String> lines = new ArrayList<>();
        for (Entry entry : entries) {
            switch (entry.state) {
                case PRESENT, STARTED, FAILED, REMOVED -> {}
                case STARTING -> lines.add(entry.device.name() + " is not started");
                case STOPPING -> lines.add(entry.device.name() + " is not started again");
                case SURPRISE_REMOVED ->
                        lines.add(entry.device.name() + " is not removed: a file is open");
                case REMOVING -> lines.add(entry.device.name() + " is not removed");
            }
        }
        if (lines.isEmpty() && actions > 0) {
            lines.add("the Plug and Play manager is not done");
        }
        return lines;
    }

    @Override
    public void save(StateWriter out) {
        for (Entry entry : entries) {
            out.value(entry.pdo);
            out.value(entry.state.ordinal());
            out.value(entry.routine);
            out.value(entry.reached);
            out.value(entry.ejectable);
        }
        out.value(actions);
    }

    @Override
    public void restore(StateReader in) {
        for (Entry entry : entries) {
            entry.pdo = in.value();
            entry.state = State.values()[in.intValue()];
            entry.routine = in.value();
            entry.reached = in.booleanValue();
            entry.ejectable = in.booleanValue();
        }
        actions = in.intValue();
    }
}
