package dev.dirql.scenario.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Vocabulary;
import org.antlr.v4.runtime.atn.ATN;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The hints of messages leave nothing out that the grammar lets begin a sentence. */
final class SentencesTest {
    private static final ParserRuleContext NOWHERE = new ParserRuleContext();

    /** The words that the grammar lets a rule begin with. */
    private static List<String> words(int rule) {
        ATN grammar = ScenarioParser._ATN;
        Vocabulary vocabulary = ScenarioParser.VOCABULARY;
        List<String> words = new ArrayList<>();
        for (int token : grammar.nextTokens(grammar.ruleToStartState[rule]).toArray()) {
            String literal = token < 0 ? null : vocabulary.getLiteralName(token);
            if (literal != null) {
                words.add(literal.substring(1, literal.length() - 1));
            }
        }
        return words;
    }

    private static List<String> wordsOf(String hint) {
        return List.of(hint.split("[^a-z]+"));
    }

    @Test
    void theHintOfAThreadHasEveryWordThatBeginsAStatement() {
        ParserRuleContext statement = new ScenarioParser.StatementContext(NOWHERE, -1);
        List<String> words = words(ScenarioParser.RULE_statement);

        assertThat(words).contains("surprise", "execute").doesNotContain("thread");
        assertThat(Sentences.beginnings(statement)).containsExactlyInAnyOrderElementsOf(words);
        assertThat(wordsOf(Sentences.forms(statement))).containsAll(words);
    }

    @Test
    void theHintOfAScenarioHasEveryWordThatBeginsADeclaration() {
        ParserRuleContext file = new ScenarioParser.ScenarioFileContext(NOWHERE, -1);
        List<String> words = words(ScenarioParser.RULE_declaration);

        assertThat(words).contains("registry", "expect");
        assertThat(Sentences.beginnings(file)).containsExactlyInAnyOrderElementsOf(words);
        assertThat(wordsOf(Sentences.forms(file))).containsAll(words);
    }

    static Stream<Arguments> blocksWithStimuli() {
        return Stream.of(
                Arguments.of(
                        new ScenarioParser.ActivityContext(NOWHERE, -1),
                        ScenarioParser.RULE_activity),
                Arguments.of(
                        new ScenarioParser.StimulusContext(NOWHERE, -1),
                        ScenarioParser.RULE_stimulus));
    }

    /** A stimulus may begin with the name of a device, which most words of the language may be. */
    @ParameterizedTest
    @MethodSource("blocksWithStimuli")
    void theHintOfAStimulusHasEveryWordThatBeginsOneAndIsNoDevice(
            ParserRuleContext sentence, int rule) {
        List<String> words = new ArrayList<>(words(rule));
        words.removeAll(words(ScenarioParser.RULE_name));
        words.addAll(words(ScenarioParser.RULE_plug));
        words.addAll(List.of("unload", "shutdown"));

        assertThat(words).contains("fail", "stop", "surprise", "remove");
        assertThat(Sentences.beginnings(sentence)).containsExactlyInAnyOrderElementsOf(words);
        assertThat(wordsOf(Sentences.forms(sentence))).containsAll(words);
    }
}
