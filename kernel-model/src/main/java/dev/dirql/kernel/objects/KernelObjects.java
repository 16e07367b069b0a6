package dev.dirql.kernel.objects;

import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How often each object is referenced, the handles of the System process, and the names of events.
 * The counts are not in guest memory: no OBJECT_HEADER precedes an object.
 */
public final class KernelObjects implements StatePart {
    private static final int HANDLE_STEP = 4;
    private static final long KERNEL_HANDLE = 0xFFFFFFFF_80000000L;

    /** References by address of the object. */
    private TreeMap<Long, Long> references = new TreeMap<>();

    private TreeMap<Long, Long> handles = new TreeMap<>();
    private TreeMap<String, Long> names = new TreeMap<>();
    private final List<Unreferenced> listeners = new ArrayList<>();

    /** Is told of an object to which there is no reference any more. */
    @FunctionalInterface
    public interface Unreferenced {
        /**
         * @param caller the code that gave the last reference up
         */
        void unreferenced(Processor processor, long object, long caller);
    }

    /** Adds somebody who frees what objects are made of. */
    public void onUnreferenced(Unreferenced listener) {
        listeners.add(listener);
    }

    /** An object came to be, referenced once. */
    public void add(long object) {
        references.put(object, 1L);
    }

    /** Whether references of an object are counted, and there is one. */
    public boolean isCounted(long object) {
        return references.containsKey(object);
    }

    /** Counts one more, and gives how many there are; 0 if they are not counted. */
    public long reference(long object) {
        return change(object, 1);
    }

    /** Counts one less, and gives how many are left; 0 if they are not counted. */
    public long dereference(long object) {
        return change(object, -1);
    }

    /** As {@link #dereference(long)}; the object of the last reference goes. */
    long dereference(Processor processor, long object, long caller) {
        long left = dereference(object);
        if (left == 0) {
            listeners.forEach(listener -> listener.unreferenced(processor, object, caller));
        }
        return left;
    }

    private long change(long object, int change) {
        Long count = references.get(object);
        if (count == null) {
            return 0;
        }
        if (count + change == 0) {
            references.remove(object);
            names.values().remove(object);
        } else {
            references.put(object, count + change);
        }
        return count + change;
    }

    /** A new handle of an object, which is a reference, too. */
    public long open(long object) {
        long handle = KERNEL_HANDLE + HANDLE_STEP;
        while (handles.containsKey(handle)) {
            handle += HANDLE_STEP;
        }
        handles.put(handle, object);
        reference(object);
        return handle;
    }

    /** The object that a handle stands for, or 0. */
    public long objectOf(long handle) {
        return handles.getOrDefault(handle, 0L);
    }

    /** Whether a number looks like a handle of the System process. */
    public static boolean isKernelHandle(long handle) {
        return handle < 0 && handle >= KERNEL_HANDLE;
    }

    /** Closes a handle, and says whether there was one. */
    public boolean close(long handle) {
        Long object = handles.remove(handle);
        if (object != null) {
            dereference(object);
        }
        return object != null;
    }

    /** The object of a name, or null. */
    @Nullable Long named(String name) {
        return names.get(name);
    }

    /** Gives an object a name, which it has until it is no more referenced. */
    void name(String name, long object) {
        names.put(name, object);
    }

    @Override
    public void save(StateWriter out) {
        save(out, references);
        save(out, handles);
        out.reference(new TreeMap<>(names));
        names.values().forEach(out::value);
    }

    private static void save(StateWriter out, SortedMap<Long, Long> map) {
        out.value(map.size());
        map.forEach((key, value) -> {
            out.value(key);
            out.value(value);
        });
    }

    @Override
    @SuppressWarnings("unchecked")
    public void restore(StateReader in) {
        references = new TreeMap<>(load(in));
        handles = new TreeMap<>(load(in));
        names = new TreeMap<>((TreeMap<String, Long>) in.reference(TreeMap.class));
        names.values().forEach(_ -> in.value());
    }

    private static SortedMap<Long, Long> load(StateReader in) {
        SortedMap<Long, Long> map = new TreeMap<>();
        for (int i = in.intValue(); i > 0; i--) {
            long key = in.value();
            map.put(key, in.value());
        }
        return map;
    }
}
