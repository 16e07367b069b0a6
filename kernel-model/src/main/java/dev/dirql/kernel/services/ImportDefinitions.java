package dev.dirql.kernel.services;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The exports of this kernel as module definition files, of which {@code dlltool} or {@code lib}
 * make the import libraries that a driver is linked with.
 */
public final class ImportDefinitions {
    private static final String KERNEL = "ntoskrnl.exe";

    private ImportDefinitions() {}

    /** Texts of definition files by their names, {@code ntoskrnl.def} and {@code hal.def}. */
    public static Map<String, String> of(ServiceTable table) {
        Map<String, TreeSet<String>> exports = new TreeMap<>();
        for (DdiTable.Row row : DdiTable.of(table)) {
            exports.computeIfAbsent(row.library(), _ -> new TreeSet<>()).add(row.name());
        }
        TreeSet<String> kernel = exports.computeIfAbsent(KERNEL, _ -> new TreeSet<>());
        for (String variable : table.variables().keySet()) {
            kernel.add(variable + " DATA");
        }
        Map<String, String> files = new LinkedHashMap<>();
        exports.forEach((library, names) ->
                files.put(
                        library.substring(0, library.indexOf('.')) + ".def",
                        text(library, List.copyOf(names))));
        return files;
    }

    private static String text(String library, List<String> names) {
        StringBuilder out = new StringBuilder("; What dirql's kernel exports from this module.\n");
        out.append("LIBRARY \"").append(library).append("\"\nEXPORTS\n");
        names.forEach(name -> out.append("    ").append(name).append('\n'));
        return out.toString();
    }
}
