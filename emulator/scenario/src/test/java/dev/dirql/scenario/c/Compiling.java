package dev.dirql.scenario.c;

import dev.dirql.machine.image.Image;
import dev.dirql.scenario.source.Diagnostic;
import dev.dirql.scenario.source.SourceFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compiles a text for a test. */
final class Compiling {
    private Compiling() {}

    static Compilation compile(String text, String... headers) {
        IncludeResolver resolver =
                (name, from) -> {
                    for (int i = 0; i < headers.length; i += 2) {
                        if (headers[i].equals(name)) {
                            return Optional.of(new SourceFile(name, headers[i + 1]));
                        }
                    }
                    return Optional.empty();
                };
        CSource source = CSource.of(new SourceFile("driver.c", text));
        return CCompiler.compile(
                new CProgram("driver", List.of(source), List.of(), Map.of(), resolver, ""));
    }

    static Image image(String text) {
        Compilation compilation = compile(text);
        return compilation.image().orElseThrow(() -> new AssertionError(rendered(compilation)));
    }

    static String rendered(Compilation compilation) {
        StringBuilder all = new StringBuilder();
        for (Diagnostic diagnostic : compilation.diagnostics()) {
            all.append(diagnostic.render());
        }
        return all.toString();
    }

    static Image.Section section(Image image, String name) {
        return image.sections().stream()
                .filter(section -> section.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no section " + name));
    }

    static int rva(Image image, String symbol) {
        return image.debug().symbols().stream()
                .filter(s -> s.name().equals(symbol))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no symbol " + symbol))
                .rva();
    }

    /** A number in the image as it would be mapped. */
    static long read(Image image, int rva, int size) {
        for (Image.Section section : image.sections()) {
            int offset = rva - section.rva();
            if (offset >= 0 && offset + size <= section.virtualSize()) {
                long value = 0;
                for (int i = 0; i < size && offset + i < section.content().length; i++) {
                    value |= (section.content()[offset + i] & 0xFFL) << (8 * i);
                }
                return value;
            }
        }
        throw new AssertionError("0x%x is in no section".formatted(rva));
    }
}
