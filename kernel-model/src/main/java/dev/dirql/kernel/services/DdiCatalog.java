package dev.dirql.kernel.services;

import dev.dirql.kernel.Irql;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The routines and macros that the WDK documents for drivers in {@code wdm.h}, {@code ntddk.h} and
 * {@code ntifs.h}, whether this kernel has them or not. Source: the WDK page of each.
 */
public final class DdiCatalog {
    private static final String PAGES = "https://learn.microsoft.com/windows-hardware/drivers/ddi/";
    private static final String NONE = "-";

    /**
     * One documented routine or macro.
     *
     * @param irqlMinimum lowest IRQL at which it may be called, if its page says
     * @param irqlMaximum highest
     * @param rules the rules of Static Driver Verifier that concern it, by their public names
     * @param page address of its page
     */
    public record Routine(
            String name,
            String header,
            OptionalInt irqlMinimum,
            OptionalInt irqlMaximum,
            List<String> rules,
            String page) {}

    private static final Map<String, Routine> ROUTINES = Collections.unmodifiableMap(read());

    private DdiCatalog() {}

    /** All of them, by their names. */
    public static Map<String, Routine> all() {
        return ROUTINES;
    }

    /** What is documented under a name. */
    public static Optional<Routine> find(String name) {
        return Optional.ofNullable(ROUTINES.get(name));
    }

    private static Map<String, Routine> read() {
        Map<String, Routine> routines = new TreeMap<>();
        try (InputStream in = DdiCatalog.class.getResourceAsStream("/dev/dirql/kernel/ddis.tsv")) {
            if (in == null) {
                throw new IllegalStateException("the table of documented routines is missing");
            }
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("#")) {
                    Routine routine = routine(line.split("\t", -1));
                    routines.put(routine.name, routine);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return routines;
    }

    private static Routine routine(String[] fields) {
        String[] range = fields[2].equals(NONE) ? new String[] {"", ""} : fields[2].split("-", 2);
        List<String> rules =
                fields[3].equals(NONE) ? List.of() : Arrays.asList(fields[3].split(","));
        return new Routine(
                fields[0],
                fields[1],
                irql(range[0], Irql.DEVICE_LEVEL_MINIMUM),
                irql(range[1], Irql.DEVICE_LEVEL_MAXIMUM),
                rules,
                PAGES + fields[4]);
    }

    /** Pages that say DIRQL mean any device's. */
    private static OptionalInt irql(String text, int deviceLevel) {
        return switch (text) {
            case "" -> OptionalInt.empty();
            case "DIRQL" -> OptionalInt.of(deviceLevel);
            default -> OptionalInt.of(Integer.parseInt(text));
        };
    }
}
