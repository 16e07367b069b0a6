package dev.dirql.scenario.language;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.antlr.v4.runtime.DefaultErrorStrategy;
import org.antlr.v4.runtime.InputMismatchException;
import org.antlr.v4.runtime.NoViableAltException;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.RuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenStream;
import org.antlr.v4.runtime.atn.ATNState;
import org.antlr.v4.runtime.misc.IntervalSet;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.jspecify.annotations.Nullable;

/**
 * What the parser says about words that make no sentence, and where it goes on: a sentence that
 * fails is given up as a whole, and the next one begins on a later line. Nothing is inserted or
 * left out by guess.
 */
final class SyntaxErrors extends DefaultErrorStrategy {
    private static final BitSet BLOCKS =
            bits(
                    ScenarioParser.RULE_scenarioFile,
                    ScenarioParser.RULE_settings,
                    ScenarioParser.RULE_registry,
                    ScenarioParser.RULE_hardware,
                    ScenarioParser.RULE_fields,
                    ScenarioParser.RULE_workload,
                    ScenarioParser.RULE_stimuli,
                    ScenarioParser.RULE_body,
                    ScenarioParser.RULE_expect);
    private static final BitSet SENTENCES =
            bits(
                    ScenarioParser.RULE_declaration,
                    ScenarioParser.RULE_registryValue,
                    ScenarioParser.RULE_part,
                    ScenarioParser.RULE_field,
                    ScenarioParser.RULE_activity,
                    ScenarioParser.RULE_statement,
                    ScenarioParser.RULE_stimulus,
                    ScenarioParser.RULE_expectation);
    private static final BitSet DECLARATIONS =
            bits(
                    ScenarioParser.SCENARIO,
                    ScenarioParser.PARAMETER,
                    ScenarioParser.INCLUDE,
                    ScenarioParser.MACHINE,
                    ScenarioParser.HARDWARE,
                    ScenarioParser.DEVICE,
                    ScenarioParser.DRIVER,
                    ScenarioParser.REGISTRY,
                    ScenarioParser.WORKLOAD,
                    ScenarioParser.EXPECT);

    private final ScenarioTokens tokens;
    private final Problems problems;
    private int recoveredAt = -1;

    SyntaxErrors(ScenarioTokens tokens, Problems problems) {
        this.tokens = tokens;
        this.problems = problems;
    }

    private static boolean isDeclaration(int token) {
        return token >= 0 && DECLARATIONS.get(token);
    }

    /** A block that meets this was not closed. */
    private static boolean endsBlock(RuleContext block, int token) {
        return token == Token.EOF
                || isDeclaration(token)
                || (token == ScenarioParser.THREAD
                        && block.getRuleIndex() == ScenarioParser.RULE_body);
    }

    private static BitSet bits(int... members) {
        BitSet bits = new BitSet();
        for (int member : members) {
            bits.set(member);
        }
        return bits;
    }

    /** Between the sentences of a block: leaves out what cannot begin one. */
    @Override
    public void sync(Parser parser) {
        ATNState state = parser.getInterpreter().atn.states.get(parser.getState());
        int type = state.getStateType();
        if (!BLOCKS.get(parser.getRuleContext().getRuleIndex())
                || (type != ATNState.STAR_LOOP_ENTRY && type != ATNState.STAR_LOOP_BACK)) {
            return;
        }
        IntervalSet next = parser.getATN().nextTokens(state);
        TokenStream stream = parser.getInputStream();
        while (!next.contains(stream.LA(1))) {
            int token = stream.LA(1);
            if (endsBlock(parser.getRuleContext(), token)) {
                throw new InputMismatchException(parser);
            }
            complain(parser, stream.LT(1), parser.getRuleContext(), next);
            int line = stream.LT(1).getLine();
            do {
                skip(parser);
            } while (stream.LA(1) != Token.EOF
                    && stream.LT(1).getLine() == line
                    && stream.LA(1) != ScenarioParser.CLOSE_BRACE);
            recoveredAt = stream.index();
        }
    }

    @Override
    public Token recoverInline(Parser parser) {
        throw new InputMismatchException(parser);
    }

    @Override
    public void reportError(Parser parser, RecognitionException failure) {
        if (inErrorRecoveryMode(parser)) {
            return;
        }
        beginErrorCondition(parser);
        ParserRuleContext place = parser.getContext();
        // Behind its first word an alternative that cannot be told from others has no single set of
        // words that fit.
        boolean unclear =
                failure instanceof NoViableAltException ambiguous
                        && ambiguous.getStartToken() != failure.getOffendingToken();
        IntervalSet expected = unclear ? new IntervalSet() : parser.getExpectedTokens();
        complain(parser, failure.getOffendingToken(), place, expected);
    }

