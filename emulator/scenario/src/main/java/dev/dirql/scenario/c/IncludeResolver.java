package dev.dirql.scenario.c;

import dev.dirql.scenario.source.SourceFile;
import java.util.Optional;

/** Finds the text behind an {@code #include}. */
@FunctionalInterface
public interface IncludeResolver {
    /** Finds nothing. */
    IncludeResolver NONE = (name, from) -> Optional.empty();

    /**
     * @param name the name between the quotes or angle brackets
     * @param from the text that includes it
     */
    Optional<SourceFile> resolve(String name, SourceFile from);

    /** The name of the header that declares a routine; only headers that come with the system. */
    default Optional<String> declaring(String routine) {
        return Optional.empty();
    }

    /** Why there is nothing behind a name, if more can be said than that. */
    default Optional<String> absence(String name) {
        return Optional.empty();
    }
}
