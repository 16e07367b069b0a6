package dev.dirql.kernel.io;

import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The names of device objects and symbolic links. Case does not matter. The directories {@code
 * \Device} and {@code \??} exist, the latter also as {@code \DosDevices} and {@code \GLOBAL??}.
 */
public final class ObjectNames implements StatePart {
    /** How many symbolic links are followed before a name is given up. */
    private static final int LINKS = 32;

    private static final Set<String> DIRECTORIES = Set.of("", "\\device", "\\??");

    private static final String[] DOS_DEVICES = {"\\dosdevices\\", "\\global??\\"};

    /**
     * What a name stands for.
     *
     * @param device address of the device object, 0 for a symbolic link
     * @param target what a symbolic link leads to, empty for a device object
     * @param creator the code that made a symbolic link
     */
    public record Entry(long device, String target, long creator) {}

    private TreeMap<String, Entry> entries = new TreeMap<>();

    /** Enters a device object, and says with which status that ended. */
    public int addDevice(String name, long device) {
        return add(name, new Entry(device, "", 0));
    }

    /** Enters a symbolic link, and says with which status that ended. */
    public int addLink(String name, String target, long creator) {
        return add(name, new Entry(0, target, creator));
    }

    /** The symbolic links that the code of an image made. */
    List<String> linksOf(LoadedImage image) {
        List<String> links = new ArrayList<>();
        entries.forEach((name, entry) -> {
            if (entry.device() == 0 && image.contains(entry.creator())) {
                links.add(name);
            }
        });
        return links;
    }

    private int add(String name, Entry entry) {
        if (name.isEmpty() || name.charAt(0) != '\\') {
            return IoStatus.OBJECT_PATH_SYNTAX_BAD;
        }
        String key = key(name);
        int slash = key.lastIndexOf('\\');
        if (slash == key.length() - 1) {
            return IoStatus.OBJECT_NAME_INVALID;
        }
        if (!DIRECTORIES.contains(key.substring(0, slash))) {
            return IoStatus.OBJECT_PATH_NOT_FOUND;
        }
        if (DIRECTORIES.contains(key) || entries.containsKey(key)) {
            return IoStatus.OBJECT_NAME_COLLISION;
        }
        entries.put(key, entry);
        return IoStatus.SUCCESS;
    }

    public @Nullable Entry find(String name) {
        return entries.get(key(name));
    }

    /** The device object that a name leads to, through symbolic links, or null. */
    @Nullable Entry device(String name) {
        Entry entry = prefix(name);
        for (int links = 0; entry != null && entry.device() == 0 && links < LINKS; links++) {
            entry = prefix(entry.target());
        }
        return entry == null || entry.device() == 0 ? null : entry;
    }

    /** What a name or the beginning of it stands for; the rest is a name of the driver's own. */
    private @Nullable Entry prefix(String name) {
        String rest = name;
        while (!rest.isEmpty()) {
            Entry entry = find(rest);
            if (entry != null) {
                return entry;
            }
            rest = rest.substring(0, Math.max(0, rest.lastIndexOf('\\')));
        }
        return null;
    }

    /** The name of a device object, empty if it has none. */
    public String nameOf(long device) {
        for (var entry : entries.entrySet()) {
            if (entry.getValue().device() == device) {
                return entry.getKey();
            }
        }
        return "";
    }

    /** Takes out a symbolic link, and says with which status that ended. */
    public int removeLink(String name) {
        if (name.isEmpty() || name.charAt(0) != '\\') {
            return IoStatus.OBJECT_PATH_SYNTAX_BAD;
        }
        Entry entry = find(name);
        if (entry == null) {
            return IoStatus.OBJECT_NAME_NOT_FOUND;
        }
        if (entry.device() != 0) {
            return IoStatus.OBJECT_TYPE_MISMATCH;
        }
        entries.remove(key(name));
        return IoStatus.SUCCESS;
    }

    /** Takes out the name of a device object, if it has one. */
    void removeDevice(long device) {
        entries.values().removeIf(entry -> entry.device() == device);
    }

    private static String key(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        for (String alias : DOS_DEVICES) {
            if (lower.startsWith(alias)) {
                return "\\??\\" + lower.substring(alias.length());
            }
        }
        return lower;
    }

    @Override
    public void save(StateWriter out) {
        out.value(entries.size());
        for (var entry : entries.entrySet()) {
            out.value(entry.getKey().hashCode());
            out.value(entry.getValue().device());
        }
        out.reference(new TreeMap<>(entries));
    }

    @Override
    @SuppressWarnings("unchecked")
    public void restore(StateReader in) {
        int count = in.intValue();
        for (int i = 0; i < count; i++) {
            in.value();
            in.value();
        }
        entries = new TreeMap<>((TreeMap<String, Entry>) in.reference(TreeMap.class));
    }
}
