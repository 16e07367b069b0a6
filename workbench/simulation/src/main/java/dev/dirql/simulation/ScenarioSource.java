package dev.dirql.simulation;

import dev.dirql.scenario.language.IncludeReader;
import dev.dirql.scenario.source.SourceFile;

/** Where the texts of a scenario come from: the host's files, or a trace. */
public interface ScenarioSource {
    /** The scenario itself. */
    SourceFile main();

    /** Gets the files it names. */
    IncludeReader includes();
}
