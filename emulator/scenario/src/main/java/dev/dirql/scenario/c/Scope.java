package dev.dirql.scenario.c;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The names that are known in a block, and in those around it. */
final class Scope {
    /** What a name means. */
    sealed interface Meaning {}

    record TypeName(CType type) implements Meaning {}

    record Variable(Local local) implements Meaning {}

    /** A function, or a variable with an address in the image. */
    record Linked(Symbol symbol) implements Meaning {}

    record EnumerationConstant(long value) implements Meaning {}

    final @Nullable Scope outer;
    private final Map<String, Meaning> names = new LinkedHashMap<>();
    private final Map<String, CType> tags = new LinkedHashMap<>();

    Scope(@Nullable Scope outer) {
        this.outer = outer;
    }

    @Nullable Meaning here(String name) {
        return names.get(name);
    }

    @Nullable Meaning find(String name) {
        for (Scope at = this; at != null; at = at.outer) {
            Meaning meaning = at.names.get(name);
            if (meaning != null) {
                return meaning;
            }
        }
        return null;
    }

    void put(String name, Meaning meaning) {
        names.put(name, meaning);
    }

    @Nullable CType tagHere(String tag) {
        return tags.get(tag);
    }

    @Nullable CType findTag(String tag) {
        for (Scope at = this; at != null; at = at.outer) {
            CType type = at.tags.get(tag);
            if (type != null) {
                return type;
            }
        }
        return null;
    }

    void putTag(String tag, CType type) {
        tags.put(tag, type);
    }

    /** Names that can stand in an expression, the innermost first. */
    Set<String> values() {
        Set<String> known = new LinkedHashSet<>();
        for (Scope at = this; at != null; at = at.outer) {
            for (Map.Entry<String, Meaning> entry : at.names.entrySet()) {
                if (!(entry.getValue() instanceof TypeName)) {
                    known.add(entry.getKey());
                }
            }
        }
        return known;
    }
}
