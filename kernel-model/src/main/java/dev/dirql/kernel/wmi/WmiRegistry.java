package dev.dirql.kernel.wmi;

import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Who provides what, who asks for it, and what providers were told to do. */
final class WmiRegistry implements StatePart {
    /** Somebody who opened a block. */
    record Consumer(long object, WmiGuid guid, int access, long callback, long context) {}

    /** Something that a provider was told to do. */
    record Control(long device, WmiGuid guid, boolean events) implements Comparable<Control> {
        @Override
        public int compareTo(Control other) {
            int first = Long.compareUnsigned(device, other.device);
            int second = first != 0 ? first : guid.compareTo(other.guid);
            return second != 0 ? second : Boolean.compare(events, other.events);
        }
    }

    /** A change of what a provider shall do. */
    record Change(Control control, boolean enable) {}

    static final int QUERY = 0x01;
    static final int SET = 0x02;
    static final int NOTIFICATION = 0x04;
    static final int EXECUTE = 0x10;

    private List<WmiProvider> providers = new ArrayList<>();
    private List<Consumer> consumers = new ArrayList<>();
    private TreeSet<Control> enabled = new TreeSet<>();

    /** What programs want that nobody else knows of. */
    private TreeSet<Control> held = new TreeSet<>();

    private TreeMap<WmiGuid, Long> instanceIds = new TreeMap<>();

    /** The provider IDs of devices. */
    private TreeMap<Long, Integer> ids = new TreeMap<>();

    // ---- providers ----

    int id(long device) {
        return ids.computeIfAbsent(device, _ -> ids.size() + 1);
    }

    @Nullable WmiProvider provider(long device) {
        for (WmiProvider provider : providers) {
            if (provider.device() == device) {
                return provider;
            }
        }
        return null;
    }

    void add(long device) {
        providers.add(new WmiProvider(device, id(device), List.of(), 0, 0));
    }

    /** Puts another state of a provider in the place of the one that is known. */
    void replace(WmiProvider provider) {
        providers.replaceAll(known -> known.device() == provider.device() ? provider : known);
        enabled.removeIf(control ->
                control.device == provider.device() && provider.block(control.guid) == null);
    }

    void remove(long device) {
        providers.removeIf(provider -> provider.device() == device);
        enabled.removeIf(control -> control.device == device);
        held.removeIf(control -> control.device == device);
    }

    /** The providers of a block that can be queried and set. */
    List<WmiProvider> of(WmiGuid guid) {
        List<WmiProvider> found = new ArrayList<>();
        for (WmiProvider provider : providers) {
            WmiProvider.Block block = provider.block(guid);
            if (block != null && (block.flags() & WmiProvider.EVENT_ONLY) == 0) {
                found.add(provider);
            }
        }
        return found;
    }

    /** The requests that are not completed, a line for each provider. */
    List<String> outstanding() {
        return providers.stream()
                .filter(provider -> provider.active() > 0)
                .map(provider ->
                        "a request of WMI to the device object 0x%x is not completed"
                                .formatted(provider.device()))
                .toList();
    }

    /** The first of so many IDs that nobody has for a GUID. */
    long takeInstanceIds(WmiGuid guid, long count) {
        long first = instanceIds.getOrDefault(guid, 1L);
        instanceIds.put(guid, first + count);
        return first;
    }

    // ---- consumers ----

    void open(long object, WmiGuid guid, int access) {
        consumers.add(new Consumer(object, guid, access, 0, 0));
    }

    @Nullable Consumer consumer(long object) {
        for (Consumer consumer : consumers) {
            if (consumer.object == object) {
                return consumer;
            }
        }
        return null;
    }

    void listen(Consumer consumer, long callback, long context) {
        consumers.replaceAll(known ->
                known.object == consumer.object
                        ? new Consumer(
                                consumer.object, consumer.guid, consumer.access, callback, context)
                        : known);
    }

    boolean close(long object) {
        return consumers.removeIf(consumer -> consumer.object == object);
    }

    /** The consumers that want an event. */
    List<Consumer> listeners(WmiGuid guid) {
        return consumers.stream()
                .filter(consumer -> consumer.guid.equals(guid) && consumer.callback != 0)
                .toList();
    }

    // ---- what providers shall do ----

    /** A program wants a provider to do something, or does not want it any more. */
    void hold(Control control, boolean wants) {
        if (wants) {
            held.add(control);
        } else {
            held.remove(control);
        }
    }

    /** Whether a provider was told to send events of a block. */
    boolean areEventsEnabled(WmiGuid guid) {
        return enabled.stream().anyMatch(control -> control.events && control.guid.equals(guid));
    }

    /** The next thing to tell a provider, which counts as told; null for none. */
    @Nullable Change nextChange() {
        for (WmiProvider provider : providers) {
            for (WmiProvider.Block block : provider.blocks()) {
                boolean wanted = !listeners(block.guid()).isEmpty();
                Change events = change(provider, block, true, wanted);
                if (events != null) {
                    return events;
                }
                boolean collected =
                        (block.flags() & WmiProvider.EXPENSIVE) != 0
                                && consumers.stream()
                                        .anyMatch(consumer ->
                                                consumer.guid.equals(block.guid())
                                                        && (consumer.access & ~NOTIFICATION & 0x1F)
                                                                != 0);
                Change collection = change(provider, block, false, collected);
                if (collection != null) {
                    return collection;
                }
            }
        }
        return null;
    }

    private @Nullable Change change(
            WmiProvider provider, WmiProvider.Block block, boolean events, boolean wanted) {
        Control control = new Control(provider.device(), block.guid(), events);
        boolean now = wanted || held.contains(control);
        boolean changes = now ? enabled.add(control) : enabled.remove(control);
        return changes ? new Change(control, now) : null;
    }

    @Override
    public void save(StateWriter out) {
        out.value(providers.size());
        for (WmiProvider provider : providers) {
            out.value(provider.device());
            out.value(provider.active());
            out.value(provider.leaving());
            out.value(provider.blocks().hashCode());
        }
        out.value(consumers.size());
        for (Consumer consumer : consumers) {
            out.value(consumer.object);
            out.value(consumer.callback);
        }
        out.value(enabled.size());
        out.reference(List.copyOf(providers));
        out.reference(List.copyOf(consumers));
        out.reference(new TreeSet<>(enabled));
        out.reference(new TreeSet<>(held));
        out.reference(new TreeMap<>(instanceIds));
        out.reference(new TreeMap<>(ids));
    }

    @Override
    @SuppressWarnings("unchecked")
    public void restore(StateReader in) {
        for (int i = in.intValue(); i > 0; i--) {
            in.value();
            in.intValue();
            in.value();
            in.intValue();
        }
        for (int i = in.intValue(); i > 0; i--) {
            in.value();
            in.value();
        }
        in.intValue();
        providers = new ArrayList<>((List<WmiProvider>) in.reference(List.class));
        consumers = new ArrayList<>((List<Consumer>) in.reference(List.class));
        enabled = new TreeSet<>((TreeSet<Control>) in.reference(TreeSet.class));
        held = new TreeSet<>((TreeSet<Control>) in.reference(TreeSet.class));
        instanceIds = new TreeMap<>((TreeMap<WmiGuid, Long>) in.reference(TreeMap.class));
        ids = new TreeMap<>((TreeMap<Long, Integer>) in.reference(TreeMap.class));
    }
}