    /**
     * Gives the sentence up, going on where the next one can begin; inside of one, leaves that to
     * the rule around.
     */
    @Override
    public void recover(Parser parser, RecognitionException failure) {
        int rule = parser.getRuleContext().getRuleIndex();
        if (rule == ScenarioParser.RULE_scenarioFile) {
            endErrorCondition(parser);
            return;
        }
        if (!SENTENCES.get(rule)) {
            throw failure;
        }
        TokenStream stream = parser.getInputStream();
        if (stream.index() == recoveredAt && stream.LA(1) != Token.EOF) {
            skip(parser);
        }
        int line = lastLine(parser, failure.getOffendingToken());
        boolean declaration = rule == ScenarioParser.RULE_declaration;
        while (stream.LA(1) != Token.EOF && !isDeclaration(stream.LA(1))) {
            if (!declaration
                    && (stream.LA(1) == ScenarioParser.CLOSE_BRACE
                            || stream.LA(1) == ScenarioParser.THREAD
                            || stream.LT(1).getLine() > line)) {
                break;
            }
            line = Math.max(line, stream.LT(1).getLine());
            skip(parser);
        }
        recoveredAt = stream.index();
        endErrorCondition(parser);
    }

    /** Leaves out a word, or all that stands between braces. */
    private static void skip(Parser parser) {
        TokenStream stream = parser.getInputStream();
        int depth = 0;
        do {
            switch (stream.LA(1)) {
                case ScenarioParser.OPEN_BRACE -> depth++;
                case ScenarioParser.CLOSE_BRACE -> depth--;
                default -> {}
            }
            stream.consume();
        } while (depth > 0 && stream.LA(1) != Token.EOF && !isDeclaration(stream.LA(1)));
    }

    /** The line that the sentence which fails at a word has reached before it. */
    private static int lastLine(Parser parser, Token offending) {
        Token start = parser.getRuleContext().getStart();
        if (start.getTokenIndex() >= offending.getTokenIndex()) {
            return offending.getLine();
        }
        return parser.getInputStream().get(offending.getTokenIndex() - 1).getLine();
    }

