package dev.dirql.kernel.traps;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the parameters of a bug check mean, of the codes that the kernel model raises; what they
 * mean may depend on the first of them. Source: WDK, "Bug check code reference", the page of each
 * code.
 */
public final class BugCheckParameters {
    private static final String RESOURCE = "/dev/dirql/kernel/bugcheck-parameters.txt";
    private static final int COUNT = 4;
    private static final String ANY = "*";

    /** Its first parameter tells in the lowest byte what the others mean. */
    private static final int IRQL_UNEXPECTED_VALUE = 0xC8;

    /** By code, then by the first parameter in hexadecimal or {@link #ANY}. */
    private static final Map<Integer, Map<String, List<Meaning>>> MEANINGS = read();

    private BugCheckParameters() {}

    /**
     * What one parameter means.
     *
     * @param text in a few words, empty if it means nothing
     * @param values names of its values
     */
    private record Meaning(String text, Map<Long, String> values) {
        static Meaning parse(String cell) {
            int brace = cell.indexOf('{');
            if (brace < 0) {
                return new Meaning(cell, Map.of());
            }
            Map<Long, String> values = new TreeMap<>();
            for (String value : cell.substring(brace + 1, cell.length() - 1).split(", ", -1)) {
                int space = value.indexOf(' ');
                values.put(Long.parseUnsignedLong(value, 0, space, 16), value.substring(space + 1));
            }
            return new Meaning(cell.substring(0, brace).strip(), values);
        }

        String of(long value) {
            String name = values.get(value);
            return name == null ? text : text + ": " + name;
        }
    }

    /**
     * The meanings of four parameters, each in a few words, empty where one means nothing.
     *
     * @return four texts, or none if the code is not known
     */
    public static List<String> of(int code, List<Long> parameters) {
        Map<String, List<Meaning>> byFirst = MEANINGS.get(code);
        if (byFirst == null || parameters.size() != COUNT) {
            return List.of();
        }
        long kind = parameters.getFirst() & (code == IRQL_UNEXPECTED_VALUE ? 0xFF : -1);
        String first = Long.toHexString(kind);
        List<Meaning> meanings = byFirst.getOrDefault(first, byFirst.get(ANY));
        if (meanings == null) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            texts.add(meanings.get(i).of(parameters.get(i)));
        }
        return List.copyOf(texts);
    }

    private static Map<Integer, Map<String, List<Meaning>>> read() {
        Map<Integer, Map<String, List<Meaning>>> meanings = new TreeMap<>();
        try (InputStream in = BugCheckParameters.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing");
            }
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.startsWith("#")) {
                    add(line, meanings);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Collections.unmodifiableMap(meanings);
    }

    private static void add(String line, Map<Integer, Map<String, List<Meaning>>> meanings) {
        String[] cells = line.split("\\|", -1);
        List<Meaning> four = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            four.add(Meaning.parse(i + 2 < cells.length ? cells[i + 2].strip() : ""));
        }
        meanings.computeIfAbsent(
                        Integer.parseUnsignedInt(cells[0].strip(), 16), _ -> new TreeMap<>())
                .put(cells[1].strip().toLowerCase(Locale.ROOT), List.copyOf(four));
    }
}
