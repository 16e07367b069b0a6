package dev.dirql.kernel.loader;

import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Where the device extensions are, so that data in them can be named. */
public final class DeviceExtensions implements StatePart {
    /**
     * A device extension.
     *
     * @param image base of the image of the driver that created it
     * @param number how many device objects the driver had created before
     */
    public record Extension(long start, long size, long image, int number) {}

    private TreeMap<Long, Extension> extensions = new TreeMap<>();

    public void add(Extension extension) {
        extensions.put(extension.start(), extension);
    }

    public void remove(long start) {
        extensions.remove(start);
    }

    /** The extension that holds an address, or null. */
    public @Nullable Extension find(long address) {
        Map.Entry<Long, Extension> entry = extensions.floorEntry(address);
        return entry != null && address - entry.getKey() < entry.getValue().size()
                ? entry.getValue()
                : null;
    }

    @Override
    public void save(StateWriter out) {
        out.reference(new TreeMap<>(extensions));
    }

    @Override
    @SuppressWarnings("unchecked")
    public void restore(StateReader in) {
        extensions = new TreeMap<>((TreeMap<Long, Extension>) in.reference(TreeMap.class));
    }
}
