package dev.dirql.simulation;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.headers.HeaderDeclarations;
import dev.dirql.scenario.c.IncludeResolver;
import dev.dirql.scenario.language.IncludeReader;
import dev.dirql.scenario.source.SourceFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Finds what drivers include: NT's headers, which come with dirql, and files beside the scenario.
 */
final class KernelHeaders implements IncludeResolver {
    private static final String FOLDER = "/dev/dirql/kernel/include/";

    private final IncludeReader beside;
    private final Map<String, SourceFile> headers = new LinkedHashMap<>();
    private final Map<String, SourceFile> files = new LinkedHashMap<>();

    KernelHeaders(IncludeReader beside) {
        this.beside = beside;
    }

    /** Files beside the scenario that were included. */
    Iterable<SourceFile> files() {
        return files.values();
    }

    @Override
    public Optional<SourceFile> resolve(String name, SourceFile from) {
        if (!headers.containsKey(from.name())) {
            Optional<SourceFile> own = besideScenario(name, from);
            if (own.isPresent()) {
                return own;
            }
        }
        return header(name);
    }

    private Optional<SourceFile> besideScenario(String name, SourceFile from) {
        if (name.startsWith("/") || name.contains("\\") || name.contains("..")) {
            return Optional.empty();
        }
        if (beside.read(from, name) instanceof IncludeReader.Answer.Found(SourceFile file)) {
            files.put(file.name(), file);
            return Optional.of(file);
        }
        return Optional.empty();
    }

    @Override
    public Optional<String> declaring(String routine) {
        return HeaderDeclarations.of(routine);
    }

    @Override
    public Optional<String> absence(String name) {
        return AbsentFrameworks.of(name);
    }

    private Optional<SourceFile> header(String name) {
        SourceFile known = headers.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        if (!name.matches("[A-Za-z0-9_]+\\.h")) {
            return Optional.empty();
        }
        try (InputStream in = Irql.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                return Optional.empty();
            }
            SourceFile file =
                    new SourceFile(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
            headers.put(name, file);
            return Optional.of(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
