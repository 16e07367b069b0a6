package dev.dirql.store;

import dev.dirql.events.DecisionKind;
import dev.dirql.events.LockKind;
import dev.dirql.events.RunEnd;
import dev.dirql.events.Severity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the one-byte codes of enumerations mean in a trace. The header names the constants in the
 * order of their codes, so that a constant may be added anywhere without changing the format.
 */
record RecordedEnums(
        List<LockKind> lockKinds,
        List<RunEnd> runEnds,
        List<Severity> severities,
        List<DecisionKind> decisionKinds) {

    static final RecordedEnums CURRENT =
            new RecordedEnums(
                    List.of(LockKind.values()),
                    List.of(RunEnd.values()),
                    List.of(Severity.values()),
                    List.of(DecisionKind.values()));

    /** The names of the constants, by enumeration. */
    Map<String, List<String>> names() {
        Map<String, List<String>> names = new LinkedHashMap<>();
        names.put("LockKind", names(lockKinds));
        names.put("RunEnd", names(runEnds));
        names.put("Severity", names(severities));
        names.put("DecisionKind", names(decisionKinds));
        return names;
    }

    /**
     * The codes that those names stand for.
     *
     * @throws IllegalArgumentException with the name that this build does not know
     */
    static RecordedEnums of(Map<String, List<String>> names) {
        return new RecordedEnums(
                constants(names, LockKind.class),
                constants(names, RunEnd.class),
                constants(names, Severity.class),
                constants(names, DecisionKind.class));
    }

    private static List<String> names(List<? extends Enum<?>> constants) {
        return constants.stream().map(Enum::name).toList();
    }

    private static <E extends Enum<E>> List<E> constants(
            Map<String, List<String>> names, Class<E> type) {
        List<E> constants = new ArrayList<>();
        for (String name : names.getOrDefault(type.getSimpleName(), List.of())) {
            constants.add(
                    Arrays.stream(type.getEnumConstants())
                            .filter(constant -> constant.name().equals(name))
                            .findFirst()
                            .orElseThrow(() ->
                                    new IllegalArgumentException(
                                            type.getSimpleName() + " " + name)));
        }
        return List.copyOf(constants);
    }
}
