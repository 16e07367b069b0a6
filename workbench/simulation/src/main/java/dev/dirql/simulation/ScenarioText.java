package dev.dirql.simulation;

import dev.dirql.scenario.language.IncludeReader;
import dev.dirql.scenario.source.SourceFile;

/** A scenario that is a text in memory, with no files beside it. */
public record ScenarioText(SourceFile main) implements ScenarioSource {
    /**
     * @param name what messages call it
     */
    public ScenarioText(String name, String text) {
        this(new SourceFile(name, text));
    }

    @Override
    public IncludeReader includes() {
        return (_, _) -> new IncludeReader.Answer.Refused("there are no files");
    }
}
