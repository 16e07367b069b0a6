package dev.dirql.simulation;

import dev.dirql.scenario.language.IncludeReader;
import dev.dirql.scenario.source.SourceFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A scenario on the host's disk, with the files beside it. Files are named as their user named the
 * scenario: {@code scripts/common.h} beside {@code scripts/a.scn}.
 */
public final class ScenarioFolder implements ScenarioSource {
    private static final int BYTES_MAXIMUM = 16 << 20;

    private final Path directory;
    private final SourceFile main;
    private final String prefix;

    private ScenarioFolder(Path directory, SourceFile main, String prefix) {
        this.directory = directory;
        this.main = main;
        this.prefix = prefix;
    }

    /**
     * Reads a scenario.
     *
     * @param workingDirectory what a relative name is relative to
     * @param name the file as its user named it
     * @throws UserError if it cannot be read
     */
    public static ScenarioFolder open(Path workingDirectory, String name) {
        Path file = workingDirectory.resolve(name);
        if (Files.isDirectory(file)) {
            throw new UserError(
                    "%s: a directory, but a scenario is a file. Name one in it, or run them all with: test %s"
                            .formatted(name, name));
        }
        String shown = name.replace('\\', '/');
        String text;
        try {
            text = read(file);
        } catch (UserError e) {
            throw new UserError("%s: cannot be read: %s".formatted(name, e.getMessage()));
        }
        Path parent = file.toAbsolutePath().normalize().getParent();
        if (parent == null) {
            throw new UserError("%s: cannot be read: it is no file".formatted(name));
        }
        return new ScenarioFolder(
                parent,
                new SourceFile(shown, text),
                shown.substring(0, shown.lastIndexOf('/') + 1));
    }

    @Override
    public SourceFile main() {
        return main;
    }

    @Override
    public IncludeReader includes() {
        return (from, path) -> {
            String inside =
                    from.name().startsWith(prefix)
                            ? from.name().substring(prefix.length())
                            : from.name();
            String relative = inside.substring(0, inside.lastIndexOf('/') + 1) + path;
            Path file = directory.resolve(relative).normalize();
            try {
                // A link must not lead out of the scenario's folder either.
                if (!file.startsWith(directory)
                        || (Files.exists(file)
                                && !file.toRealPath().startsWith(directory.toRealPath()))) {
                    return new IncludeReader.Answer.Refused("it is outside the scenario's folder");
                }
                return new IncludeReader.Answer.Found(
                        new SourceFile(prefix + relative, read(file)));
            } catch (UserError e) {
                return new IncludeReader.Answer.Refused(String.valueOf(e.getMessage()));
            } catch (IOException e) {
                return new IncludeReader.Answer.Refused("the host says " + e.getMessage());
            }
        };
    }

    private static String read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(BYTES_MAXIMUM + 1);
            if (bytes.length > BYTES_MAXIMUM) {
                throw new UserError("longer than 16 MB, which no scenario is");
            }
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new UserError("not UTF-8 text");
        } catch (NoSuchFileException e) {
            throw new UserError("no such file");
        } catch (AccessDeniedException e) {
            throw new UserError("permission denied");
        } catch (IOException e) {
            throw new UserError("the host says " + e.getMessage());
        }
    }
}
