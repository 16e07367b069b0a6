package dev.dirql.scenario.c;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A driver to compile.
 *
 * @param moduleName name of the image; symbols are shown as {@code moduleName!Routine}
 * @param units its translation units, linked with each other
 * @param impliedIncludes headers included before the first line of every unit, such as {@code
 *     ntddk.h}
 * @param macros object-like macros defined before them, with their replacement text, in this order
 * @param includes finds headers
 * @param joined whether the units are parts of one translation unit, read one after the other
 * @param entryPoint the routine at the image's entry point, {@code DriverEntry} for a driver; empty
 *     if it has none
 * @param unmodelled functions that the system documents: who calls one that no header declares is
 *     told so
 */
public record CProgram(
        String moduleName,
        List<CSource> units,
        List<String> impliedIncludes,
        Map<String, String> macros,
        IncludeResolver includes,
        boolean joined,
        String entryPoint,
        Set<String> unmodelled) {
    public CProgram {
        units = List.copyOf(units);
        impliedIncludes = List.copyOf(impliedIncludes);
        unmodelled = Collections.unmodifiableSet(new TreeSet<>(unmodelled));
        macros = Collections.unmodifiableMap(new LinkedHashMap<>(macros));
    }

    /** A program whose units are translation units of their own. */
    public CProgram(
            String moduleName,
            List<CSource> units,
            List<String> impliedIncludes,
            Map<String, String> macros,
            IncludeResolver includes,
            String entryPoint,
            Set<String> unmodelled) {
        this(moduleName, units, impliedIncludes, macros, includes, false, entryPoint, unmodelled);
    }

    /** A program of a system without functions that no header declares. */
    public CProgram(
            String moduleName,
            List<CSource> units,
            List<String> impliedIncludes,
            Map<String, String> macros,
            IncludeResolver includes,
            String entryPoint) {
        this(moduleName, units, impliedIncludes, macros, includes, entryPoint, Set.of());
    }
}
