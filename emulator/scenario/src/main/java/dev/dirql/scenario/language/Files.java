package dev.dirql.scenario.language;

import dev.dirql.scenario.language.ScenarioParser.DeclarationContext;
import dev.dirql.scenario.source.Position;
import dev.dirql.scenario.source.SourceFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.jspecify.annotations.Nullable;

/**
 * Reads a scenario's file, the files it includes and the C files it names, and gathers the
 * declarations in them.
 */
final class Files {
    private static final int CHARACTERS_MAXIMUM = 1 << 20;
    private static final int FILES_MAXIMUM = 64;
    private static final int INCLUDE_DEPTH_MAXIMUM = 16;

    private final IncludeReader includes;
    private final Problems problems;
    private final List<SourceFile> read;
    private final Declarations declarations;
    private final List<SourceFile> open = new ArrayList<>();
    private @Nullable TerminalNode firstTitle;

    Files(IncludeReader includes, Problems problems, List<SourceFile> read) {
        this.includes = includes;
        this.problems = problems;
        this.read = read;
        this.declarations = new Declarations(problems);
    }

    Declarations declarations() {
        return declarations;
    }

    List<SourceFile> all() {
        return read;
    }

    /** Gathers the declarations of a file and of what it includes. */
    void read(SourceFile file) {
        read.add(file);
        if (isTooLarge(file)) {
            problems.error(
                    new Position(file, 1, 1),
                    1,
                    "the file has %d characters".formatted(file.text().length()),
                    "at most %d are allowed".formatted(CHARACTERS_MAXIMUM));
            return;
        }
        open.add(file);
        ScenarioTokens words = new ScenarioTokens(new Lines(file), problems);
        CommonTokenStream tokens = new CommonTokenStream(words);
        ScenarioParser parser = new ScenarioParser(tokens);
        parser.removeErrorListeners();
        parser.setErrorHandler(new SyntaxErrors(words, problems));
        for (DeclarationContext declaration : parser.scenarioFile().declaration()) {
            gather(declaration, tokens);
        }
        open.removeLast();
    }

    private static boolean isTooLarge(SourceFile file) {
        return file.text().length() > CHARACTERS_MAXIMUM;
    }

    private void gather(DeclarationContext declaration, CommonTokenStream tokens) {
        if (declaration.title() != null && declaration.title().STRING() != null) {
            title(declaration.title().STRING());
        }
        if (declaration.parameter() != null) {
            declarations.parameters().add(declaration.parameter());
        }
        if (declaration.include() != null && declaration.include().STRING() != null) {
            include(declaration.include().STRING());
        }
        if (declaration.machine() != null) {
            declarations.machines().add(declaration.machine());
            once(declaration.machine(), declarations.machines(), "machine");
        }
        if (declaration.hardware() != null) {
            declarations.hardware().add(declaration.hardware());
        }
        if (declaration.device() != null) {
            declarations.devices().add(declaration.device());
        }
        if (declaration.driver() != null) {
            declarations.drivers().add(declaration.driver());
        }
        if (declaration.registry() != null) {
            declarations.registries().add(declaration.registry());
        }
        if (declaration.workload() != null) {
            declarations.workloads().add(declaration.workload());
            once(declaration.workload(), declarations.workloads(), "workload");
        }
        if (declaration.expect() != null) {
            declarations.expects().add(new Declarations.Expect(declaration.expect(), tokens));
            once(
                    declaration.expect(),
                    declarations.expects().stream().map(Declarations.Expect::block).toList(),
                    "expect block");
        }
    }

    private void once(
            ParserRuleContext declaration, List<? extends ParserRuleContext> all, String what) {
        if (all.size() > 1) {
            problems.error(
                    declaration.getStart(),
                    "a second %s".formatted(what),
                    "the first is at %s".formatted(position(all.getFirst())));
        }
    }

    private static Position position(ParserRuleContext place) {
        return CharactersOfFile.of(place.getStart()).position(place.getStart().getStartIndex());
    }