    private void complain(Parser parser, Token offending, RuleContext place, IntervalSet expected) {
        if (offending.getType() == Token.EOF && tokens.isAbandoned()) {
            return;
        }
        String found = found(offending);
        if (expected.contains(ScenarioParser.CLOSE_BRACE)
                && BLOCKS.get(place.getRuleIndex())
                && endsBlock(place, offending.getType())) {
            Token open = opening(place);
            senseless(
                    offending,
                    "expected '}', found " + found,
                    open == null
                            ? ""
                            : "the block that line %d opens is not closed"
                                    .formatted(open.getLine()));
            return;
        }
        ParserRuleContext sentence = sentence(place);
        Token start = sentence.getStart();
        // The first word of a sentence is a likelier mistake than a second that does not fit to it.
        if (start.getType() == ScenarioParser.WORD
                && offending.getTokenIndex() == start.getTokenIndex() + 1
                && !expected.contains(ScenarioParser.WORD)) {
            String cure = Expected.nearest(start.getText(), beginnings(sentence));
            if (!cure.isEmpty()) {
                String message = "'%s' begins no %s".formatted(start.getText(), kind(sentence));
                senseless(start, message, cure);
                return;
            }
        }
        List<String> words = literals(parser, expected);
        String what =
                BLOCKS.get(place.getRuleIndex())
                        ? member(place.getRuleIndex())
                        : expectedText(expected, words);
        Token last =
                offending.getTokenIndex() > start.getTokenIndex()
                        ? parser.getInputStream().get(offending.getTokenIndex() - 1)
                        : offending;
        String cure = cure(place, offending, expected, words);
        if (last.getLine() != offending.getLine() && !BLOCKS.get(place.getRuleIndex())) {
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
        if (place == sentence(place) || BLOCKS.get(place.getRuleIndex())) {
            known.addAll(beginnings(place));
            if (place.getRuleIndex() == ScenarioParser.RULE_expectation) {
                known.addAll(List.of("findings", "errors", "times", "parameters"));
            }
        }
        String nearest =
                offending.getType() == ScenarioParser.WORD
                        ? Expected.nearest(offending.getText(), known)
                        : "";
        return nearest.isEmpty() ? forms(place) : nearest;
    }

    /** What a block holds. */
    private static String member(int block) {
        return switch (block) {
            case ScenarioParser.RULE_settings -> "a property or '}'";
            case ScenarioParser.RULE_registry -> "a value of the registry or '}'";
            case ScenarioParser.RULE_hardware -> "a part of the hardware or '}'";
            case ScenarioParser.RULE_fields -> "a field of the register or '}'";
            case ScenarioParser.RULE_workload -> "an activity of the workload or '}'";
            case ScenarioParser.RULE_stimuli -> "a stimulus or '}'";
            case ScenarioParser.RULE_body -> "a statement of the thread or '}'";
            case ScenarioParser.RULE_expect -> "an expectation or '}'";
            default -> "a declaration";
        };
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
        return isDeclaration(token.getType())
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

    private static ParserRuleContext sentence(RuleContext place) {
        RuleContext at = place;
        while (at.getParent() != null && !SENTENCES.get(at.getRuleIndex())) {
            at = at.getParent();
        }
        // Any word that begins nothing else may begin a stimulus.
        boolean activity =
                at.getParent() != null
                        && at.getParent().getRuleIndex() == ScenarioParser.RULE_activity;
        return (ParserRuleContext) (activity ? at.getParent() : at);
    }

    /** The brace that opens the innermost block around a place. */
    private static @Nullable Token opening(RuleContext place) {
        for (RuleContext at = place; at != null; at = at.getParent()) {
            if (BLOCKS.get(at.getRuleIndex())) {
                ParserRuleContext block = (ParserRuleContext) at;
                for (int i = 0; i < block.getChildCount(); i++) {
                    if (block.getChild(i) instanceof TerminalNode terminal
                            && terminal.getSymbol().getType() == ScenarioParser.OPEN_BRACE) {
                        return terminal.getSymbol();
                    }
                }
            }
        }
        return null;
    }

    private static String kind(ParserRuleContext sentence) {
        return switch (sentence.getRuleIndex()) {
            case ScenarioParser.RULE_registryValue -> "value of the registry";
            case ScenarioParser.RULE_activity -> "activity of a workload";
            case ScenarioParser.RULE_statement -> "statement of a thread";
            case ScenarioParser.RULE_stimulus -> "stimulus";
            case ScenarioParser.RULE_expectation -> "expectation";
            default -> "declaration";
        };
    }

    /** The words that begin a sentence of this kind. */
    private static List<String> beginnings(RuleContext sentence) {
        return switch (sentence.getRuleIndex()) {
            case ScenarioParser.RULE_activity, ScenarioParser.RULE_workload ->
                    List.of(
                            "thread",
                            "at",
                            "fail",
                            "unload",
                            "stop",
                            "surprise",
                            "remove",
                            "shutdown");
            case ScenarioParser.RULE_stimulus, ScenarioParser.RULE_stimuli ->
                    List.of("fail", "unload", "stop", "surprise", "remove", "shutdown");
            case ScenarioParser.RULE_settings,
                    ScenarioParser.RULE_registry,
                    ScenarioParser.RULE_registryValue,
                    ScenarioParser.RULE_field,
                    ScenarioParser.RULE_fields ->
                    List.of();
            case ScenarioParser.RULE_part, ScenarioParser.RULE_hardware ->
                    List.of(
                            "property",
                            "pci",
                            "bar",
                            "ports",
                            "register",
                            "interrupt",
                            "msi",
                            "msix",
                            "message",
                            "timer",
                            "stimulus",
                            "on",
                            "code");
            case ScenarioParser.RULE_statement, ScenarioParser.RULE_body ->
                    List.of(
                            "repeat",
                            "start",
                            "write",
                            "read",
                            "control",
                            "open",
                            "close",
                            "delay",
                            "cancel",
                            "unload",
                            "wait",
                            "call",
                            "stop",
                            "surprise",
                            "remove");
            case ScenarioParser.RULE_expectation, ScenarioParser.RULE_expect ->
                    List.of(
                            "completed",
                            "no",
                            "finding",
                            "bugcheck",
                            "deadlock",
                            "stuck",
                            "lock",
                            "interrupts",
                            "dpcs",
                            "output",
                            "ended",
                            "time");
            default ->
                    List.of(
                            "scenario",
                            "parameter",
                            "include",
                            "machine",
                            "hardware",
                            "device",
                            "driver",
                            "registry",
                            "workload",
                            "expect");
        };
    }

    /** What a sentence like the one that failed looks like. */
    private static String forms(RuleContext place) {
        for (RuleContext at = place; at != null; at = at.getParent()) {
            String form =
                    switch (at.getRuleIndex()) {
                        case ScenarioParser.RULE_title -> "scenario \"TITLE\"";
                        case ScenarioParser.RULE_parameter -> "parameter NAME = VALUE";
                        case ScenarioParser.RULE_include -> "include \"FILE\"";
                        case ScenarioParser.RULE_registry, ScenarioParser.RULE_registryValue ->
                                "registry DRIVER { \"Parameters\\\\Name\" = VALUE … }";
                        case ScenarioParser.RULE_machine -> "machine { PROPERTY VALUE … }";
                        case ScenarioParser.RULE_field, ScenarioParser.RULE_fields ->
                                "such as: DONE: bit 1 write-one-to-clear, MODE: bits 4 to 6, or"
                                        + " NO_ERROR = 0";
                        case ScenarioParser.RULE_kind ->
                                "integer, integer from 1 to 8, time, size, text, flag, or words:"
                                        + " fast or slow";
                        case ScenarioParser.RULE_part -> form((ParserRuleContext) at);
                        case ScenarioParser.RULE_hardware ->
                                "such as: register STATUS at 0x04 width 4 { DONE: bit 1"
                                        + " write-one-to-clear }, interrupt while (STATUS.DONE),"
                                        + " on write COMMAND { C }";
                        case ScenarioParser.RULE_device -> "device NAME: TYPE { PROPERTY VALUE … }";
                        case ScenarioParser.RULE_driver ->
                                "driver NAME for DEVICE { C } or driver NAME from \"FILE\" for"
                                        + " DEVICE";
                        case ScenarioParser.RULE_thread ->
                                "thread NAME on PROCESSOR priority N { … }";
                        case ScenarioParser.RULE_timed ->
                                "at TIME every TIME times N { DEVICE.STIMULUS }";
                        case ScenarioParser.RULE_stimulus ->
                                "DEVICE.STIMULUS … or fail allocation N";
                        case ScenarioParser.RULE_transfer -> "write DRIVER, SIZE at OFFSET";
                        case ScenarioParser.RULE_control ->
                                "control DRIVER, CODE, input SIZE, output SIZE";
                        case ScenarioParser.RULE_call -> "call DRIVER.Routine(VALUE, …)";
                        case ScenarioParser.RULE_statement, ScenarioParser.RULE_body ->
                                "a thread can: repeat, write, read, control, start, wait, open,"
                                        + " close, delay, call";
                        case ScenarioParser.RULE_activity, ScenarioParser.RULE_workload ->
                                "a workload holds: thread … { }, at TIME { }, DEVICE.STIMULUS,"
                                        + " fail allocation N";
                        case ScenarioParser.RULE_expectation, ScenarioParser.RULE_expect ->
                                "such as: completed writes == 200, DRIVER.Variable == 3, no"
                                        + " findings";
                        case ScenarioParser.RULE_scenarioFile ->
                                "a scenario holds: scenario, parameter, include, machine, hardware,"
                                        + " device, driver, workload, expect";
                        default -> "";
                    };
            if (!form.isEmpty()) {
                return form;
            }
        }
        return "";
    }

    /** What a part of a hardware that begins with that word looks like; may be empty. */
    private static String form(ParserRuleContext part) {
        return switch (part.getStart().getText()) {
            case "register" ->
                    "register NAME at OFFSET width BYTES reset VALUE ACCESS \"…\" { FIELDS }, or"
                            + " NAME[COUNT] at OFFSET step BYTES";
            case "property" -> "property NAME: KIND = USUAL \"…\"";
            case "interrupt" -> "interrupt while (CONDITION), or interrupt NAME while (CONDITION)";
            case "timer" ->
                    "timer NAME { C }, timer NAME[COUNT] { C }, or timer NAME free-running { C }";
            case "stimulus" -> "stimulus NAME(ARGUMENT: KIND, …) \"…\" { C }";
            case "on" ->
                    "on write REGISTER { C }, on read REGISTER { C }, on raise { C }, or on power"
                            + " { C }";
            case "code" -> "code { C }";
            case "pci" ->
                    "pci VENDOR:DEVICE class 0xFF0000 revision 1 subsystem VENDOR:DEVICE \"…\"";
            case "bar" -> "bar NUMBER memory size BYTES \"…\"; or memory32, or ports";
            case "ports" -> "ports 0x300";
            case "msi" -> "msi 4";
            case "msix" -> "msix 8";
            case "message" ->
                    "message NUMBER while (CONDITION), or message NUMBER to NUMBER while"
                            + " (CONDITION)";
            default -> "";
        };
    }
}
