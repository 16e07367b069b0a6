package dev.dirql.scenario.language;

import java.util.Set;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;

/**
 * The words of a scenario. After {@code driver …} the braces hold C, which becomes one {@code
 * C_BODY} token; within {@code hardware … { }}, so do the braces of what it does and the
 * parentheses behind {@code while}. What cannot be a word at all is complained about here and left
 * out.
 */
final class ScenarioTokens extends ScenarioLexer {
    private static final int WORD_MAXIMUM = 256;

    /** Deepest nesting of brackets of all kinds, and longest row of unary operators. */
    private static final int NESTING_MAXIMUM = 48;

    /** Words of a hardware behind which another word is a name, whatever it is. */
    private static final Set<String> BEFORE_NAMES =
            Set.of(
                    "property",
                    "register",
                    "timer",
                    "stimulus",
                    "write",
                    "read",
                    "raise",
                    ":",
                    "=",
                    "or",
                    "(",
                    ",");

    private final Lines lines;
    private final Problems problems;
    private int nesting;
    private int operators;
    private int lastLine;
    private String lastText = "";
    private boolean inHardware;
    private boolean bodyFollows;
    private boolean conditionFollows;
    private boolean abandoned;

    ScenarioTokens(Lines lines, Problems problems) {
        super(new CharactersOfFile(lines));
        this.lines = lines;
        this.problems = problems;
        removeErrorListeners();
    }

    /** The rest of the file was not read; that has been complained about. */
    boolean isAbandoned() {
        return abandoned;
    }

    @Override
    public Token nextToken() {
        while (!abandoned) {
            Token token = super.nextToken();
            if (token.getType() == Token.EOF || (isWord(token) && !isTooDeep(token))) {
                return token;
            }
        }
        return emitEOF();
    }

    private boolean isWord(Token token) {
        int length = token.getStopIndex() - token.getStartIndex() + 1;
        switch (token.getType()) {
            case UNTERMINATED_STRING ->
                    problems.senseless(
                            token,
                            length,
                            "this text is not closed",
                            "end it with \" on the same line");
            case UNTERMINATED_COMMENT -> {
                problems.senseless(token, 2, "this comment is not closed", "end it with */");
                abandoned = true;
            }
            case UNKNOWN_CHARACTER ->
                    problems.senseless(token, 1, "a character that means nothing here", "");
            case WORD, NUMBER, HYPHENATED -> {
                if (length <= WORD_MAXIMUM) {
                    return true;
                }
                problems.senseless(
                        token,
                        1,
                        "a word of %d characters".formatted(length),
                        "at most %d are allowed".formatted(WORD_MAXIMUM));
            }
            default -> {
                return true;
            }
        }
        return false;
    }

    private boolean isTooDeep(Token token) {
        follow(token);
        if (nesting <= NESTING_MAXIMUM && operators <= NESTING_MAXIMUM) {
            return false;
        }
        problems.senseless(
                token,
                1,
                "nested too deeply: the rest of the file is not looked at",
                "at most %d brackets inside each other, and as many operators in a row"
                        .formatted(NESTING_MAXIMUM));
        abandoned = true;
        return true;
    }

    private void follow(Token token) {
        int line = lines.line(token.getStartIndex());
        boolean firstOfLine = line != lastLine;
        lastLine = line;
        boolean operator = false;
        String text = token.getText();
        if (inHardware && nesting == 1 && !BEFORE_NAMES.contains(lastText)) {
            part(text);
        }
        lastText = text;
        switch (text) {
            case "scenario",
                    "parameter",
                    "include",
                    "machine",
                    "hardware",
                    "device",
                    "registry",
                    "workload",
                    "expect",
                    "driver" -> {
                // A block that was not closed shall not turn the next driver's C into a mess.
                if (firstOfLine || nesting == 0) {
                    nesting = 0;
                    bodyFollows = token.getType() == DRIVER;
                    inHardware = token.getType() == HARDWARE;
                    conditionFollows = false;
                }
            }
            case "{" -> {
                if (bodyFollows) {
                    bodyFollows = false;
                    takeBody((CommonToken) token, '{', '}');
                } else {
                    nesting++;
                }
            }
            case "(" -> {
                if (conditionFollows) {
                    conditionFollows = false;
                    takeBody((CommonToken) token, '(', ')');
                } else {
                    nesting++;
                }
            }
            case "[" -> nesting++;
            case "}", ")", "]" -> nesting = Math.max(0, nesting - 1);
            case "-", "!", "~" -> operator = true;
            default -> {}
        }
        operators = operator ? operators + 1 : 0;
    }

    /** A word that may begin a part of a hardware says whether C follows. */
    private void part(String text) {
        switch (text) {
            case "on", "timer", "stimulus", "code" -> {
                bodyFollows = true;
                conditionFollows = false;
            }
            case "while" -> conditionFollows = true;
            case "property",
                    "register",
                    "interrupt",
                    "pci",
                    "bar",
                    "ports",
                    "msi",
                    "msix",
                    "message" -> {
                bodyFollows = false;
                conditionFollows = false;
            }
            default -> {}
        }
    }

    /** Turns the opening bracket into a token that reaches to the closing one. */
    private void takeBody(CommonToken open, char opening, char closing) {
        String text = lines.file().text();
        int end = CBody.end(text, open.getStartIndex(), opening, closing);
        if (end < 0) {
            problems.senseless(
                    open,
                    1,
                    "the %s that opens the %s's C is not closed"
                            .formatted(
                                    opening == '{' ? "brace" : "parenthesis",
                                    inHardware ? "hardware" : "driver"),
                    inHardware ? "end it with " + closing : "end the driver with }");
            abandoned = true;
            end = text.length() - 1;
        }
        lastText = "";
        open.setType(ScenarioParser.C_BODY);
        open.setStopIndex(end);
        _input.seek(end + 1);
        setLine(lines.line(end + 1));
        setCharPositionInLine(lines.position(end + 1).column() - 1);
    }
}
