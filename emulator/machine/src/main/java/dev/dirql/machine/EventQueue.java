package dev.dirql.machine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is due at virtual times, as a binary heap. Entries due at the same time expire in the order
 * in which they were set. Handlers are registered while the machine is built, so that an entry is
 * only numbers.
 */
public final class EventQueue implements StatePart {
    private static final int WIDTH = 4;
    private static final int TIME = 0;
    private static final int ORDER = 1;
    private static final int HANDLER = 2;
    private static final int ARGUMENT = 3;
    private static final long BACKGROUND = 1L << 32;

    private final List<TimedHandler> handlers = new ArrayList<>();
    private long[] heap = new long[WIDTH * 16];
    private int size;
    private long nextOrder;
    private int backgroundCount;

    EventQueue() {}

    /** Makes a handler known and gives its number. Only while the machine is built. */
    public int register(TimedHandler handler) {
        handlers.add(handler);
        return handlers.size() - 1;
    }

    /** Lets a handler expire at a time. */
    public void set(int handler, long timeNs, long argument) {
        add(handler, timeNs, argument);
    }

    /**
     * Lets a handler expire at a time; a machine in which only such entries are left has nothing to
     * do. The clock's are such, and whatever repeats for ever.
     */
    public void setBackground(int handler, long timeNs, long argument) {
        add(handler | BACKGROUND, timeNs, argument);
        backgroundCount++;
    }

    private void add(long handler, long timeNs, long argument) {
        if (timeNs < 0) {
            throw new IllegalArgumentException("time " + timeNs + " ns is negative");
        }
        if (WIDTH * (size + 1) > heap.length) {
            heap = Arrays.copyOf(heap, 2 * heap.length);
        }
        int at = size++;
        long order = nextOrder++;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (!earlier(timeNs, order, parent)) {
                break;
            }
            System.arraycopy(heap, WIDTH * parent, heap, WIDTH * at, WIDTH);
            at = parent;
        }
        put(at, timeNs, order, handler, argument);
    }

    private boolean earlier(long timeNs, long order, int than) {
        long other = heap[WIDTH * than + TIME];
        return timeNs < other || (timeNs == other && order < heap[WIDTH * than + ORDER]);
    }

    private void put(int at, long timeNs, long order, long handler, long argument) {
        heap[WIDTH * at + TIME] = timeNs;
        heap[WIDTH * at + ORDER] = order;
        heap[WIDTH * at + HANDLER] = handler;
        heap[WIDTH * at + ARGUMENT] = argument;
    }

    /** Takes back every entry of a handler with this argument, and says how many there were. */
    public int cancel(int handler, long argument) {
        int cancelled = 0;
        for (int i = 0; i < size; i++) {
            long found = heap[WIDTH * i + HANDLER];
            if ((int) found == handler && heap[WIDTH * i + ARGUMENT] == argument) {
                removeAt(i);
                i = -1;
                cancelled++;
            }
        }
        return cancelled;
    }

    /** Time of the earliest entry, {@link Long#MAX_VALUE} if there is none. */
    public long nextTimeNs() {
        return size == 0 ? Long.MAX_VALUE : heap[TIME];
    }

    /** Whether an entry is left that is not in the background. */
    public boolean hasWork() {
        return size > backgroundCount;
    }

    /** Removes the earliest entry and lets its handler act. */
    void expireNext() {
        long timeNs = heap[TIME];
        int handler = (int) heap[HANDLER];
        long argument = heap[ARGUMENT];
        removeAt(0);
        handlers.get(handler).expire(timeNs, argument);
    }

    private void removeAt(int index) {
        if ((heap[WIDTH * index + HANDLER] & BACKGROUND) != 0) {
            backgroundCount--;
        }
        size--;
        long timeNs = heap[WIDTH * size + TIME];
        long order = heap[WIDTH * size + ORDER];
        long handler = heap[WIDTH * size + HANDLER];
        long argument = heap[WIDTH * size + ARGUMENT];
        if (index == size) {
            return;
        }
        int at = index;
        while (at > 0 && earlier(timeNs, order, (at - 1) >>> 1)) {
            int parent = (at - 1) >>> 1;
            System.arraycopy(heap, WIDTH * parent, heap, WIDTH * at, WIDTH);
            at = parent;
        }
        while (true) {
            int child = 2 * at + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size
                    && earlier(
                            heap[WIDTH * (child + 1) + TIME],
                            heap[WIDTH * (child + 1) + ORDER],
                            child)) {
                child++;
            }
            long childTime = heap[WIDTH * child + TIME];
            if (childTime > timeNs
                    || (childTime == timeNs && heap[WIDTH * child + ORDER] > order)) {
                break;
            }
            System.arraycopy(heap, WIDTH * child, heap, WIDTH * at, WIDTH);
            at = child;
        }
        put(at, timeNs, order, handler, argument);
    }

    @Override
    public void save(StateWriter out) {
        sort();
        out.value(size);
        for (int i = 0; i < size; i++) {
            out.time(heap[WIDTH * i + TIME]);
            out.value(heap[WIDTH * i + HANDLER]);
            out.value(heap[WIDTH * i + ARGUMENT]);
        }
    }

    /**
     * Sorts the heap, which stays one, so that two histories that left the same entries write the
     * same. By insertion: entries are few, and sorted already where they were restored.
     */
    private void sort() {
        for (int i = 1; i < size; i++) {
            long timeNs = heap[WIDTH * i + TIME];
            long order = heap[WIDTH * i + ORDER];
            long handler = heap[WIDTH * i + HANDLER];
            long argument = heap[WIDTH * i + ARGUMENT];
            int at = i;
            while (at > 0 && earlier(timeNs, order, at - 1)) {
                at--;
            }
            if (at < i) {
                System.arraycopy(heap, WIDTH * at, heap, WIDTH * (at + 1), WIDTH * (i - at));
                put(at, timeNs, order, handler, argument);
            }
        }
    }

    @Override
    public void restore(StateReader in) {
        size = 0;
        nextOrder = 0;
        backgroundCount = 0;
        int count = in.intValue();
        for (int i = 0; i < count; i++) {
            long timeNs = in.time();
            long handler = in.value();
            add(handler, timeNs, in.value());
            if ((handler & BACKGROUND) != 0) {
                backgroundCount++;
            }
        }
    }
}
