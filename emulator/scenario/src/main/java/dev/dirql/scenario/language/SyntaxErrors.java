package dev.dirql.scenario.language;

import org.antlr.v4.runtime.DefaultErrorStrategy;
import org.antlr.v4.runtime.InputMismatchException;
import org.antlr.v4.runtime.NoViableAltException;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenStream;
import org.antlr.v4.runtime.atn.ATNState;
import org.antlr.v4.runtime.misc.IntervalSet;

/**
 * Where the parser goes on behind words that make no sentence: a sentence that fails is given up as
 * a whole, and the next one begins on a later line. Nothing is inserted or left out by guess.
 */
final class SyntaxErrors extends DefaultErrorStrategy {
    private final SyntaxComplaints complaints;
    private int recoveredAt = -1;

    SyntaxErrors(ScenarioTokens tokens, Problems problems) {
        complaints = new SyntaxComplaints(tokens, problems);
    }

    /** Between the sentences of a block: leaves out what cannot begin one. */
    @Override
    public void sync(Parser parser) {
        ATNState state = parser.getInterpreter().atn.states.get(parser.getState());
        int type = state.getStateType();
        if (!Sentences.isBlock(parser.getRuleContext())
                || (type != ATNState.STAR_LOOP_ENTRY && type != ATNState.STAR_LOOP_BACK)) {
            return;
        }
        IntervalSet next = parser.getATN().nextTokens(state);
        TokenStream stream = parser.getInputStream();
        while (!next.contains(stream.LA(1))) {
            int token = stream.LA(1);
            if (Sentences.endsBlock(parser.getRuleContext(), token)) {
                throw new InputMismatchException(parser);
            }
            complaints.complain(parser, stream.LT(1), parser.getRuleContext(), next);
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
        complaints.complain(parser, failure.getOffendingToken(), place, expected);
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
        if (!Sentences.isSentence(parser.getRuleContext())) {
            throw failure;
        }
        TokenStream stream = parser.getInputStream();
        if (stream.index() == recoveredAt && stream.LA(1) != Token.EOF) {
            skip(parser);
        }
        int line = lastLine(parser, failure.getOffendingToken());
        boolean declaration = rule == ScenarioParser.RULE_declaration;
        while (stream.LA(1) != Token.EOF && !Sentences.isDeclaration(stream.LA(1))) {
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
        } while (depth > 0 && stream.LA(1) != Token.EOF && !Sentences.isDeclaration(stream.LA(1)));
    }

    /** The line that the sentence which fails at a word has reached before it. */
    private static int lastLine(Parser parser, Token offending) {
        Token start = parser.getRuleContext().getStart();
        if (start.getTokenIndex() >= offending.getTokenIndex()) {
            return offending.getLine();
        }
        return parser.getInputStream().get(offending.getTokenIndex() - 1).getLine();
    }
}
