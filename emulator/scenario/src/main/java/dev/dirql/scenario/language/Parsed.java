package dev.dirql.scenario.language;

import dev.dirql.scenario.source.Diagnostic;
import dev.dirql.scenario.source.SourceFile;
import java.util.List;
import java.util.Optional;

/**
 * What became of a scenario's text.
 *
 * @param scenario the scenario, empty if there is an error among the diagnostics
 * @param diagnostics in order of files read, lines and columns
 * @param files every file that was read: the scenario, its includes, its C files
 */
public record Parsed(
        Optional<Scenario> scenario, List<Diagnostic> diagnostics, List<SourceFile> files) {
    public Parsed {
        diagnostics = List.copyOf(diagnostics);
        files = List.copyOf(files);
    }
}
