package dev.dirql.store;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was run and how: with the inputs, everything that reproduces a run except its decisions.
 *
 * @param formatVersion version of the trace format, {@link #FORMAT_VERSION} for a new trace
 * @param dirqlVersion version of dirql that recorded
 * @param windowsBuild the modelled Windows build
 * @param scenario name of the scenario
 * @param policy name of the default policy
 * @param seed seed that disturbed the policy, 0 for none
 * @param processors number of processors
 * @param options every other option that the run depends on, in the order in which they are shown
 * @param inputs the files the run was made from
 */
public record TraceHeader(
        int formatVersion,
        String dirqlVersion,
        String windowsBuild,
        String scenario,
        String policy,
        long seed,
        int processors,
        Map<String, String> options,
        List<TraceInput> inputs) {
    /** The format that this build writes and the newest that it reads. */
    public static final int FORMAT_VERSION = 1;

    public TraceHeader {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
        inputs = List.copyOf(inputs);
    }

    /** The same header with other inputs. */
    TraceHeader withInputs(List<TraceInput> described) {
        return new TraceHeader(
                formatVersion,
                dirqlVersion,
                windowsBuild,
                scenario,
                policy,
                seed,
                processors,
                options,
                described);
    }
}
