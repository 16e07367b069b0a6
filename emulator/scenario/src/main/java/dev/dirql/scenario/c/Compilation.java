package dev.dirql.scenario.c;

import dev.dirql.machine.image.Image;
import dev.dirql.scenario.source.Diagnostic;
import java.util.List;
import java.util.Optional;

/**
 * What came of compiling a program.
 *
 * @param image the driver image; empty exactly if a diagnostic is an error
 * @param diagnostics errors and warnings in the order in which they were found
 */
public record Compilation(Optional<Image> image, List<Diagnostic> diagnostics) {
    public Compilation {
        diagnostics = List.copyOf(diagnostics);
    }
}
