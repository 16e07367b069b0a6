package dev.dirql.console;

import dev.dirql.scenario.language.IncludeReader;
import dev.dirql.scenario.source.SourceFile;
import dev.dirql.simulation.ScenarioSource;

/** A scenario that stands in a test. */
record TextScenario(String text) implements ScenarioSource {
    @Override
    public SourceFile main() {
        return new SourceFile("test.scn", text);
    }

    @Override
    public IncludeReader includes() {
        return (_, _) -> new IncludeReader.Answer.Refused("there are no files");
    }
}
