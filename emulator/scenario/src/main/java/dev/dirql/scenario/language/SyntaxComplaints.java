package dev.dirql.scenario.language;

import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.RuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.IntervalSet;

/** What is said of a word that does not fit: what would, and how such a sentence looks. */
final class SyntaxComplaints {
    private final ScenarioTokens tokens;
    private final Problems problems;

    SyntaxComplaints(ScenarioTokens tokens, Problems problems) {
        this.tokens = tokens;
        this.problems = problems;
    }

    /**
     * A word does not fit.
     *
     * @param place the rule that fails there
     * @param expected the words that fit, or none where that cannot be told
     */
    void complain(Parser parser, Token offending, RuleContext place, IntervalSet expected) {
        if (offending.getType() == Token.EOF && tokens.isAbandoned()) {
            return;
        }
        String found = found(offending);
        if (expected.contains(ScenarioParser.CLOSE_BRACE)
                && Sentences.isBlock(place)
                && Sentences.endsBlock(place, offending.getType())) {
            Token open = Sentences.opening(place);
            senseless(
                    offending,
                    "expected '}', found " + found,
                    open == null
                            ? ""
                            : "the block that line %d opens is not closed"
                                    .formatted(open.getLine()));
            return;
        }
        ParserRuleContext sentence = Sentences.sentence(place);
        Token start = sentence.getStart();
        // The first word of a sentence is a likelier mistake than a second that does not fit to it.
        if (start.getType() == ScenarioParser.WORD
                && offending.getTokenIndex() == start.getTokenIndex() + 1
                && !expected.contains(ScenarioParser.WORD)) {
            String cure = Expected.nearest(start.getText(), Sentences.beginnings(sentence));
            if (!cure.isEmpty()) {
                String message =
                        "'%s' begins no %s".formatted(start.getText(), Sentences.kind(sentence));
                senseless(start, message, cure);
                return;
            }
        }
        List<String> words = literals(parser, expected);
        String what =
                Sentences.isBlock(place)
                        ? Sentences.member(place.getRuleIndex())
                        : expectedText(expected, words);
        Token last =
                offending.getTokenIndex() > start.getTokenIndex()
                        ? parser.getInputStream().get(offending.getTokenIndex() - 1)
                        : offending;
        String cure = cure(place, offending, expected, words);
        if (last.getLine() != offending.getLine() && !Sentences.isBlock(place)) {
            problems.unfinished(
                    last,
                    what.isEmpty()
                            ? "this is not complete"
                            : "expected %s after %s".formatted(what, found(last)),
                    cure);
        } else {
            senseless(
                    offending,
                    what.isEmpty()
                            ? found + " does not fit here"
                            : "expected %s, found %s".formatted(what, found),
                    cure);
        }
    }

    private static List<String> literals(Parser parser, IntervalSet expected) {
        List<String> words = new ArrayList<>();
        for (int type : expected.toList()) {
            String literal = parser.getVocabulary().getLiteralName(type);
            if (literal != null) {
                words.add(literal.substring(1, literal.length() - 1));
            }
        }
        return words;
    }

    private static String cure(
            RuleContext place, Token offending, IntervalSet expected, List<String> words) {
        if (offending.getType() == ScenarioParser.HYPHENATED) {
            return "if a subtraction is meant, put spaces around the -";
        }
        if (isReserved(offending) && expected.contains(ScenarioParser.WORD)) {
            return "'%s' is a reserved word".formatted(offending.getText());
        }
        List<String> known = new ArrayList<>(words);
        if (place == Sentences.sentence(place) || Sentences.isBlock(place)) {
            known.addAll(Sentences.beginnings(place));
            if (place.getRuleIndex() == ScenarioParser.RULE_expectation) {
                known.addAll(List.of("findings", "errors", "times", "parameters"));
            }
        }
        String nearest =
                offending.getType() == ScenarioParser.WORD
                        ? Expected.nearest(offending.getText(), known)
                        : "";
        return nearest.isEmpty() ? Sentences.forms(place) : nearest;
    }

    private void senseless(Token token, String message, String cure) {
        int length = Math.max(1, Math.min(64, token.getStopIndex() - token.getStartIndex() + 1));
        problems.senseless(token, length, message, cure);
    }

    private static String found(Token token) {
        if (token.getType() == Token.EOF) {
            return "the end of the file";
        }
        String text = token.getText();
        return token.getType() == ScenarioParser.STRING
                ? "a text"
                : "'%s'".formatted(Expected.shorten(text));
    }

    private static boolean isReserved(Token token) {
        return Sentences.isDeclaration(token.getType())
                || (token.getType() >= ScenarioParser.THREAD
                        && token.getType() <= ScenarioParser.FALSE);
    }

    /** The words that may stand here, in a few words; empty if that would be a long list. */
    private static String expectedText(IntervalSet expected, List<String> words) {
        List<String> texts = new ArrayList<>();
        if (expected.contains(ScenarioParser.WORD)) {
            texts.add(expected.contains(ScenarioParser.NUMBER) ? "a value" : "a name");
            for (String word : words) {
                if (word.length() <= 2 && !Character.isLetter(word.charAt(0)) && isBracket(word)) {
                    texts.add("'%s'".formatted(word));
                }
            }
        } else {
            if (expected.contains(ScenarioParser.STRING)) {
                texts.add("a text in quotes");
            }
            if (expected.contains(ScenarioParser.C_BODY)) {
                texts.add("'{'");
            }
            for (String word : words) {
                texts.add("'%s'".formatted(word));
            }
        }
        return texts.isEmpty() || texts.size() > 8 ? "" : Numbers.alternatives(texts);
    }

    private static boolean isBracket(String word) {
        return "{}".contains(word);
    }
}
