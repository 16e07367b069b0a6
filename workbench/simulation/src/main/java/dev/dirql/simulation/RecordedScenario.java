package dev.dirql.simulation;

import dev.dirql.scenario.language.IncludeReader;
import dev.dirql.scenario.source.SourceFile;
import dev.dirql.store.TraceInput;
import dev.dirql.store.TraceReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** A scenario as a trace keeps it, with every file it was made from. */
final class RecordedScenario implements ScenarioSource {
    private final SourceFile main;
    private final Map<String, SourceFile> files = new LinkedHashMap<>();

    RecordedScenario(TraceReader trace) {
        SourceFile found = null;
        for (TraceInput input : trace.header().inputs()) {
            if (input.role() == TraceInput.Role.DEVICES) {
                continue;
            }
            String text = new String(trace.content(input), StandardCharsets.UTF_8);
            SourceFile file = new SourceFile(input.name(), text);
            files.put(input.name(), file);
            if (input.role() == TraceInput.Role.SCENARIO) {
                found = file;
            }
        }
        if (found == null) {
            throw new UserError(
                    "%s: no scenario was recorded in it. Name the file with --scenario."
                            .formatted(trace.trace()));
        }
        main = found;
    }

    @Override
    public SourceFile main() {
        return main;
    }

    @Override
    public IncludeReader includes() {
        return (from, path) -> {
            String folder = from.name().substring(0, from.name().lastIndexOf('/') + 1);
            SourceFile file = files.get(folder + path);
            return file == null
                    ? new IncludeReader.Answer.Refused("it is not among the recorded inputs")
                    : new IncludeReader.Answer.Found(file);
        };
    }
}
