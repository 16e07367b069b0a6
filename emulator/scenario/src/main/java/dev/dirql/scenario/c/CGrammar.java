package dev.dirql.scenario.c;

import dev.dirql.scenario.c.grammar.CParser;
import dev.dirql.scenario.source.Names;
import dev.dirql.scenario.source.Position;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.antlr.v4.runtime.BailErrorStrategy;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ListTokenSource;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.atn.PredictionMode;
import org.antlr.v4.runtime.misc.IntervalSet;
import org.antlr.v4.runtime.misc.ParseCancellationException;

/** Parses the tokens of a unit, and says what is wrong at the first place where that fails. */
final class CGrammar {
    private final Messages messages;

    CGrammar(Messages messages) {
        this.messages = messages;
    }

    CParser.TranslationUnitContext parse(List<CToken> tokens) {
        Set<String> types = TypedefNames.classify(tokens, messages);
        CParser parser = new CParser(new CommonTokenStream(new ListTokenSource(tokens)));
        parser.removeErrorListeners();
        parser.setErrorHandler(new BailErrorStrategy());
        parser.getInterpreter().setPredictionMode(PredictionMode.SLL);
        try {
            return parser.translationUnit();
        } catch (ParseCancellationException cancelled) {
            RecognitionException cause =
                    Objects.requireNonNull((RecognitionException) cancelled.getCause());
            Token offending = cause.getOffendingToken();
            IntervalSet expected = cause.getExpectedTokens();
            report(tokens, offending.getTokenIndex(), expected, types);
            throw new Messages.Abandoned();
        }
    }

    private void report(List<CToken> tokens, int index, IntervalSet expected, Set<String> types) {
        CToken offending = tokens.get(Math.clamp(index, 0, tokens.size() - 1));
        CToken before = index > 0 ? tokens.get(index - 1) : null;
        CToken unknown = unknownType(tokens, index);
        if (unknown != null) {
            messages.error(
                    unknown,
                    "unknown type '" + unknown.getText() + "'",
                    nearest(unknown.getText(), types));
            return;
        }
        boolean statementEnds =
                offending.lineStart
                        || offending.is("}")
                        || offending.kind == CToken.Kind.END
                        || offending.is("return");
        if (before != null && statementEnds && names(expected).contains("';'")) {
            messages.error(
                    new Position(before.file, before.getLine(), before.column() + before.length),
                    1,
                    "';' expected after '" + before.getText() + "'",
                    "");
            return;
        }
        List<String> names = names(expected);
        String what =
                offending.kind == CToken.Kind.END
                        ? "the text ends too early"
                        : "unexpected '" + offending.getText() + "'";
        String cure =
                !names.isEmpty() && names.size() <= 4
                        ? "expected " + String.join(" or ", names)
                        : "";
        messages.error(offending, what, cure);
    }

    /**
     * A name that stands where only a type makes sense: {@code Name name} or {@code Name *name}.
     */
    private static @org.jspecify.annotations.Nullable CToken unknownType(
            List<CToken> tokens, int index) {
        int at = index;
        if (at <= 0 || at >= tokens.size()) {
            return null;
        }
        if (tokens.get(at).getType() != CParser.IDENTIFIER) {
            // f(Unknown x) fails at the name or, for a prototype, at what stands behind it.
            if (at >= 1
                    && tokens.get(at - 1).getType() == CParser.IDENTIFIER
                    && at >= 2
                    && (tokens.get(at - 2).is("(") || tokens.get(at - 2).is(","))
                    && tokens.get(at).is("*")) {
                return tokens.get(at - 1);
            }
            return null;
        }
        int previous = at - 1;
        while (previous > 0 && tokens.get(previous).is("*")) {
            previous--;
        }
        if (tokens.get(previous).getType() == CParser.IDENTIFIER) {
            return tokens.get(previous);
        }
        boolean parameter = tokens.get(at - 1).is("(") || tokens.get(at - 1).is(",");
        boolean declared =
                at + 1 < tokens.size()
                        && (tokens.get(at + 1).getType() == CParser.IDENTIFIER
                                || tokens.get(at + 1).is("*"));
        return (parameter || tokens.get(at - 1).is("{") || tokens.get(at - 1).is(";")) && declared
                ? tokens.get(at)
                : null;
    }

    private static List<String> names(IntervalSet expected) {
        List<String> names = new ArrayList<>();
        for (int type : expected.toList()) {
            names.add(
                    switch (type) {
                        case CParser.IDENTIFIER -> "a name";
                        case CParser.TYPE_NAME -> "a type";
                        case CParser.NUMBER -> "a number";
                        case CParser.CHARACTER -> "a character";
                        case CParser.STRING -> "a string";
                        case Token.EOF -> "the end of the text";
                        default -> CParser.VOCABULARY.getDisplayName(type);
                    });
        }
        return names;
    }

    /** The cure "did you mean", or nothing. */
    static String nearest(String misspelt, Collection<String> known) {
        return Names.nearest(misspelt, known).map(name -> "did you mean " + name + "?").orElse("");
    }
}
