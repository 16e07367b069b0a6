package dev.dirql.scenario.language;

import dev.dirql.scenario.source.Diagnostic;
import dev.dirql.scenario.source.Names;
import dev.dirql.scenario.source.Position;
import dev.dirql.scenario.source.SourceFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;

/**
 * What is wrong with a scenario. A line whose words do not even make a sentence is complained about
 * once: what else seems wrong there follows from it.
 */
final class Problems {
    static final int MAXIMUM = 100;

    private record Line(String file, int number) {}

    private final List<SourceFile> order;
    private final List<Diagnostic> diagnostics = new ArrayList<>();
    private final Set<Line> senseless = new HashSet<>();

    /**
     * @param order the files read so far; grows as files are read
     */
    Problems(List<SourceFile> order) {
        this.order = order;
    }

    /** Complains about words that do not make a sentence. */
    void senseless(Token from, int length, String message, String cure) {
        Position position = CharactersOfFile.of(from).position(from.getStartIndex());
        if (senseless.add(new Line(position.file().name(), position.line()))) {
            add(Diagnostic.error(position, length, message, cure));
        }
    }

    /** Complains about a sentence that ends too early, behind its last word. */
    void unfinished(Token last, String message, String cure) {
        Position position = CharactersOfFile.of(last).position(last.getStopIndex() + 1);
        if (senseless.add(new Line(position.file().name(), position.line()))) {
            add(Diagnostic.error(position, 1, message, cure));
        }
    }

    void error(Token token, String message, String cure) {
        error(token, token, message, cure);
    }

    void error(ParserRuleContext place, String message, String cure) {
        Token last = place.getStop() == null ? place.getStart() : place.getStop();
        error(place.getStart(), last, message, cure);
    }

    private void error(Token first, Token last, String message, String cure) {
        int length = Math.max(1, last.getStopIndex() - first.getStartIndex() + 1);
        Position position = CharactersOfFile.of(first).position(first.getStartIndex());
        error(position, length, message, cure);
    }

    void error(Position position, int length, String message, String cure) {
        if (!senseless.contains(new Line(position.file().name(), position.line()))) {
            add(Diagnostic.error(position, length, message, cure));
        }
    }

    /** A name that is none of the known ones: the nearest is suggested, else all are listed. */
    void unknown(ParserRuleContext place, String what, String name, Collection<String> known) {
        error(place, "unknown %s '%s'".formatted(what, name), suggestion(what, name, known));
    }

    static String suggestion(String what, String name, Collection<String> known) {
        Optional<String> nearest = Names.nearest(name, known);
        if (nearest.isPresent()) {
            return "did you mean '%s'?".formatted(nearest.get());
        }
        return known.isEmpty()
                ? "no %s is declared".formatted(what)
                : "known: %s".formatted(Numbers.list(known));
    }

    void add(Diagnostic diagnostic) {
        if (diagnostics.size() == MAXIMUM) {
            Position position = diagnostic.position();
            diagnostics.add(
                    Diagnostic.error(
                            position, 1, "too many errors: the rest is not looked at", ""));
        }
        if (diagnostics.size() < MAXIMUM) {
            diagnostics.add(diagnostic);
        }
    }

    boolean hasErrors() {
        return diagnostics.stream().anyMatch(one -> one.kind() == Diagnostic.Kind.ERROR);
    }

    /** In the order of files read, lines and columns. */
    List<Diagnostic> sorted() {
        return diagnostics.stream()
                .sorted(
                        Comparator.<Diagnostic>comparingInt(
                                        one -> order.indexOf(one.position().file()))
                                .thenComparingInt(one -> one.position().line())
                                .thenComparingInt(one -> one.position().column()))
                .toList();
    }
}
