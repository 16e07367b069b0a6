package dev.dirql.kernel.traps;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** The names of bug checks. Source: WDK, "Bug check code reference". */
public final class BugCheckNames {
    private static final String RESOURCE = "/dev/dirql/kernel/bugchecks.txt";
    private static final Map<Integer, String> NAMES = read();

    private BugCheckNames() {}

    /** The name of a code, {@code UNKNOWN_BUG_CHECK} where the reference has none. */
    public static String name(int code) {
        return NAMES.getOrDefault(code, "UNKNOWN_BUG_CHECK");
    }

    /** All names by code. */
    public static Map<Integer, String> all() {
        return NAMES;
    }

    private static Map<Integer, String> read() {
        Map<Integer, String> names = new TreeMap<>();
        try (InputStream in = BugCheckNames.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing");
            }
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                int space = line.indexOf(' ');
                names.put(Integer.parseUnsignedInt(line, 0, space, 16), line.substring(space + 1));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Collections.unmodifiableMap(names);
    }
}
