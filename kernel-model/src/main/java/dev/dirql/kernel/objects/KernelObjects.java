package dev.dirql.kernel.objects;

import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How often each object is referenced, the handles of the System process, and the names of events.
 * The counts are not in guest memory: no OBJECT_HEADER precedes an object.
 */
public final class KernelObjects implements StatePart {
    private static final int HANDLE_STEP = 4;
    private static final long KERNEL_HANDLE = 0xFFFFFFFF_80000000L;
    private static final ObjectType[] TYPES = ObjectType.values();

    private record Counted(long references, ObjectType type) {}

    private record Handle(long object, long access) {}

    /** By address of the object. */
    private TreeMap<Long, Counted> objects = new TreeMap<>();

    private TreeMap<Long, Handle> handles = new TreeMap<>();
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
    public void add(long object, ObjectType type) {
        objects.put(object, new Counted(1, type));
    }

    /** Whether references of an object are counted, and there is one. */
    public boolean isCounted(long object) {
        return objects.containsKey(object);
    }

    /** What an object is, if its references are counted. */
    Optional<ObjectType> typeOf(long object) {
        return Optional.ofNullable(objects.get(object)).map(Counted::type);
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
    public long dereference(Processor processor, long object, long caller) {
        long left = dereference(object);
        if (left == 0) {
            listeners.forEach(listener -> listener.unreferenced(processor, object, caller));
        }
        return left;
    }

    private long change(long object, int change) {
        Counted counted = objects.get(object);
        if (counted == null) {
            return 0;
        }
        long count = counted.references + change;
        if (count == 0) {
            objects.remove(object);
            names.values().remove(object);
        } else {
            objects.put(object, new Counted(count, counted.type));
        }
        return count;
    }

    /** A new handle of an object with the rights it grants; it is a reference, too. */
    public long open(long object, int access) {
        long handle = KERNEL_HANDLE + HANDLE_STEP;
        while (handles.containsKey(handle)) {
            handle += HANDLE_STEP;
        }
        handles.put(handle, new Handle(object, access));
        reference(object);
        return handle;
    }

    /** The object that a handle stands for, or 0. */
    public long objectOf(long handle) {
        Handle known = handles.get(handle);
        return known == null ? 0 : known.object;
    }

    /** The rights that a handle grants. */
    public int accessOf(long handle) {
        Handle known = handles.get(handle);
        return known == null ? 0 : (int) known.access;
    }

    /** Whether a number looks like a handle of the System process. */
    public static boolean isKernelHandle(long handle) {
        return handle < 0 && handle >= KERNEL_HANDLE;
    }

    /** Closes a handle, and says whether there was one. */
    public boolean close(Processor processor, long handle, long caller) {
        Handle closed = handles.remove(handle);
        if (closed != null) {
            dereference(processor, closed.object, caller);
        }
        return closed != null;
    }

    /** The object of a name, or 0. */
    long named(String name, boolean ignoreCase) {
        if (!ignoreCase) {
            return names.getOrDefault(name, 0L);
        }
        for (var entry : names.entrySet()) {
            if (entry.getKey().equalsIgnoreCase(name)) {
                return entry.getValue();
            }
        }
        return 0;
    }

    /** Gives an object a name, which it has until it is no more referenced. */
    void name(String name, long object) {
        names.put(name, object);
    }

    @Override
    public void save(StateWriter out) {
        out.value(objects.size());
        objects.forEach((object, counted) -> {
            out.value(object);
            out.value(counted.references);
            out.value(counted.type.ordinal());
        });
        out.value(handles.size());
        handles.forEach((handle, known) -> {
            out.value(handle);
            out.value(known.object);
            out.value(known.access);
        });
        out.reference(new TreeMap<>(names));
        names.values().forEach(out::value);
    }

    @Override
    @SuppressWarnings("unchecked")
    public void restore(StateReader in) {
        objects = new TreeMap<>(loadObjects(in));
        handles = new TreeMap<>(loadHandles(in));
        names = new TreeMap<>((TreeMap<String, Long>) in.reference(TreeMap.class));
        names.values().forEach(_ -> in.value());
    }

    private static SortedMap<Long, Counted> loadObjects(StateReader in) {
        SortedMap<Long, Counted> objects = new TreeMap<>();
        for (int i = in.intValue(); i > 0; i--) {
            long object = in.value();
            long references = in.value();
            objects.put(object, new Counted(references, TYPES[in.intValue()]));
        }
        return objects;
    }

    private static SortedMap<Long, Handle> loadHandles(StateReader in) {
        SortedMap<Long, Handle> handles = new TreeMap<>();
        for (int i = in.intValue(); i > 0; i--) {
            long handle = in.value();
            long object = in.value();
            handles.put(handle, new Handle(object, in.value()));
        }
        return handles;
    }
}
