package dev.dirql.kernel.registry;

import dev.dirql.kernel.threads.SystemTime;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The keys of the registry by their paths, in which case does not matter: those that Windows has
 * for drivers, and what is said for a run. CurrentControlSet is a link to ControlSet001; there are
 * no others. Source: WDK, "Registry Trees and Keys".
 */
public final class Registry implements StatePart {
    /** The key under which each driver has its own. */
    public static final String SERVICES =
            "\\Registry\\Machine\\System\\CurrentControlSet\\Services";

    static final String CONTROL = "\\Registry\\Machine\\System\\CurrentControlSet\\Control";
    static final String DEVICE_MAP = "\\Registry\\Machine\\Hardware\\DeviceMap";
    static final String USER = "\\Registry\\User\\.Default";
    static final String WINDOWS =
            "\\Registry\\Machine\\Software\\Microsoft\\Windows NT\\CurrentVersion";
    private static final String ENUM = "\\Registry\\Machine\\System\\CurrentControlSet\\Enum";

    private static final String CURRENT = "\\Registry\\Machine\\System\\CurrentControlSet";
    private static final String CURRENT_TARGET = "\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001";

    /** Keys by their paths in capitals, so that subkeys come in the order of NT. */
    private TreeMap<String, RegistryKey> keys = new TreeMap<>();

    private long made;

    /** Of all that is in it, but not of times: made when it was changed last. */
    private long content;

    /** A registry with the keys of Windows. */
    public Registry() {
        for (String path : List.of(SERVICES, CONTROL, DEVICE_MAP, USER, WINDOWS, ENUM)) {
            makePath(path);
        }
    }

    /** A driver is installed: its key has what the service control manager writes. */
    public void install(String driver) {
        String key = SERVICES + "\\" + driver;
        declare(key, RegistryValue.dword("Type", 1));
        declare(key, RegistryValue.dword("Start", 3));
        declare(key, RegistryValue.dword("ErrorControl", 1));
        declare(
                key,
                RegistryValue.text(
                        "ImagePath",
                        RegistryValue.EXPAND_SZ,
                        "\\SystemRoot\\System32\\drivers\\" + driver + ".sys"));
    }

    /** Sets a value before the run begins, and makes the keys on its path. */
    public void declare(String path, RegistryValue value) {
        makePath(path);
        put(get(path).with(value, SystemTime.START));
    }

    private void makePath(String path) {
        for (int at = path.indexOf('\\', 1); at >= 0; at = path.indexOf('\\', at + 1)) {
            makeIfAbsent(path.substring(0, at));
        }
        makeIfAbsent(path);
    }

    private void makeIfAbsent(String path) {
        if (find(path) == null) {
            create(path, "", 0, false, SystemTime.START);
        }
    }

    @Nullable RegistryKey find(String path) {
        return keys.get(capitals(resolved(path)));
    }

    /** The path with the link resolved. */
    private static String resolved(String path) {
        int end = CURRENT.length();
        boolean linked =
                path.regionMatches(true, 0, CURRENT, 0, end)
                        && (path.length() == end || path.charAt(end) == '\\');
        return linked ? CURRENT_TARGET + path.substring(end) : path;
    }

    private RegistryKey get(String path) {
        RegistryKey key = find(path);
        if (key == null) {
            throw new IllegalStateException("no key " + path);
        }
        return key;
    }

    /** A new key without values; the key above it must exist. */
    RegistryKey create(
            String path, String className, int titleIndex, boolean isVolatile, long time) {
        RegistryKey key =
                new RegistryKey(
                        made++, resolved(path), className, titleIndex, isVolatile, time, List.of());
        put(key);
        return key;
    }

    /** Takes a changed key, or a new one. */
    void put(RegistryKey key) {
        keys.put(capitals(key.path()), key);
        changed();
    }

    void remove(RegistryKey key) {
        keys.remove(capitals(key.path()));
        changed();
    }

    /** The keys directly below a key, by their names. */
    List<RegistryKey> subkeys(RegistryKey key) {
        String prefix = capitals(key.path()) + "\\";
        List<RegistryKey> below = new ArrayList<>();
        for (var entry : keys.tailMap(prefix).entrySet()) {
            if (!entry.getKey().startsWith(prefix)) {
                break;
            }
            if (entry.getKey().indexOf('\\', prefix.length()) < 0) {
                below.add(entry.getValue());
            }
        }
        return below;
    }

    /** The path of what lies above, empty for the root. */
    static String above(String path) {
        return path.substring(0, path.lastIndexOf('\\'));
    }

    private static String capitals(String path) {
        StringBuilder text = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            text.append(Character.toUpperCase(path.charAt(i)));
        }
        return text.toString();
    }

    private void changed() {
        content = 0;
        for (RegistryKey key : keys.values()) {
            content = content * 31 + key.number();
            content = content * 31 + key.path().hashCode();
            content = content * 31 + key.className().hashCode();
            content = content * 31 + key.titleIndex();
            for (RegistryValue value : key.values()) {
                content = content * 31 + value.name().hashCode();
                content = content * 31 + value.type();
                content = content * 31 + value.data().hashCode();
            }
        }
    }

    @Override
    public void save(StateWriter out) {
        out.value(content);
        out.value(made);
        out.reference(new TreeMap<>(keys));
    }

    @Override
    @SuppressWarnings("unchecked")
    public void restore(StateReader in) {
        content = in.value();
        made = in.value();
        keys = new TreeMap<>((TreeMap<String, RegistryKey>) in.reference(TreeMap.class));
    }
}
