package dev.dirql.scenario.c;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A driver to compile.
 *
 * @param moduleName name of the image; symbols are shown as {@code moduleName!Routine}
 * @param units its translation units, linked with each other
 * @param impliedIncludes headers included before the first line of every unit, such as {@code
 *     ntddk.h}
 * @param macros object-like macros defined before them, with their replacement text, in this order
 * @param includes finds headers
 * @param entryPoint the routine at the image's entry point, {@code DriverEntry} for a driver; empty
 *     if it has none
 */
public record CProgram(
        String moduleName,
        List<CSource> units,
        List<String> impliedIncludes,
        Map<String, String> macros,
        IncludeResolver includes,
        String entryPoint) {
    public CProgram {
        units = List.copyOf(units);
        impliedIncludes = List.copyOf(impliedIncludes);
        macros = Collections.unmodifiableMap(new LinkedHashMap<>(macros));
    }
}
