package dev.dirql.kernel.loader;

import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Where the device objects and their extensions are, so that data in them can be named. */
public final class DeviceExtensions implements StatePart {
    /**
     * A device object, and the device extension behind it.
     *
     * @param object address of the device object
     * @param start address of the extension
     * @param size bytes of the extension
     * @param image base of the image of the driver that created it
     * @param number how many device objects the driver had created before
     */
    public record Extension(long object, long start, long size, long image, int number) {

        /** Whether an address is in the device object itself. */
        public boolean isObject(long address) {
            return address < start;
        }
    }

    private TreeMap<Long, Extension> extensions = new TreeMap<>();

    public void add(Extension extension) {
        extensions.put(extension.object(), extension);
    }

    public void remove(long object) {
        extensions.remove(object);
    }

    /** The device object that holds an address, itself or in its extension, or null. */
    public @Nullable Extension find(long address) {
        Map.Entry<Long, Extension> entry = extensions.floorEntry(address);
        Extension found = entry == null ? null : entry.getValue();
        return found != null && address < found.start() + found.size() ? found : null;
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