    private void title(TerminalNode string) {
        if (open.size() > 1) {
            problems.error(string.getSymbol(), "an included file has no title", "leave it out");
        } else if (firstTitle != null) {
            problems.error(string.getSymbol(), "a second title", "a scenario has one");
        } else {
            firstTitle = string;
            declarations.setTitle(Expressions.text(string.getText()));
        }
    }

    private void include(TerminalNode string) {
        Optional<SourceFile> found = find(string);
        if (found.isEmpty()) {
            return;
        }
        SourceFile file = found.get();
        List<String> names = open.stream().map(SourceFile::name).toList();
        int outer = names.indexOf(file.name());
        if (outer >= 0) {
            List<String> between = names.subList(outer + 1, names.size());
            problems.error(
                    string.getSymbol(),
                    "%s includes itself".formatted(file.name()),
                    between.isEmpty() ? "" : "by way of " + String.join(", ", between));
            return;
        }
        if (read.stream().anyMatch(one -> one.name().equals(file.name()))) {
            // Two files may include the same third one; its declarations count once.
            return;
        }
        if (open.size() >= INCLUDE_DEPTH_MAXIMUM) {
            problems.error(
                    string.getSymbol(),
                    "includes are nested more than %d deep".formatted(INCLUDE_DEPTH_MAXIMUM),
                    "");
            return;
        }
        read(file);
    }

    /** The C file of a driver. */
    Optional<SourceFile> source(TerminalNode string) {
        if (string.getText().toLowerCase(Locale.ROOT).endsWith(".sys\"")) {
            problems.error(
                    string.getSymbol(),
                    "driver binaries are not modelled",
                    "give the driver as C: driver NAME from \"driver.c\"");
            return Optional.empty();
        }
        Optional<SourceFile> found = find(string);
        if (found.isPresent() && isTooLarge(found.get())) {
            problems.error(
                    string.getSymbol(),
                    "%s has %d characters"
                            .formatted(found.get().name(), found.get().text().length()),
                    "at most %d are allowed".formatted(CHARACTERS_MAXIMUM));
            return Optional.empty();
        }
        found.filter(file -> read.stream().noneMatch(one -> one.name().equals(file.name())))
                .ifPresent(read::add);
        return found;
    }

    private Optional<SourceFile> find(TerminalNode string) {
        String path = Expressions.text(string.getText());
        String fault = fault(path);
        if (!fault.isEmpty()) {
            problems.error(
                    string.getSymbol(),
                    "'%s' %s".formatted(Expected.shorten(path), fault),
                    "name a file beside this one or in a folder below it, with forward slashes");
            return Optional.empty();
        }
        if (read.size() >= FILES_MAXIMUM) {
            problems.error(
                    string.getSymbol(),
                    "the scenario has more than %d files".formatted(FILES_MAXIMUM),
                    "");
            return Optional.empty();
        }
        SourceFile from = CharactersOfFile.of(string.getSymbol()).file();
        return switch (includes.read(from, path)) {
            case IncludeReader.Answer.Found(SourceFile file) -> Optional.of(file);
            case IncludeReader.Answer.Refused(String reason) -> {
                problems.error(
                        string.getSymbol(),
                        "cannot read %s: %s".formatted(Expected.shorten(path), reason),
                        "");
                yield Optional.empty();
            }
        };
    }

    /** What is wrong with a path, empty if nothing is. */
    private static String fault(String path) {
        if (path.isBlank()) {
            return "names no file";
        }
        if (path.indexOf('\\') >= 0 || path.chars().anyMatch(c -> c < ' ' || c == 0x7F)) {
            return "has a character that a file name here cannot have";
        }
        if (path.startsWith("/") || path.startsWith("~") || path.indexOf(':') >= 0) {
            return "is not relative to the scenario";
        }
        for (String part : path.split("/", -1)) {
            if (part.equals("..")) {
                return "leads out of the scenario's folder";
            }
            if (part.isEmpty() || part.equals(".")) {
                return "is not a plain path";
            }
        }
        return "";
    }
}
